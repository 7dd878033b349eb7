-- Description: Who signs in at Microsoft 365 with a domain: the name that the organisation shows, its own servers for it
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Page: none found; by what https://github.com/netwrix/pingcastle (UserRealmSRF.cs) and other tools do
-- Limits: not documented; the tenant does not see who asks
-- Option: server = https://login.microsoftonline.com, whom to ask

local server = getopt('server') or 'https://login.microsoftonline.com'

local function text(x)
    return ('%s'):format(x) == x and x ~= '' and not x:find('%c') and x or nil
end

local function map(x)
    return ('%s'):format(x) == 'table' and x ~= 'table' and x or {}
end

local KINDS = { Managed=true, Federated=true, Unknown=true }
-- What Microsoft writes where nobody has named a tenant, and for accounts of everybody.
local NOBODY = { ['default directory']=true, ['microsoft account']=true, ['msa realms']=true }

-- The server that a federated domain signs in at, if it is the domain's own.
local function add_server(arg, answer)
    local url = text(answer['AuthURL']) and url_parse(answer['AuthURL'])
    if last_err() then
        return clear_err()
    end
    local host = text(map(url)['host'])
    if host and host:sub(-#arg['value'] - 1) == '.' .. arg['value'] then
        db_add('subdomain', { domain_id=arg['id'], value=host })
    end
end

local function add_name(arg, answer)
    local name = text(answer['FederationBrandName'])
    if not name or not name:find('%S') or NOBODY[name:lower()] or name:lower() == arg['value'] then return end
    local id = db_add('organisation', { value=name })
    if last_err() or not id then return end
    db_add('link', { left_family='organisation', left_row=id, right_family='domain', right_row=arg['id'], value='uses' })
end

function run(arg)
    ratelimit_throttle('login.microsoftonline.com', 10, 60000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/getuserrealm.srf', {
        query={ login='x@' .. arg['value'], json='1' }, timeout=30000,
    }))
    if last_err() then return end
    local answer = map(json_decode(reply['text']))
    if last_err() then return end
    local kind = text(answer['NameSpaceType'])
    if not kind or not KINDS[kind] then
        return 'the answer does not say what the domain is'
    end
    if kind == 'Unknown' then
        return debug('nobody signs in with ' .. arg['value'])
    end
    if (text(answer['DomainName']) or ''):lower() ~= arg['value'] then
        return 'the answer is about another domain'
    end
    info(arg['value'] .. ': ' .. kind:lower())
    add_name(arg, answer)
    if last_err() then return end
    if kind == 'Federated' then
        add_server(arg, answer)
    end
end
