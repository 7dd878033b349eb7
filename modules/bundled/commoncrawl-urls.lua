-- Description: Subdomains and URLs of a domain that Common Crawl has visited (index.commoncrawl.org)
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://commoncrawl.org/cdxj-index
-- Limits: one request at a time; 503 when it is asked too often
-- Option: server = https://index.commoncrawl.org, where to ask
-- Option: crawls = 1, how many of the latest crawls; each is another question
-- Option: crawl = latest, or one by its name, as CC-MAIN-2026-43; saves the question for the list of them
-- Option: limit = 10000, of URLs of a crawl
-- Option: add = urls, what is added; hosts: names alone

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://index.commoncrawl.org'
local limit = whole('limit', '10000')
local hosts, urls = {}, {}

-- Its text, if it is one; and what can be indexed, whatever it is.
local function text(x)
    return ('%s'):format(x) == x and x or nil
end

local function map(x)
    return not text(x) and ('%s'):format(x):match('^table') and x or {}
end

-- names are kept in one form only
local function ascii(name)
    local host = url_parse('http://' .. name .. '/')
    clear_err()
    return host and host['host'] or name
end

local function is_ours(domain, host)
    return host == domain or host:sub(-#domain - 1) == '.' .. domain and not host:find('..', 1, true)
end

-- The host in a URL, if it is one of the domain; most of what is odd ends here.
local function host_of(domain, url)
    local place = url:match('^[Hh][Tt][Tt][Pp][Ss]?://([^/?#]*)')
    local host = place and place:gsub('^.*@', ''):gsub(':%d*$', ''):gsub('%.$', ''):lower()
    if host and is_ours(domain, host) and not host:find('[^%w._-]') and not host:find('^[.-]') then
        return host
    end
end

local function add(arg, domain, url)
    local host = host_of(domain, url)
    if not host then return end
    if hosts[host] == nil then
        hosts[host] = db_add('subdomain', { domain_id=arg['id'], value=host }) or false
        if last_err() then return end
    end
    if getopt('add') == 'hosts' or not hosts[host] then return end
    -- some write the usual port, too
    local head, rest = url:match('^([^/]+//[^/?#@]*)(.*)$')
    url = rest:find('^@') and url or head:lower():gsub('^(http://.+):80$', '%1'):gsub('^(https://.+):443$', '%1') .. rest
    if urls[url] then return end
    urls[url] = true
    local parsed = url_parse(url)
    clear_err()
    if parsed and parsed['host'] == host then
        db_add('url', { subdomain_id=hosts[host], value=url })
    end
end

-- what came instead, as far as it can be shown
local function fail(what, came)
    set_err(what .. ': ' .. came:sub(1, 100):gsub('[^ -~]+', ' '))
end

local function send(session, path, query)
    ratelimit_throttle('index.commoncrawl.org', 1, 2000)
    return http_send(http_request(session, 'GET', server .. path, { query=query, timeout=120000 }))
end

-- 503 as http_fetch says it, with what the service says itself
local function refused(reply)
    local later = reply['headers']['retry-after']
    return 'index.commoncrawl.org answers with status ' .. reply['status'] ..
        (later and ', retry after ' .. later or '') .. ': ' .. reply['text']:sub(1, 100):gsub('[^ -~]+', ' ')
end

-- The names of the latest crawls. Targets are processes of their own, so each asks for them.
local function latest(session, count)
    local reply = send(session, '/collinfo.json')
    if last_err() then return end
    if reply['status'] ~= 200 then
        return set_err(refused(reply))
    end
    local list = reply['text']:match('^%s*%[') and json_decode(reply['text'])
    if last_err() then return end
    local names, n = {}, 0
    for i = 1, list and #list or 0 do
        -- the address of its index, of which the host is known
        local name = (text(map(list[i])['cdx-api']) or ''):match('/([%w-]+)%-index$')
        if name and n < count then
            n = n + 1
            names[n] = name
        end
    end
    if n == 0 then
        fail('index.commoncrawl.org gives no list of crawls', reply['text'])
    end
    return names
end

-- Objects, one a line
local function take(arg, domain, name, lines)
    local n, known = 0, 0
    for line in lines:gmatch('[^\r\n]+') do
        if n >= limit then break end
        n = n + 1
        local url = text(map(json_decode(line))['url'])
        if last_err() then return end
        if url then
            known = known + 1
            add(arg, domain, url)
            if last_err() then return end
        end
    end
    if n > 0 and known == 0 then
        return fail('no list of captures', lines)
    end
    debug(name .. ': ' .. n .. ' URLs')
    if n >= limit then
        warn(arg['value'] .. ': there may be more in ' .. name .. '; -o limit=' .. limit * 10 .. ' reads on')
    end
end

local function ask(session, arg, domain, name)
    local reply = send(session, '/' .. name .. '-index', {
        url='*.' .. domain, output='json', fl='url', limit=strval(limit),
    })
    if last_err() then return end
    -- {"message": "No Captures found for: ..."}
    if reply['status'] == 404 and reply['text']:lower():find('no captures found', 1, true) then
        return debug(name .. ': nothing')
    end
    if reply['status'] ~= 200 then
        return set_err(refused(reply))
    end
    take(arg, domain, name, reply['text'])
end

function run(arg)
    local count = whole('crawls', '1')
    if last_err() then return end
    local session = http_mksession()
    local name = getopt('crawl') or 'latest'
    if name:find('[^%w-]') then
        return 'no name of a crawl: ' .. name
    end
    local names = name == 'latest' and latest(session, count) or { name }
    if last_err() then return end
    local domain = ascii(arg['value'])
    for i = 1, #names do
        ask(session, arg, domain, names[i])
        if last_err() then return end
    end
end
