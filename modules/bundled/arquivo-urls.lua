-- Description: Subdomains and URLs of a domain that the Portuguese web archive has kept (arquivo.pt)
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://arquivo.pt/cdxserverapi
-- Limits: at most 100000 lines an answer; no figure of requests
-- Option: server = https://arquivo.pt, where to ask
-- Option: limit = 10000, of captures; a page that was kept often has as many
-- Option: add = urls, what is added; hosts: names alone

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://arquivo.pt'
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

-- Objects, one a line
local function take(arg, domain, lines)
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
    debug(n .. ' captures')
    if n >= limit then
        warn(arg['value'] .. ': there may be more; -o limit=' .. limit * 10 .. ' reads on')
    end
end

function run(arg)
    -- an option that is no number
    if last_err() then return end
    local domain = ascii(arg['value'])
    ratelimit_throttle('arquivo.pt', 1, 2000)
    local reply = http_send(http_request(http_mksession(), 'GET', server .. '/wayback/cdx', {
        query={ url=domain, matchType='domain', output='json', limit=strval(limit) },
        timeout=120000,
    }))
    if last_err() then return end
    -- its program, pywb, says so with this status, or with an empty answer
    if reply['status'] == 404 and reply['text']:lower():find('no captures found', 1, true) then
        return debug('nothing')
    end
    if reply['status'] ~= 200 then
        local later = reply['headers']['retry-after']
        return 'arquivo.pt answers with status ' .. reply['status'] .. (later and ', retry after ' .. later or '')
    end
    take(arg, domain, reply['text'])
end
