-- Description: Subdomains from subdomain.center
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: none found that shows the answer; it is what tools read (theHarvester, August 2026)
-- Limits: none found
-- Option: server = https://api.subdomain.center, where to search
-- Option: max = 10000, take at most so many names

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://api.subdomain.center'
local seen = {}

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- a name below the domain, nil for all else: others' names, wildcards, addresses of mail
local function below(arg, name)
    name = name:lower():gsub('%.$', '')
    if name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] or #name > 253 then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('[^%w._-]') then return end
    return name
end

-- the list of names, and how many elements to look at: null leaves a hole in a list
local function ask(arg)
    ratelimit_throttle('api.subdomain.center', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/', {
        query={ domain=arg['value'] },
        timeout=60000,
    }))
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:match('^%s*%[') then return fail('no list of names', reply['text']) end
    local list = json_decode(reply['text'])
    if last_err() then return end
    local n = #list
    if reply['text']:find('null', 1, true) then
        for _ in reply['text']:gmatch(',') do n = n + 1 end
    end
    return list, n, reply['text']
end

function run(arg)
    local max = whole('max', '10000')
    if last_err() then return end
    local list, n, reply = ask(arg)
    if last_err() then return end
    local taken, texts = 0, 0
    for i = 1, n do
        local name = text(list[i])
        if name then texts = texts + 1 end
        name = name and below(arg, name)
        if name and not seen[name] then
            if taken == max then return warn('there are more than ' .. max .. ' names of ' .. arg['value']) end
            taken = taken + 1
            seen[name] = true
            db_add('subdomain', { domain_id=arg['id'], value=name })
            if last_err() then return end
        end
    end
    if n > 0 and texts == 0 then fail('a list without names', reply) end
end
