-- Description: Number and owner of the network that announces a block, and its abuse address (RIPEstat)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: netblocks
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

-- a part of an announced block has its network, too
local function owner(arg)
    local data = ask('prefix-overview', arg['value'])
    if last_err() then return end
    local asns = object(data['asns'])
    if not asns then return set_err('prefix-overview without asns') end
    local first = object(asns[1])
    if not first then return debug('nobody announces it') end
    local asn = ('%s'):format(first['asn']):match('^(%d+)%.?0?$')
    if not asn then return set_err('prefix-overview with odd asns') end
    db_update('netblock', arg, { asn=intval(asn), as_org=text(first['holder']) })
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
    owner(arg)
    if last_err() then return end
    abuse(arg)
end
