-- Description: Subdomains out of a service that answers in pages of JSON
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Page: https://api.example.com/docs
-- Limits: what the service says of limits, for users
-- Option: server = https://api.example.com, where to ask
-- Option: pages = 10, ask for at most so many pages of a domain

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://api.example.com'
local seen = {}

-- x if it is a text: what strangers send may be anything
local function text(x)
    return ('%s'):format(x) == x and x or nil
end

local function add(arg, name)
    name = name:lower():gsub('^%*%.', '')
    if seen[name] or name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then return end
    seen[name] = true
    db_add('subdomain', { domain_id=arg['id'], value=name })
end

-- {"names": ["www.example.com", ...], "next": "2"}; an error may come with status 200
local function fetch(arg, page)
    ratelimit_throttle('api.example.com', 1, 1000)
    local reply = http_fetch_json(http_request(http_mksession(), 'GET', server .. '/names', {
        query={ domain=arg['value'], page=page },
        timeout=30000,
    }))
    if last_err() then return end
    if ('%s'):format(reply['names']):sub(1, 5) ~= 'table' then
        return set_err('an answer without names')
    end
    return reply
end

function run(arg)
    local most = whole('pages', '10')
    if last_err() then return end
    local page = '1'
    for _ = 1, most do
        local reply = fetch(arg, page)
        if last_err() then return end
        for i = 1, #reply['names'] do
            if text(reply['names'][i]) then add(arg, reply['names'][i]) end
            if last_err() then return end
        end
        page = text(reply['next'])
        if not page then return end
    end
    warn('there are more pages than ' .. most)
end
