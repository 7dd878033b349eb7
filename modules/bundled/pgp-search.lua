-- Description: Names and further addresses of a mail address, from a PGP key server
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: emails
-- Stealth: passive

-- Option: server=https://keys.openpgp.org where to search

local server = getopt('server') or 'https://keys.openpgp.org'

local function take_uid(arg, uid)
    local name, mail = uid:match('^(.-)%s*<([^<>@%s]+@[^<>@%s]+)>$')
    if not mail then
        name, mail = '', uid:match('^[^<>@%s]+@[^<>@%s]+$')
    end
    if not mail then
        return
    end
    mail = mail:lower()
    if mail == arg['value'] then
        if name ~= '' and not arg['displayname'] then
            db_update('email', arg, { displayname=name })
        end
    else
        db_add('email', { value=mail })
    end
end

function run(arg)
    local session = http_mksession()
    local reply = http_send(http_request(session, 'GET', server .. '/pks/lookup', {
        query={ op='get', options='mr', search=arg['value'] },
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then
        return
    end
    if reply['status'] ~= 200 then
        return 'http status error: ' .. reply['status']
    end

    local key = pgp_pubkey_armored(reply['text'])
    if last_err() then return end
    -- an error may come with status 200; a key may come without user ids
    if not key['fingerprint'] then
        return 'no key: ' .. reply['text']:sub(1, 100)
    end
    local uids = key['uids'] or {}
    local i = 1
    while uids[i] do
        take_uid(arg, uids[i])
        if last_err() then return end
        i = i + 1
    end
end
