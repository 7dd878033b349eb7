-- Description: Subdomains out of certificate transparency logs (Cert Spotter)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Keyring-Access: certspotter
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://sslmate.com/help/reference/ct_search_api_v1
-- Limits: unexpired certificates only; without a key a few searches of whole domains an hour, with one more
-- Option: server = https://api.certspotter.com, where to search
-- Option: pages = 20, ask for at most so many pages of a domain
-- Options: optional-key

-- keyring add certspotter:NAME API_KEY

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://api.certspotter.com'
local seen = {}

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

local function object(x)
    return ('%s'):format(x):match('^table') and x or nil
end

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

local function add(arg, name)
    name = name:lower():gsub('^%*%.', '')
    if seen[name] then return end
    seen[name] = true
    if name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('[^%w._-]') then return end
    db_add('subdomain', { domain_id=arg['id'], value=name })
end

-- the text of a page, which is a list in JSON
local function fetch(arg, after)
    ratelimit_throttle('api.certspotter.com', 1, 1000)
    local key = keyring('certspotter')[1]
    local headers = {}
    if key then headers['authorization'] = 'Bearer ' .. key['secret_key'] end
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/v1/issuances', {
        query={
            domain=arg['value'], include_subdomains='true', match_wildcards='true', expand='dns_names', after=after,
        },
        headers=headers,
        timeout=60000,
    }))
    if last_err() then return end
    -- {"code":"rate_limited", ...} in place of a list
    if not reply['text']:match('^%s*%[') then
        return fail('no list of issuances', reply['text'])
    end
    return reply['text']
end

-- adds the names of an issuance, and gives its id; what is odd is none
local function take(arg, issuance, holes)
    local names = issuance and object(issuance['dns_names'])
    if not names then return end
    for i = 1, holes and 1000 or #names do
        if text(names[i]) then add(arg, names[i]) end
        if last_err() then return end
    end
    return text(issuance['id'])
end

-- the id of the last issuance of a page, false if it has none
local function page(arg, json)
    local list = json_decode(json)
    if last_err() then return end
    if json:match('^%s*%[%s*%]') then return false end
    -- null leaves a hole, and what stands behind one has to be looked for
    local holes = json:find('null', 1, true)
    local n = #list
    if holes then
        for _ in json:gmatch(',') do n = n + 1 end
    end
    local last
    for i = 1, n do
        last = take(arg, object(list[i]), holes) or last
        if last_err() then return end
    end
    if not last then return fail('a list without issuances', json) end
    return last
end

function run(arg)
    local pages = whole('pages', '20')
    if last_err() then return end
    local after
    for _ = 1, pages do
        local json = fetch(arg, after)
        if last_err() then return end
        local last = page(arg, json)
        if last_err() or not last then return end
        if last == after then return 'the page after ' .. last .. ' ends with it, too' end
        after = last
    end
    warn('there are more than ' .. pages .. ' pages about ' .. arg['value'])
end
