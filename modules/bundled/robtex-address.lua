-- Description: Names that have or had an address, and its network, from Robtex
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://www.robtex.com/api/
-- Limits: none said for the free one; it says 429 and "ratelimited" when it is asked too often
-- Option: server = https://freeapi.robtex.com, where to ask

local server = getopt('server') or 'https://freeapi.robtex.com'
local ids = {}

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

local function object(x)
    return ('%s'):format(x):match('^table') and x or nil
end

-- ends the target, with the beginning of what came
local function fail(what, reply)
    set_err(what .. ': ' .. reply:sub(1, 100):gsub('[^ -~]+', ' '))
end

-- the name of a host in lower case, nil for what is none: an address, a wildcard, a name of reverse DNS
local function hostname(name)
    name = name:lower():gsub('%.$', '')
    if #name > 253 or name:find('[^%w._-]') or name:find('^%.') or name:find('..', 1, true) then return end
    if not name:find('%.%w*%a[%w-]*$') or name:find('%.arpa$') then return end
    return name
end

-- the id of a name, 0 if it is out of scope or nobody's: a public suffix
local function subdomain(name)
    local domain = psl_domain_from_dns_name('x.' .. name)
    if last_err() or domain == 'x.' .. name then return 0 end
    local domain_id = db_add('domain', { value=domain })
    if last_err() or not domain_id then return 0 end
    return db_add('subdomain', { domain_id=domain_id, value=name }) or 0
end

local function add(arg, name)
    name = hostname(name)
    if not name or ids[name] then return end
    ids[name] = subdomain(name)
    if last_err() or ids[name] == 0 then return end
    db_add('subdomain-ipaddr', { subdomain_id=ids[name], ip_addr_id=arg['id'] })
end

-- active and passive DNS, now and then: lists of {"o": name, "t": time}
local function names(arg, list)
    for i = 1, #list do
        local name = object(list[i]) and text(list[i]['o'])
        if name then add(arg, name) end
        if last_err() then return end
    end
end

-- the network, where it is known
local function network(arg, answer)
    local asn = ('%s'):format(answer['as']):match('^%d+') and not text(answer['as']) and intval(answer['as']) or nil
    if last_err() or not asn or asn < 1 or asn > 2147483647 then return clear_err() end
    local columns = { asn=asn, as_org=text(answer['asname']) }
    db_update('ipaddr', arg, columns)
    local route = text(answer['bgproute'])
    if last_err() or not route or not route:find('^[%x:.]+/%d+$') then return end
    columns['value'] = route
    db_add('netblock', columns)
end

local function ask(arg)
    ratelimit_throttle('freeapi.robtex.com', 1, 2000)
    local url = server .. '/ipquery/' .. arg['value']
    local reply = http_fetch(http_request(http_mksession(), 'GET', url, { timeout=60000 }))
    if last_err() then return end
    -- {"status":"ratelimited"} may come with status 200
    if not reply['text']:match('^%s*{') then return fail('no answer about an address', reply['text']) end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    if answer['status'] ~= 'ok' then return fail('no answer about an address', reply['text']) end
    return answer, reply['text']
end

function run(arg)
    local answer, reply = ask(arg)
    if last_err() then return end
    local kinds = { 'act', 'acth', 'pas', 'pash' }
    local there = false
    for i = 1, #kinds do
        local list = object(answer[kinds[i]])
        if list then
            there = true
            names(arg, list)
            if last_err() then return end
        end
    end
    if not there then return fail('no lists of names', reply) end
    network(arg, answer)
end
