-- Description: Names that had an address, from the passive DNS of AlienVault OTX
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: ipaddrs
-- Keyring-Access: otx
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: none found that shows the answer; it is what tools read (theHarvester, August 2026, without a key)
-- Limits: not said; some tools ask with a key only, so 401 and 403 may mean that one is needed
-- Option: server = https://otx.alienvault.com, where to ask
-- Option: max = 10000, take at most so many records
-- Options: optional-key

-- keyring add otx:NAME API_KEY

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://otx.alienvault.com'
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

-- an event at the time of `member`, which is YYYY-MM-DDTHH:MM:SS
local function event(record, member, name, ip)
    local time = text(record[member])
    time = time and strptime('%Y-%m-%dT%H:%M:%S', time:sub(1, 19))
    if not time then clear_err() return end
    time = sn0int_time_from(time)
    db_activity({
        topic='passive-dns', time=time, uniq='otx ' .. name .. ' ' .. ip .. ' ' .. time,
        content={ source='otx', name=name, address=ip, seen=member },
    })
end

-- whether both are the same address, which has several forms as version 6
local function same(a, b)
    if not a or a == b then return a == b end
    if a:find('[^%x:.]') or not a:find(':', 1, true) then return false end
    local one, other = url_parse('http://[' .. a .. ']/'), url_parse('http://[' .. b .. ']/')
    if not one or not other then clear_err() return false end
    return one['host'] == other['host']
end

local function add(arg, record)
    local name = text(record['hostname'])
    name = name and hostname(name)
    if not name or record['record_type'] ~= 'A' and record['record_type'] ~= 'AAAA' then return end
    if not same(text(record['address']), arg['value']) then return end
    if not ids[name] then
        ids[name] = subdomain(name)
        if last_err() or ids[name] == 0 then return end
        db_add('subdomain-ipaddr', { subdomain_id=ids[name], ip_addr_id=arg['id'] })
    end
    if last_err() or ids[name] == 0 then return end
    event(record, 'first', name, arg['value'])
    if last_err() or record['first'] == record['last'] then return end
    event(record, 'last', name, arg['value'])
end

-- the records, and how many elements to look at: null leaves a hole in a list
local function ask(arg)
    ratelimit_throttle('otx.alienvault.com', 1, 1000)
    local key = keyring('otx')[1]
    local headers = {}
    if key then headers['x-otx-api-key'] = key['secret_key'] end
    local kind = arg['value']:find(':', 1, true) and 'IPv6/' or 'IPv4/'
    local url = server .. '/api/v1/indicators/' .. kind .. arg['value'] .. '/passive_dns'
    local reply = http_fetch(http_request(http_mksession(), 'GET', url, { headers=headers, timeout=60000 }))
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:find('"passive_dns"%s*:%s*%[') then return fail('no records', reply['text']) end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    local list = object(answer) and object(answer['passive_dns'])
    if not list then return fail('no records', reply['text']) end
    local n = #list
    if reply['text']:find('null', 1, true) then
        for _ in reply['text']:gmatch(',') do n = n + 1 end
    end
    return list, n
end

function run(arg)
    local max = whole('max', '10000')
    if last_err() then return end
    local list, n = ask(arg)
    if last_err() then return end
    local taken = 0
    for i = 1, n do
        local record = object(list[i])
        if record then
            if taken == max then
                return warn('there are more than ' .. max .. ' records of ' .. arg['value'])
            end
            taken = taken + 1
            add(arg, record)
            if last_err() then return end
        end
    end
end
