-- Description: Names and further addresses of a mail address, out of its OpenPGP key on keys.openpgp.org
-- Version: 1.1.0
-- License: GPL-3.0
-- Source: emails
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://keys.openpgp.org/about/api
-- Limits: one request by mail address a minute, and 50 at once; an address is there only if its owner has confirmed it
-- Option: server = https://keys.openpgp.org, where to search

local server = getopt('server') or 'https://keys.openpgp.org'

local function failed(reply)
    local wait = reply['headers']['retry-after']
    return ('http status error: %d%s'):format(reply['status'], wait and ', retry after ' .. wait:sub(1, 40) or '')
end

local function take_uid(arg, uid)
    if uid:find('%c') then return end
    local name, mail = uid:match('^(.-)%s*<([^<>@%s]+@[^<>@%s]+)>$')
    if not mail then
        name, mail = '', uid:match('^[^<>@%s]+@[^<>@%s]+$')
    end
    if not mail or mail:find('..', 1, true) then return end
    mail = mail:lower()
    if mail ~= arg['value'] then
        db_add('email', { value=mail })
    elseif name ~= '' and not arg['displayname'] then
        db_update('email', arg, { displayname=name })
        arg['displayname'] = name
    end
end

function run(arg)
    ratelimit_throttle('keys.openpgp.org', 50, 3000000)
    local session = http_mksession()
    local reply = http_send(http_request(session, 'GET', server .. '/vks/v1/by-email/' .. url_escape(arg['value']), {
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then return end
    if reply['status'] ~= 200 then return failed(reply) end

    local key = pgp_pubkey_armored(reply['text'])
    if last_err() then return end
    -- an error may come with status 200; a key may come without user ids
    if not key['fingerprint'] then
        return 'no key: ' .. reply['text']:sub(1, 100)
    end
    local uids = key['uids'] or {}
    for i = 1, #uids do
        take_uid(arg, uids[i])
        if last_err() then return end
    end
end
