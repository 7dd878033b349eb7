-- Description: Subdomains that stand in public code, by Sourcegraph's search
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://sourcegraph.com/docs/api/stream_api
-- Limits: none said; a search is cut off by time and by number. A name in code need not exist
-- Option: server = https://sourcegraph.com, where to search
-- Option: max = 10000, take at most so many names

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://sourcegraph.com'
local seen = {}
local taken = 0
local incomplete

local function text(x)
    return ('%s'):format(x) == x and x or nil
end

local function object(x)
    return ('%s'):format(x):match('^table') and x or nil
end

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- The name that ends with the domain at first..last. What is behind \, %, } or $ may be the rest of something else
-- (\nwww.example.com), what begins with - or . is one, and what goes on behind the domain is another name.
local function name_at(code, first, last)
    if code:find('^[%w_-]', last + 1) or code:find('^%.[%w_-]', last + 1) then return end
    local from = first > 254 and first - 254 or 1
    local name = code:sub(from, last):match('[%w._*-]+$')
    if not name or #name <= last - first + 1 then return end
    local before = code:sub(last - #name, last - #name)
    if before:find('[\\%%}$]') or name:find('^[%.-]') or name:find('*', 1, true) then return end
    if #name > 253 or name:find('..', 1, true) then return end
    return name
end

local function mine(arg, code, max)
    local domain = '.' .. arg['value']
    code = code:lower()
    local first, last = code:find(domain, 1, true)
    while first do
        local name = name_at(code, first, last)
        if name and not seen[name] and taken < max then
            taken = taken + 1
            seen[name] = true
            db_add('subdomain', { domain_id=arg['id'], value=name })
            if last_err() then return end
        end
        first, last = code:find(domain, last, true)
    end
end

-- files in which the domain stands, with the lines around it
local function matches(arg, list, max)
    for i = 1, #list do
        local chunks = object(list[i]) and object(list[i]['chunkMatches'])
        for j = 1, chunks and #chunks or 0 do
            local code = object(chunks[j]) and text(chunks[j]['content'])
            if code then mine(arg, code, max) end
            if last_err() then return end
        end
    end
end

local function ask(arg)
    ratelimit_throttle('sourcegraph.com', 1, 2000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/.api/search/stream', {
        query={
            q='"' .. arg['value'] .. '" type:file count:5000 timeout:20s patternType:keyword',
            v='V3', cm='true', display='5000',
        },
        headers={ accept='text/event-stream' },
        timeout=60000,
    }))
    return reply and reply['text']
end

-- one event of the stream; "done" is the last one of a whole answer
local function take(arg, kind, data, max)
    if kind == 'error' then return fail('the search failed', data) end
    if kind ~= 'matches' and kind ~= 'alert' and kind ~= 'progress' then return end
    local value = json_decode(data)
    if last_err() then return end
    if not object(value) then return fail('an odd event', data) end
    if kind == 'matches' then
        matches(arg, value, max)
    elseif kind == 'alert' then
        incomplete = data:sub(1, 200):gsub('[^ -~]+', ' ')
    elseif object(value['skipped']) and value['skipped'][1] and value['done'] == true then
        incomplete = incomplete or 'something was left out'
    end
end

function run(arg)
    local max = whole('max', '10000')
    if last_err() then return end
    local reply = ask(arg)
    if last_err() then return end
    reply = reply:gsub('\r\n', '\n') .. '\n\n'
    local done, from = false, 1
    local first, last = reply:find('\n\n', 1, true)
    while first do
        local kind, data = reply:sub(from, first - 1):match('^event: (%S+)\ndata: (.*)$')
        if kind == 'done' then done = true end
        if kind then take(arg, kind, data, max) end
        if last_err() then return end
        from = last + 1
        first, last = reply:find('\n\n', from, true)
    end
    if not done then return fail('no answer, or one that is cut off', reply) end
    if taken == max then warn('there may be more than ' .. max .. ' names of ' .. arg['value']) end
    -- nothing found where something was left out is not "nothing there"
    if incomplete and taken == 0 then return 'the search was not whole: ' .. incomplete end
    if incomplete then warn('the search about ' .. arg['value'] .. ' was not whole: ' .. incomplete) end
end
