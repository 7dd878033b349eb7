-- Description: Subdomains out of certificate transparency logs (crt.name)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: none found; it answers in lines of text by what theHarvester reads (August 2026)
-- Limits: none found; it says 429 when it is asked too often
-- Option: server = https://crt.name, where to search
-- Option: max = 10000, take at most so many names

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://crt.name'
local seen = {}

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- a name below the domain, without the star of a wildcard; nil for all else
local function below(arg, name)
    name = name:lower():gsub('^%*%.', '')
    if name:sub(-1) == '.' then name = name:sub(1, -2) end
    if name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] or #name > 253 then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('*', 1, true) then return end
    return name
end

local function ask(arg)
    ratelimit_throttle('crt.name', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/v1/search', {
        query={ apex=arg['value'] },
        headers={ accept='text/plain' },
        timeout=90000,
    }))
    return reply and reply['text']
end

function run(arg)
    local max = whole('max', '10000')
    if last_err() then return end
    local reply = ask(arg)
    if last_err() then return end
    local taken, odd = 0, nil
    for line in reply:gmatch('%S[^\r\n]*') do
        local name = below(arg, line)
        if line:find('[^%w.*_-]') or not line:find('.', 1, true) then
            odd = odd or line
        elseif name and not seen[name] then
            if taken == max then return warn('there are more than ' .. max .. ' names of ' .. arg['value']) end
            taken = taken + 1
            seen[name] = true
            db_add('subdomain', { domain_id=arg['id'], value=name })
            if last_err() then return end
        end
    end
    -- an error may come with status 200
    if odd then fail('a line that is no name', odd) end
end
