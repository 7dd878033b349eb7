-- Description: Names that have an address, from ip.thc.org
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://ip.thc.org/docs
-- Limits: some 250 questions at once for an address of yours, which come back with time; a page is a question
-- Option: server = https://ip.thc.org, where to ask
-- Option: pages = 10, ask for at most so many pages of an address, of 100 names each

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://ip.thc.org'
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

-- a page: the list, how many elements to look at (null leaves a hole), and what asks for the next page
local function ask(arg, state)
    ratelimit_throttle('ip.thc.org', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'POST', server .. '/api/v1/lookup', {
        json={ ip_address=arg['value'], limit=100, page_state=state },
        timeout=60000,
    }))
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:match('^%s*{') or reply['text']:find('"status"%s*:%s*"error"') then
        return fail('no names', reply['text'])
    end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    local list = object(answer['domains'])
    if not list and answer['matching_records'] == 0 then return {}, 0 end
    if not list then return fail('no names', reply['text']) end
    local n = #list
    if reply['text']:find('null', 1, true) then
        for _ in reply['text']:gmatch(',') do n = n + 1 end
    end
    local more = text(answer['next_page_state'])
    return list, n, more ~= '' and more or nil
end

-- the name of a host in lower case, nil for what is none: an address, a wildcard, a name of reverse DNS
local function hostname(name)
    name = name:lower():gsub('%.$', '')
    if #name > 253 or name:find('[^%w._-]') or name:find('^%.') or name:find('..', 1, true) then return end
    if not name:find('%.%w*%a[%w-]*$') or name:find('%.arpa$') then return end
    return name
end

local function add(arg, name)
    name = hostname(name)
    if not name or seen[name] then return end
    seen[name] = true
    -- a public suffix is nobody's domain
    local domain = psl_domain_from_dns_name('x.' .. name)
    if last_err() or domain == 'x.' .. name then return end
    local domain_id = db_add('domain', { value=domain })
    if last_err() or not domain_id then return end
    local id = db_add('subdomain', { domain_id=domain_id, value=name })
    if last_err() or not id then return end
    db_add('subdomain-ipaddr', { subdomain_id=id, ip_addr_id=arg['id'] })
end

function run(arg)
    local pages = whole('pages', '10')
    if last_err() then return end
    local state
    local taken = 0
    for _ = 1, pages do
        local list, n, more = ask(arg, state)
        if last_err() then return end
        for i = 1, n do
            local name = object(list[i]) and text(list[i]['domain'])
            taken = taken + 1
            if taken > pages * 100 then return warn('there are more than ' .. pages * 100 .. ' names of ' .. arg['value']) end
            if name then add(arg, name) end
            if last_err() then return end
        end
        if not more then return end
        if more == state then return 'the next page is the same one again' end
        state = more
    end
    warn('there are more than ' .. pages .. ' pages about ' .. arg['value'])
end
