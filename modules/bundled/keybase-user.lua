-- Description: Accounts, domains and crypto addresses that an account has proven on Keybase
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://keybase.io/docs/api/1.0/call/user/lookup
-- Limits: none published
-- Option: server = https://keybase.io, where to ask

-- Accounts of keybase.io are asked for by name, those of the other services by what they have proven.

local server = getopt('server') or 'https://keybase.io'
local SERVICES = {
    twitter='twitter.com', github='github.com', reddit='reddit.com', hackernews='news.ycombinator.com', facebook='facebook.com',
}
local QUERIES = {
    ['keybase.io']='usernames', ['twitter.com']='twitter', ['github.com']='github', ['reddit.com']='reddit',
    ['news.ycombinator.com']='hackernews', ['facebook.com']='facebook',
}
local SITES = { dns=true, generic_web_site=true, http=true, https=true }

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- the address of a page, nil for all else
local function web(x) return text(x) and x:match('^[Hh][Tt][Tt][Pp][Ss]?://%S+$') or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

local function failed(reply)
    local wait = reply['headers']['retry-after']
    return ('http status error: %d%s'):format(reply['status'], wait and ', retry after ' .. wait:sub(1, 40) or '')
end

local function add_domain(name)
    name = name:lower()
    if not name:match('^[%w.-]+%.%a[%w-]*$') then return end
    local domain = psl_domain_from_dns_name(name)
    if last_err() then return clear_err() end
    local id = db_add('domain', { value=domain })
    if last_err() or not id or domain == name then return end
    db_add('subdomain', { domain_id=id, value=name })
end

-- 1 is a proof that Keybase found in its place when it looked last
local function add_proof(arg, proof)
    local kind, name = text(proof['proof_type']), text(proof['nametag'])
    if proof['state'] ~= 1 or not kind or not name then return end
    -- of other services the type is their name
    local service = SERVICES[kind] or kind:match('^[%w-]+%.[%w.-]+$')
    if SITES[kind] then
        add_domain(name)
    elseif service and not (service == arg['service'] and name:lower() == arg['username']:lower()) then
        db_add('account', { service=service, username=name, url=web(proof['service_url']) })
    end
end

local function add_crypto(user, currency)
    local all = group(user['cryptocurrency_addresses'])
    local addresses = all and group(all[currency]) or {}
    for i = 1, #addresses do
        local one = group(addresses[i])
        if one and text(one['address']) then
            db_add('cryptoaddr', { value=one['address'], currency=currency })
            if last_err() then return end
        end
    end
end

local function proofs(user)
    local summary = group(user['proofs_summary'])
    return summary and group(summary['all']) or {}
end

-- whether it is the one that was asked for
local function is_asked(arg, user, username)
    if arg['service'] == 'keybase.io' then return username:lower() == arg['username']:lower() end
    local all = proofs(user)
    for i = 1, #all do
        local one = group(all[i])
        local kind = one and text(one['proof_type'])
        if kind and one['state'] == 1 and SERVICES[kind] == arg['service'] and text(one['nametag'])
            and one['nametag']:lower() == arg['username']:lower() then
            return true
        end
    end
end

local function add_account(arg, user, username)
    local about = group(user['profile'])
    local name, address = about and text(about['full_name']), 'https://keybase.io/' .. username
    if arg['service'] == 'keybase.io' then
        db_update('account', arg, { displayname=name, url=address })
    else
        db_add('account', { service='keybase.io', username=username, displayname=name, url=address })
    end
    if last_err() then return end
    local created = intval(group(user['basics'])['ctime'])
    if last_err() or not created then return clear_err() end
    local account = 'keybase.io/' .. username
    db_activity({ topic='account-created', time=sn0int_time_from(created), uniq=account, content={ account=account } })
end

local function take(arg, user)
    local username = group(user['basics']) and text(user['basics']['username'])
    if not username or not is_asked(arg, user, username) then return end
    add_account(arg, user, username)
    if last_err() then return end
    local all = proofs(user)
    for i = 1, #all do
        if group(all[i]) then add_proof(arg, all[i]) end
        if last_err() then return end
    end
    add_crypto(user, 'bitcoin')
    if last_err() then return end
    add_crypto(user, 'zcash')
end

function run(arg)
    local by = QUERIES[arg['service']]
    if not by then
        debug('nothing is proven for ' .. arg['service'])
        return
    end
    ratelimit_throttle('keybase.io', 1, 1000)
    local query = { fields='basics,profile,proofs_summary,cryptocurrency_addresses' }
    query[by] = arg['username']
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/_/api/1.0/user/lookup.json', {
        query=query,
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
