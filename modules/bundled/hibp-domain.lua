-- Description: Breaches of the services of a domain in the catalogue of Have I Been Pwned
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://haveibeenpwned.com/API/v3
-- Limits: the catalogue needs no key and has no published limit; a user agent has to be sent; Creative Commons Attribution 4.0
-- Option: server = https://haveibeenpwned.com, where to ask

local server = getopt('server') or 'https://haveibeenpwned.com'
local seen = {}

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

-- what is known to be made up is no breach
local function add(arg, breach)
    local name, domain = text(breach['Name']), text(breach['Domain'])
    if not name or seen[name] or not domain or domain:lower() ~= arg['value'] or breach['IsFabricated'] == true then return end
    seen[name] = true
    db_add('breach', { value=name })
    if last_err() then return end
    local day = text(breach['BreachDate']) and breach['BreachDate']:match('^%d%d%d%d%-%d%d%-%d%d$')
    if day then
        db_activity({
            topic='breach',
            time=day .. 'T00:00:00',
            uniq=name,
            content={ breach=name, domain=arg['value'], title=text(breach['Title']), accounts=breach['PwnCount'], verified=breach['IsVerified'] },
        })
    end
end

function run(arg)
    ratelimit_throttle('haveibeenpwned.com', 1, 1600)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/api/v3/breaches', {
        query={ domain=arg['value'] },
        timeout=30000,
    }))
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:match('^%s*%[') then
        return 'no list of breaches: ' .. reply['text']:sub(1, 100)
    end
    local breaches = json_decode(reply['text'])
    if last_err() then return end
    for i = 1, #breaches do
        if group(breaches[i]) then add(arg, breaches[i]) end
        if last_err() then return end
    end
end
