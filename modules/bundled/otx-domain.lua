-- Description: Subdomains with their addresses, from the passive DNS of AlienVault OTX
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
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

-- an address as it is, nil for what is none
local function address(ip)
    local v6 = ip:find(':', 1, true)
    if ip == '' or ip:find(v6 and '[^%x:.]' or '[^%d.]') then return end
    local url = url_parse('http://' .. (v6 and '[' .. ip .. ']' or ip) .. '/')
    if not url then clear_err() return end
    return (v6 or url['host'] == ip) and ip or nil
end

-- the id of a row, 0 if it is out of scope
local function row(family, object)
    local key = family .. ' ' .. object['value']
    if not ids[key] then ids[key] = db_add(family, object) or 0 end
    return ids[key]
end

-- a name of the domain, nil for all else
local function below(arg, name)
    name = name:lower():gsub('%.$', '')
    if ('.' .. name):sub(-#arg['value'] - 1) ~= '.' .. arg['value'] then return end
    if name:find('^%.') or name:find('..', 1, true) or name:find('[^%w._-]') then return end
    return name
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

local function add(arg, record)
    local name = text(record['hostname'])
    name = name and below(arg, name)
    if not name then return end
    local subdomain = row('subdomain', { domain_id=arg['id'], value=name })
    if last_err() or subdomain == 0 then return end
    -- NS, CNAME and others have a name there
    local ip = text(record['address'])
    ip = (record['record_type'] == 'A' or record['record_type'] == 'AAAA') and ip and address(ip)
    if not ip then return end
    local ipaddr = row('ipaddr', { value=ip })
    if last_err() or ipaddr == 0 then return end
    if not ids[name .. ' ' .. ip] then
        ids[name .. ' ' .. ip] = db_add('subdomain-ipaddr', { subdomain_id=subdomain, ip_addr_id=ipaddr })
    end
    if last_err() then return end
    event(record, 'first', name, ip)
    if last_err() or record['first'] == record['last'] then return end
    event(record, 'last', name, ip)
end

-- the records, and how many elements to look at: null leaves a hole in a list
local function ask(arg)
    ratelimit_throttle('otx.alienvault.com', 1, 1000)
    local key = keyring('otx')[1]
    local headers = {}
    if key then headers['x-otx-api-key'] = key['secret_key'] end
    local url = server .. '/api/v1/indicators/domain/' .. url_escape(arg['value']) .. '/passive_dns'
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
