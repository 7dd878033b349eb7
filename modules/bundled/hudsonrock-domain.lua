-- Description: Names below a domain for which malware stole logins, and when last (Hudson Rock; sensitive)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://cavalier.hudsonrock.com/docs
-- Limits: none published for what is free; names that are masked are passed over
-- Option: server = https://cavalier.hudsonrock.com, where to ask

local server = getopt('server') or 'https://cavalier.hudsonrock.com'
local seen = {}

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

local function add(arg, value)
    local name = value:lower():gsub('^%a+://', ''):gsub('^[^/?#]*@', ''):match('^[^/:?#]+')
    -- what is masked, is of somebody else, or is no name
    if not name or seen[name] or name:find('[^%w._-]') or name:sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then return end
    seen[name] = true
    db_add('subdomain', { domain_id=arg['id'], value=name })
end

local function add_urls(arg, urls)
    for i = 1, #urls do
        local one = group(urls[i])
        if one and text(one['url']) then
            add(arg, one['url'])
            if last_err() then return end
        end
    end
end

local function add_time(arg, who, when)
    when = time(when)
    if not when then return end
    db_activity({ topic='infostealer', time=when, uniq=('%s %s %s'):format(arg['value'], who, when), content={ domain=arg['value'], who=who } })
end

function run(arg)
    ratelimit_throttle('cavalier.hudsonrock.com', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/api/json/v2/osint-tools/search-by-domain', {
        query={ domain=arg['value'] },
        timeout=60000,
    }))
    if last_err() then return end
    local found = json_decode(reply['text'])
    if last_err() then return end
    local data = group(found) and group(found['data'])
    if not data then
        return 'no answer about a domain: ' .. reply['text']:sub(1, 100)
    end
    add_urls(arg, group(data['employees_urls']) or {})
    if last_err() then return end
    add_urls(arg, group(data['clients_urls']) or {})
    if last_err() then return end
    add_urls(arg, group(data['all_urls']) or {})
    if last_err() then return end
    add_time(arg, 'employee', found['last_employee_compromised'])
    if last_err() then return end
    add_time(arg, 'user', found['last_user_compromised'])
end
