-- Description: Names and further addresses of a mail address, out of the OpenPGP key in the Web Key Directory of its domain
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: emails
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://datatracker.ietf.org/doc/draft-koch-openpgp-webkey-service/
-- Limits: those of the domain's own web server
-- Option: advanced, a base URL in place of that of the host openpgpkey. of the domain
-- Option: direct, a base URL in place of that of the domain

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

local function failed(reply)
    local wait = reply['headers']['retry-after']
    return ('http status error: %d%s'):format(reply['status'], wait and ', retry after ' .. wait:sub(1, 40) or '')
end

-- the key and nil, or nil and what stood in the way, or nothing and nil if there is none
local function ask(base, path, query)
    local reply = http_send(http_request(http_mksession(), 'GET', base .. path, {
        query=query,
        binary=true,
        follow_redirects=3,
        timeout=30000,
    }))
    local err = last_err()
    if err then
        clear_err()
        return nil, err
    end
    if reply['status'] == 404 then return end
    if reply['status'] ~= 200 then return nil, failed(reply) end
    local key = pgp_pubkey(reply['binary'])
    err = last_err()
    if err then
        clear_err()
        return nil, err
    end
    if not key['fingerprint'] then return nil, 'no key in the answer' end
    return key
end

-- of a host that there is not, nothing is asked; what cannot be looked up, may be there
local function is_absent(name)
    local reply = dns(name, 'A')
    if last_err() then
        clear_err()
        return false
    end
    return reply['error'] == 'NXDomain'
end

local function find(name, domain)
    local hash = base32_custom_encode(sha1(name:lower()), 'ybndrfg8ejkmcpqxot1uwisza345h769', '')
    if last_err() then return end
    local path = '/.well-known/openpgpkey/'
    local host = 'openpgpkey.' .. domain
    local key, err
    local advanced = getopt('advanced')
    if advanced or not is_absent(host) then
        key, err = ask(advanced or 'https://' .. host, path .. domain .. '/hu/' .. hash, { l=name })
        -- the direct method is for domains without that host; one that did not answer may be no web server of theirs
        if key or not err then return key end
    end
    local other
    key, other = ask(getopt('direct') or 'https://' .. domain, path .. 'hu/' .. hash, { l=name })
    if key then return key end
    err = err and other and err .. '; ' .. other or err or other
    if err then set_err(err) end
end

-- a key for somebody else says nothing about the address, and may be anybody's
local function has_mail(arg, uids)
    local value = arg['value']:lower()
    for i = 1, #uids do
        local uid = uids[i]:lower()
        if uid == value or uid:sub(-#value - 2) == '<' .. value .. '>' then return true end
    end
end

function run(arg)
    local name, domain = arg['value']:match('^(.+)@([^@]+)$')
    if not name then return end
    ratelimit_throttle(domain, 5, 1000)
    local key = find(name, domain)
    if last_err() or not key then return end
    local uids = key['uids'] or {}
    if not has_mail(arg, uids) then
        return 'the key has no user id with the address'
    end
    for i = 1, #uids do
        take_uid(arg, uids[i])
        if last_err() then return end
    end
end
