-- Description: Subdomains, addresses and pages out of the scans of urlscan.io
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.urlscan.io/pages/api-best-practices
-- Limits: 500 searches a day for an address of yours, fewer at once; take what you need, mirror nothing
-- Option: server = https://urlscan.io, where to search
-- Option: pages = 5, ask for at most so many pages of a domain, of 100 scans each

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://urlscan.io'
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

-- the columns of the network, where they are known: asn is 'AS64496'
local function network(page, ip)
    local asn = text(page['asn'])
    asn = asn and asn:match('^AS(%d+)$')
    return { value=ip, asn=asn and #asn < 10 and intval(asn) or nil, as_org=text(page['asnname']) }
end

local function event(scan, name, ip, url)
    local time = object(scan['task']) and text(scan['task']['time'])
    local seconds = time and strptime('%Y-%m-%dT%H:%M:%S', time:sub(1, 19))
    if not seconds or not text(scan['_id']) then clear_err() return end
    db_activity({
        topic='urlscan', time=sn0int_time_from(seconds), uniq='urlscan ' .. scan['_id'],
        content={ name=name, address=ip, url=url },
    })
end

-- a page of the web that was scanned; what the scan only loaded from the domain is somebody else's page
local function add(arg, scan)
    local page = object(scan['page'])
    local name = page and text(page['domain'])
    name = name and below(arg, name)
    if not name then return end
    local subdomain = row('subdomain', { domain_id=arg['id'], value=name })
    if last_err() or subdomain == 0 then return end
    local ip = text(page['ip'])
    ip = ip and address(ip)
    local ipaddr = ip and row('ipaddr', network(page, ip)) or 0
    if last_err() then return end
    if ipaddr ~= 0 and not ids[name .. ' ' .. ip] then
        ids[name .. ' ' .. ip] = db_add('subdomain-ipaddr', { subdomain_id=subdomain, ip_addr_id=ipaddr })
        if last_err() then return end
    end
    local url = text(page['url'])
    local parts = url and url:find('^https?://') and url_parse(url)
    if not parts then clear_err() end
    if not parts or parts['host'] ~= name then url = nil end
    if url then row('url', { subdomain_id=subdomain, value=url }) end
    if last_err() then return end
    event(scan, name, ip, url)
end

-- the scans of a page, how many elements to look at (null leaves a hole), and whether there are more
local function ask(arg, after)
    ratelimit_throttle('urlscan.io', 1, 2000)
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/api/v1/search/', {
        query={ q='domain:' .. arg['value'], size='100', search_after=after },
        timeout=60000,
    }))
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:find('"results"%s*:%s*%[') then return fail('no results', reply['text']) end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    local list = object(answer) and object(answer['results'])
    if not list then return fail('no results', reply['text']) end
    local n = #list
    if reply['text']:find('null', 1, true) then
        for _ in reply['text']:gmatch(',') do n = n + 1 end
    end
    return list, n, answer['has_more']
end

-- what the next page is asked for by: the sort values of the last scan
local function cursor(scan)
    local sort = object(scan['sort'])
    local first, second = sort and strval(sort[1]), sort and strval(sort[2])
    return first and second and first .. ',' .. second
end

function run(arg)
    local pages = whole('pages', '5')
    if last_err() then return end
    local after
    for _ = 1, pages do
        local list, n, more = ask(arg, after)
        if last_err() then return end
        local last
        for i = 1, n do
            local scan = object(list[i])
            if scan then
                last = scan
                add(arg, scan)
                if last_err() then return end
            end
        end
        if more == false or more == nil and n < 100 or n == 0 then return end
        local next_one = last and cursor(last)
        if not next_one or next_one == after then return 'there are more scans, but not where to find them' end
        after = next_one
    end
    warn('there are more than ' .. pages .. ' pages of scans of ' .. arg['value'])
end
