-- Description: Announced network, its number and owner, and the abuse address of addresses (RIPEstat)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://stat.ripe.net/docs/data-api/ripestat-data-api
-- Limits: free, at most 8 questions at once; who asks more than 1,000 times a day says who it is with the option sourceapp
-- Option: server = https://stat.ripe.net, where to ask
-- Option: sourceapp, a name for you or your project, as RIPEstat wants it above 1000 questions a day

local server = getopt('server') or 'https://stat.ripe.net'

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

local function object(x)
    return ('%s'):format(x):match('^table') and x or nil
end

-- the member data of an answer; errors come with 200, too
local function ask(call, resource)
    ratelimit_throttle('stat.ripe.net', 4, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/data/' .. call .. '/data.json', {
        query={ resource=resource, sourceapp=getopt('sourceapp') },
        timeout=60000,
    }))
    if last_err() then return end
    local answer = reply['text']:match('^%s*{') and json_decode(reply['text'])
    if last_err() then return end
    local data = answer and answer['status'] == 'ok' and object(answer['data'])
    if not data then
        return set_err(call .. ' has no data: ' .. reply['text']:sub(1, 200):gsub('[^ -~]+', ' '))
    end
    return data
end

-- {"asns": ["3333"], "prefix": "193.0.0.0/21"}; both empty if nobody announces it
local function network(arg)
    local data = ask('network-info', arg['value'])
    if last_err() then return end
    local asns = object(data['asns'])
    if not asns or not text(data['prefix']) then
        return set_err('network-info without asns and prefix')
    end
    if data['prefix'] == '' then return nil, debug('nobody announces it') end
    return data['prefix'], ('%s'):format(asns[1]):match('^(%d+)$')
end

local function holder(asn)
    local data = ask('as-overview', 'AS' .. asn)
    if last_err() then return end
    return text(data['holder'])
end

local function abuse(arg)
    local data = ask('abuse-contact-finder', arg['value'])
    if last_err() then return end
    local contacts = object(data['abuse_contacts'])
    if not contacts then return set_err('abuse-contact-finder without abuse_contacts') end
    for i = 1, #contacts do
        if i > 100 then return warn('there are more than 100 contacts for ' .. arg['value']) end
        local mail = text(contacts[i]) and contacts[i]:match('^[^%s@]+@[%w.-]+%.%w+$')
        if mail then db_add('email', { value=mail }) end
        if last_err() then return end
    end
end

function run(arg)
    local prefix, asn = network(arg)
    if last_err() then return end
    if asn then
        local org = holder(asn)
        if last_err() then return end
        asn = intval(asn)
        db_update('ipaddr', arg, { asn=asn, as_org=org })
        if last_err() then return end
        db_add('netblock', { value=prefix, asn=asn, as_org=org })
        if last_err() then return end
    end
    abuse(arg)
end
