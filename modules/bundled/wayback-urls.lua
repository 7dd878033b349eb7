-- Description: Subdomains and URLs of a domain that the Wayback Machine has kept (web.archive.org)
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
-- Limits: no figure; slow, and connections are dropped when it is asked too often; some networks of data centres get nothing
-- Option: server = https://web.archive.org, where to ask
-- Option: limit = 10000, of URLs in a page
-- Option: pages = 1, how many pages at most
-- Option: add = urls, what is added; hosts: names alone

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://web.archive.org'
local limit = whole('limit', '10000')
local pages = whole('pages', '1')
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
    -- the archive writes the usual port, too
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

-- A list of rows, the first of which names the columns; behind an empty row stands the key of the next page.
local function ask(session, domain, key)
    ratelimit_throttle('web.archive.org', 1, 4000)
    local reply = http_fetch(http_request(session, 'GET', server .. '/cdx/search/cdx', {
        query={
            url=domain, matchType='domain', fl='original', collapse='urlkey', output='json',
            limit=strval(limit), showResumeKey='true', resumeKey=key,
        },
        timeout=120000,
    }))
    if last_err() then return end
    if not reply['text']:match('^%s*%[') then
        return fail('web.archive.org gives no list of captures', reply['text'])
    end
    local rows = json_decode(reply['text'])
    if last_err() then return end
    if rows[1] ~= nil and map(rows[1])[1] ~= 'original' then
        return fail('web.archive.org gives a list without the column that was asked for', reply['text'])
    end
    return rows
end

-- What comes back is the key of the next page.
local function take(arg, domain, rows)
    local n = #rows
    local key = n > 2 and map(rows[n - 1])[1] == nil and text(map(rows[n])[1])
    if key == '' then key = nil end
    if key then n = n - 2 end
    if n - 1 > limit then
        warn('more than were asked for: ' .. n - 1 .. ' URLs, ' .. limit .. ' are taken')
        n = limit + 1
    end
    for i = 2, n do
        local url = text(map(rows[i])[1])
        if url then
            add(arg, domain, url)
            if last_err() then return end
        end
    end
    debug(n - 1 .. ' URLs')
    -- it comes as it has to stand in a URL
    return key and url_decode('key=' .. key)['key']
end

function run(arg)
    -- an option that is no number
    if last_err() then return end
    local domain = ascii(arg['value'])
    local session = http_mksession()
    local key
    for _ = 1, pages do
        local rows = ask(session, domain, key)
        if last_err() then return end
        key = take(arg, domain, rows)
        if last_err() or not key then return end
    end
    warn(arg['value'] .. ': there is more than that; -o pages=' .. pages * 10 .. ' reads on')
end
