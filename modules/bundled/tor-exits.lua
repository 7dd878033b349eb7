-- Description: Whether addresses are exits of Tor, since when and until when (Onionoo)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://metrics.torproject.org/onionoo.html
-- Limits: relays of the last week; one question an address, since the whole list (check.torproject.org) would come once for each
-- Option: server = https://onionoo.torproject.org, where to ask

local server = getopt('server') or 'https://onionoo.torproject.org'

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

local function object(x)
    return ('%s'):format(x):match('^table') and x or nil
end

local function has(list, wanted)
    list = object(list) or {}
    for i = 1, #list do
        if list[i] == wanted then return true end
    end
    return false
end

-- the search finds what begins so; or_addresses are with port, IPv6 in brackets
local function listens_at(relay, ip)
    local list = object(relay['or_addresses']) or {}
    for i = 1, #list do
        local at = text(list[i]) and list[i]:match('^%[?([^%]]*)%]?:%d+$')
        if at == ip then return true end
    end
    return false
end

local function is_exit(relay, ip)
    return has(relay['exit_addresses'], ip) or has(relay['flags'], 'Exit') and listens_at(relay, ip)
end

local function time_of(x)
    local day, hour = (text(x) or ''):match('^(%d%d%d%d%-%d%d%-%d%d) (%d%d:%d%d:%d%d)$')
    return day and day .. 'T' .. hour
end

local function note(arg, relay)
    local last, first = time_of(relay['last_seen']), time_of(relay['first_seen'])
    local name = text(relay['nickname']) or 'without a name'
    if not arg['description'] then
        db_update('ipaddr', arg, { description='exit of Tor: ' .. name })
        if last_err() then return end
    end
    if not last then return end
    db_activity({
        topic='tor-exit:' .. arg['value'],
        time=last,
        uniq=arg['value'] .. ' ' .. (text(relay['fingerprint']) or name) .. ' ' .. last,
        content={ nickname=name, fingerprint=text(relay['fingerprint']), first_seen=first },
    })
end

function run(arg)
    ratelimit_throttle('onionoo.torproject.org', 1, 1000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/details', {
        query={ search=arg['value'], type='relay' },
        timeout=60000,
    }))
    if last_err() then return end
    local answer = reply['text']:match('^%s*{') and json_decode(reply['text'])
    if last_err() then return end
    local relays = answer and object(answer['relays'])
    if not relays then
        return 'no list of relays: ' .. reply['text']:sub(1, 100):gsub('[^ -~]+', ' ')
    end
    for i = 1, #relays do
        local relay = object(relays[i])
        if relay and is_exit(relay, arg['value']) then note(arg, relay) end
        if last_err() then return end
    end
end
