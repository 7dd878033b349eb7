-- Description: Whether malware that steals passwords was on a computer where a mail address was used, and when (Hudson Rock; sensitive)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: emails
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://cavalier.hudsonrock.com/docs
-- Limits: none published for what is free; passwords and logins are masked, and are not kept
-- Option: server = https://cavalier.hudsonrock.com, where to ask

local server = getopt('server') or 'https://cavalier.hudsonrock.com'

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

local function time(x)
    return text(x) and x:match('^[12]%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d') or nil
end

-- what is masked says nothing
local function plain(x)
    return text(x) and not x:find('•', 1, true) and not x:find('**', 1, true) and x or nil
end

local seen = {}

local function add(arg, stealers)
    local breach = db_add('breach', { value='infostealer' })
    if last_err() or not breach then return end
    db_add('breach-email', { breach_id=breach, email_id=arg['id'] })
    if last_err() then return end
    for i = 1, #stealers do
        local one = group(stealers[i])
        local when = one and time(one['date_compromised'])
        if when and not seen[when] then
            seen[when] = true
            db_activity({
                topic='infostealer',
                time=when,
                uniq=arg['value'] .. ' ' .. when,
                content={ email=arg['value'], stealer=plain(one['stealer_family']), system=plain(one['operating_system']) },
            })
            if last_err() then return end
        end
    end
end

function run(arg)
    ratelimit_throttle('cavalier.hudsonrock.com', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/api/json/v2/osint-tools/search-by-email', {
        query={ email=arg['value'] },
        timeout=30000,
    }))
    if last_err() then return end
    local found = json_decode(reply['text'])
    if last_err() then return end
    local stealers = group(found) and group(found['stealers'])
    if not stealers then
        return 'no list of stealers: ' .. reply['text']:sub(1, 100)
    end
    if group(stealers[1]) then add(arg, stealers) end
end
