-- Description: Subdomains from ip.thc.org
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://ip.thc.org/docs
-- Limits: some 250 questions at once for an address of yours, which come back with time; a page is a question
-- Option: server = https://ip.thc.org, where to ask
-- Option: pages = 10, ask for at most so many pages of a domain

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
    local reply = http_fetch(http_request(http_mksession(), 'POST', server .. '/api/v1/lookup/subdomains', {
        json={ domain=arg['value'], limit=1000, page_state=state },
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

local function add(arg, name)
    name = name:lower():gsub('%.$', '')
    if name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] or #name > 253 or seen[name] then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('[^%w._-]') then return end
    seen[name] = true
    db_add('subdomain', { domain_id=arg['id'], value=name })
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
            if taken > pages * 1000 then return warn('there are more than ' .. pages * 1000 .. ' names of ' .. arg['value']) end
            if name then add(arg, name) end
            if last_err() then return end
        end
        if not more then return end
        if more == state then return 'the next page is the same one again' end
        state = more
    end
    warn('there are more than ' .. pages .. ' pages about ' .. arg['value'])
end
