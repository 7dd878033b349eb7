-- Description: Names and further addresses that OpenPGP keys on a key server claim for a mail address (anybody may upload one)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: emails
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://datatracker.ietf.org/doc/draft-ietf-openpgp-hkp/
-- Limits: none published
-- Option: server = https://keyserver.ubuntu.com, where to search
-- Option: max = 100, so many keys at most

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://keyserver.ubuntu.com'
local max = whole('max', '100')

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

local function has_mail(arg, uids)
    for i = 1, #uids do
        local uid = uids[i]:lower()
        if uid == arg['value'] or uid:sub(-#arg['value'] - 2) == '<' .. arg['value'] .. '>' then return true end
    end
end

-- keys are found by any word in them: the address must be in one that counts
local function take_key(arg, key)
    if not key or key['flags']:find('r') or not has_mail(arg, key['uids']) then return end
    for i = 1, #key['uids'] do
        take_uid(arg, key['uids'][i])
        if last_err() then return end
    end
    if key['created'] then
        db_activity({
            topic='openpgp-key-created',
            time=sn0int_time_from(intval(key['created'])),
            uniq=key['id'],
            content={ key=key['id'], email=arg['value'] },
        })
    end
end

-- pub:ID:ALGORITHM:BITS:CREATED:EXPIRES:FLAGS, uid:TEXT:CREATED:EXPIRES:FLAGS
local function read_index(arg, lines)
    local key
    local keys = 0
    for line in lines:gmatch('[^\r\n]+') do
        local id, created, flags = line:match('^pub:(%x+):[^:]*:[^:]*:(%d*):[^:]*:?([^:]*)')
        local uid, uid_flags = line:match('^uid:([^:]*):[^:]*:[^:]*:?([^:]*)')
        if id then
            take_key(arg, key)
            if last_err() then return end
            keys = keys + 1
            if keys > max then
                warn(('of the keys for %s only the first %d are looked at'):format(arg['value'], max))
                return
            end
            key = { id=id:lower(), created=#created > 0 and #created < 11 and created or nil, flags=flags, uids={} }
        elseif uid and key and not uid_flags:find('r') then
            uid = url_unescape(uid)
            -- some are in other encodings
            if last_err() then clear_err() else key['uids'][#key['uids'] + 1] = uid end
        end
    end
    take_key(arg, key)
end

function run(arg)
    if last_err() then return end
    ratelimit_throttle('keyserver.ubuntu.com', 1, 1000)
    local session = http_mksession()
    local reply = http_send(http_request(session, 'GET', server .. '/pks/lookup', {
        query={ op='index', options='mr', exact='on', search=arg['value'] },
        timeout=60000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then return end
    if reply['status'] ~= 200 then return failed(reply) end
    if not reply['text']:match('^%s*info:1:%d') and not reply['text']:match('^%s*pub:') then
        return 'no index of keys: ' .. reply['text']:sub(1, 100)
    end
    read_index(arg, reply['text'])
end
