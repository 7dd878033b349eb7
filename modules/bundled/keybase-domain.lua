-- Description: Accounts of Keybase that have proven a domain, or a name below it
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://keybase.io/docs/api/1.0/call/user/lookup
-- Limits: none published
-- Option: server = https://keybase.io, where to ask

local server = getopt('server') or 'https://keybase.io'
local SITES = { dns=true, generic_web_site=true, http=true, https=true }

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

-- 1 is a proof that Keybase found in its place when it looked last
local function has_proven(user, domain)
    local summary = group(user['proofs_summary'])
    local all = summary and group(summary['all']) or {}
    for i = 1, #all do
        local one = group(all[i])
        local name = one and text(one['nametag'])
        if name and one['state'] == 1 and text(one['proof_type']) and SITES[one['proof_type']] then
            name = name:lower()
            if name == domain or name:sub(-#domain - 1) == '.' .. domain then return true end
        end
    end
end

local function take(arg, user)
    local basics = group(user['basics'])
    local username = basics and text(basics['username'])
    if not username or not has_proven(user, arg['value']) then return end
    local about = group(user['profile'])
    db_add('account', {
        service='keybase.io',
        username=username,
        displayname=about and text(about['full_name']),
        url='https://keybase.io/' .. username,
    })
end

function run(arg)
    ratelimit_throttle('keybase.io', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/_/api/1.0/user/lookup.json', {
        query={ domain=arg['value'], fields='basics,profile,proofs_summary' },
        timeout=30000,
    }))
    if last_err() then return end
    local found = json_decode(reply['text'])
    if last_err() then return end
    -- errors come with status 200
    local status = group(found) and group(found['status'])
    if not status then return 'no answer of Keybase: ' .. reply['text']:sub(1, 100) end
    if status['name'] == 'NOT_FOUND' then return end
    if status['code'] ~= 0 then
        return ('Keybase says %s: %s'):format(status['name'], status['desc'])
    end
    local them = group(found['them'])
    if not them then return 'the answer has no list of users' end
    for i = 1, #them do
        if group(them[i]) then take(arg, them[i]) end
        if last_err() then return end
    end
end
