-- Description: Name, site and kind of the networks that addresses belong to (PeeringDB), by the number that other modules noted
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Keyring-Access: peeringdb
-- Stealth: passive

-- Page: https://docs.peeringdb.com/howto/work_within_peeringdbs_query_limits/
-- Limits: 20 questions a minute without a key, 40 with one; only networks that registered there
-- Option: server = https://www.peeringdb.com, where to ask
-- Options: optional-key

-- keyring add peeringdb:NAME API_KEY

local server = getopt('server') or 'https://www.peeringdb.com'

local function text(x)
    return ('%s'):format(x) == x and x ~= '' and not x:find('%c') and x or nil
end

local function object(x)
    return ('%s'):format(x):match('^table') and x or nil
end

local function ask(asn)
    ratelimit_throttle('www.peeringdb.com', 20, 60000)
    local key = keyring('peeringdb')[1]
    local headers = {}
    if key then headers['authorization'] = 'Api-Key ' .. key['secret_key'] end
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/api/net', {
        query={ asn=('%d'):format(asn) },
        headers=headers,
        timeout=30000,
    }))
    if last_err() then return end
    local answer = reply['text']:match('^%s*{') and json_decode(reply['text'])
    if last_err() then return end
    local data = answer and object(answer['data'])
    if not data then
        return set_err('no list of networks: ' .. reply['text']:sub(1, 100):gsub('[^ -~]+', ' '))
    end
    return data
end

local function add_site(url)
    local parts = url_parse(url)
    if last_err() then return clear_err() end
    local host = text(parts['host'])
    local domain = host and psl_domain_from_dns_name(host)
    if last_err() then return clear_err() end
    if not domain then return end
    local domain_id = db_add('domain', { value=domain })
    if last_err() or not domain_id then return end
    local id = db_add('subdomain', { domain_id=domain_id, value=host })
    if last_err() or not id then return end
    db_add('url', { subdomain_id=id, value=url })
end

local function add(arg, net)
    local name = text(net['name'])
    if not name then return end
    db_add('organisation', {
        value=name,
        displayname=text(net['name_long']) or text(net['aka']),
        kind=text(net['info_type']),
        registration='AS' .. ('%d'):format(arg['asn']),
    })
    if last_err() then return end
    if text(net['website']) then add_site(net['website']) end
    if last_err() or arg['as_org'] then return end
    db_update('ipaddr', arg, { as_org=name })
end

function run(arg)
    if not arg['asn'] then
        return debug('no network is noted for it: run ripestat-address, cymru-origin or geoip first')
    end
    local nets = ask(arg['asn'])
    if last_err() then return end
    for i = 1, #nets do
        local net = object(nets[i])
        -- 15169 or 15169.0
        if net and net['asn'] == arg['asn'] then add(arg, net) end
        if last_err() then return end
    end
end
