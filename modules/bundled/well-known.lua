-- Description: What a site says of itself: security.txt, robots.txt, sitemaps, sign-in, apps, humans.txt
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

-- Page: https://www.rfc-editor.org/rfc/rfc8615
-- Limits: about ten requests a site, and those for its sitemaps
-- Option: max = 1000, addresses out of sitemaps
-- Option: maps = 10, sitemaps that are read

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local session = http_mksession()
local most = whole('max', '1000')
local most_maps = whole('maps', '10')

local GZIP_MAX = 52428800 -- https://www.sitemaps.org/protocol.html: 50 MB, not compressed

-- https://www.w3.org/TR/change-password-url/: what no site has
local NONE = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'

local problem    -- why a file could not be asked for, the first of them
local missing    -- the status of what is not there
local base, host, domain
local seen, hosts, ids = {}, {}, {}
local subdomain_id
local n_urls, is_cut, content, is_content = 0, false, {}, false

local function number(n)
    return (strval(n):gsub('%.0$', ''))
end

local function note(key, value)
    content[key] = value
    is_content = true
end

local function send(url, options)
    local reply = http_send(http_request(session, 'GET', url, options))
    if last_err() then
        problem = problem or url .. ': ' .. last_err()
        clear_err()
        return
    end
    return reply
end

-- When to come back, if the site says so.
local function refusal(reply)
    local wait = reply['headers']['retry-after']
    return 'status ' .. number(reply['status']) .. (wait and ', try again after ' .. wait:sub(1, 40) or '')
end

-- A file, and what kind it says it is; nil if there is none, or it could not be asked for. A page is none: many sites
-- answer everything with one.
local function get(url, binary)
    local reply = send(url, { timeout=10000, follow_redirects=2, binary=binary })
    if not reply then
        return
    end
    local status = reply['status']
    if status == 200 then
        local kind = (reply['headers']['content-type'] or ''):lower()
        if kind:find('html', 1, true) then
            return
        end
        return binary and reply['binary'] or reply['text'], kind
    end
    -- some say 403 of all that they do not have
    if status == missing then
        return
    end
    if status == 401 or status == 403 or status == 429 or status >= 500 then
        problem = problem or url .. ': ' .. refusal(reply)
    end
end

local function text_of(bytes)
    local text = bytes and text_decode(bytes, 'utf-8')
    clear_err()
    return text
end

local function add_url(url)
    if seen[url] then return end
    seen[url] = true
    db_add('url', { subdomain_id=subdomain_id, value=url })
end

local function add_mail(mail)
    mail = mail:lower()
    if not seen[mail] and mail:find('^[^%s@<>"]+@[%w._\128-\255-]+%.[%w\128-\255-]+$') then
        seen[mail] = true
        db_add('email', { value=mail })
    end
end

-- Another host of the same domain.
local function add_host(name)
    name = name:lower()
    if name == host or hosts[name] then
        return
    end
    hosts[name] = true
    if name:find('[^%w._-]') or name:find('^%d+%.%d+%.%d+%.%d+$') then
        return
    end
    if not domain or name:sub(-#domain - 1) ~= '.' .. domain then
        return
    end
    ids[domain] = ids[domain] or db_add('domain', { value=domain })
    if ids[domain] and not last_err() then
        db_add('subdomain', { domain_id=ids[domain], value=name })
    end
end

-- A URL of this site becomes one, that of another one of the domain a host.
local function take_url(url)
    local other = url:match('^https?://([^/:?#@]+)')
    -- maps are long, and a host is taken once
    if url == '' or other and hosts[other] then
        return
    end
    url = url_join(base, url)
    local parts = url and url_parse(url)
    if last_err() then
        clear_err()
        return
    end
    if (parts['scheme'] ~= 'http' and parts['scheme'] ~= 'https') or not parts['host'] then
        return
    end
    if parts['host'] == host then
        if n_urls >= most then
            is_cut = true
            return
        end
        n_urls = n_urls + 1
        add_url(url)
    else
        add_host(parts['host'])
    end
end

-- RFC 9116: what it needs is a contact
local function take_security(text, url)
    local expires
    local is_one = false
    for line in text:gmatch('[^\r\n]+') do
        local key, value = line:match('^%s*([%a-]+):%s*(.-)%s*$')
        key = key and key:lower()
        if key == 'contact' then
            is_one = true
        elseif key == 'expires' then
            expires = expires or value
        end
    end
    if not is_one then
        return
    end
    add_url(url)
    if last_err() then return end
    for line in text:gmatch('[^\r\n]+') do
        local key, value = line:match('^%s*([%a-]+):%s*(.-)%s*$')
        key = key and key:lower()
        local mail = key == 'contact' and value:match('^[Mm][Aa][Ii][Ll][Tt][Oo]:([^?]+)')
        if mail then
            mail = url_unescape(mail)
            clear_err()
            add_mail(mail or '')
        elseif (key == 'contact' or key == 'policy' or key == 'acknowledgments' or key == 'hiring' or key == 'encryption')
            and value:find('^https?://') then
            take_url(value)
        end
        if last_err() then return end
    end
    local day = expires and expires:upper():match('^(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d)')
    if not day then
        info(url .. ' does not say when it expires')
    elseif day < sn0int_time() then
        info(url .. ' expired at ' .. expires)
    end
    note('security_expires', expires or 'never')
end

local queue, queued = {}, {}

local function add_map(url)
    url = url_join(base, url)
    local parts = url and url_parse(url)
    if last_err() then
        clear_err()
        return
    end
    if parts['host'] ~= host then
        add_host(parts['host'] or '')
    elseif not queued[url] then
        queued[url] = true
        queue[#queue + 1] = url
    end
end

-- RFC 9309
local function take_robots(text, url)
    local is_one = false
    for line in text:gmatch('[^\r\n]+') do
        local key, value = line:match('^%s*([%a-]+)%s*:%s*([^%s#]*)')
        key = key and key:lower()
        if key == 'user-agent' or key == 'disallow' or key == 'allow' or key == 'sitemap' then
            is_one = true
        end
        if key == 'sitemap' and value ~= '' then
            add_map(value)
        elseif (key == 'allow' or key == 'disallow') and value:find('^/.') and not value:find('[*$]') then
            take_url(value)
        end
        if last_err() then return end
    end
    if is_one then
        add_url(url)
    end
end

local entities = { amp='&', lt='<', gt='>', quot='"', apos="'" }

local function plain(text)
    text = text:gsub('^%s*<!%[CDATA%[(.-)%]%]>%s*$', '%1')
    return (text:gsub('&(%a+);', entities):match('^%s*(.-)%s*$'))
end

-- A map, or a list of maps; true if it is one.
local function take_map(text)
    local is_index = text:find('<[%w:]*sitemapindex[%s>]')
    if not is_index and not text:find('<[%w:]*urlset[%s>]') then
        return false
    end
    for loc in text:gmatch('<loc%s*>(.-)</loc%s*>') do
        if is_index then
            add_map(plain(loc))
        else
            take_url(plain(loc))
        end
        if last_err() then return true end
        if is_cut then break end
    end
    return true
end

-- By its first bytes: a server may have unpacked it.
local function unpacked(bytes, url)
    if bytes[1] ~= 0x1f or bytes[2] ~= 0x8b then
        return bytes
    end
    local plainly = gzip_decode(bytes, GZIP_MAX)
    if last_err() then
        problem = problem or url .. ': ' .. last_err()
        clear_err()
        return
    end
    return plainly
end

local function take_maps()
    local i = 1
    while queue[i] and not is_cut do
        if i > most_maps then
            warn('more than ' .. number(most_maps) .. ' sitemaps: the others were not read; see the option maps')
            return
        end
        local url = queue[i]
        local is_packed = url:find('%.gz$') or url:find('%.gz%?')
        local text = get(url, is_packed and true)
        if text and is_packed then
            text = text_of(unpacked(text, url))
        end
        if text and take_map(text) then
            if last_err() then return end
            add_url(url)
            if last_err() then return end
        end
        i = i + 1
    end
    if is_cut then
        warn('more than ' .. number(most) .. ' addresses: the rest was passed over; see the option max')
    end
end

-- A text, whatever x is; nil if it is none.
local function string_of(x)
    return ('%s'):format(x) == x and x or nil
end

-- An object or a list of JSON, or nil: other values are none.
local function table_of(text)
    if not text or not text:find('^%s*[{%[]') then
        return
    end
    local value = json_decode(text)
    clear_err()
    return value
end

local function is_table(x)
    return x and not string_of(x) and json_encode(x):find('^[{%[]') ~= nil
end

-- OpenID Connect Discovery 1.0, 3
local function take_openid(text, url)
    local config = table_of(text)
    local issuer = config and string_of(config['issuer'])
    if not issuer then
        return
    end
    add_url(url)
    if last_err() then return end
    note('openid_issuer', issuer)
    local members = {
        'issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'registration_endpoint',
        'end_session_endpoint', 'introspection_endpoint', 'revocation_endpoint', 'device_authorization_endpoint',
        'service_documentation', 'op_policy_uri', 'op_tos_uri',
    }
    for i = 1, #members do
        local value = string_of(config[members[i]])
        if value and value:find('^https?://') then
            take_url(value)
            if last_err() then return end
        end
    end
end

-- https://developers.google.com/digital-asset-links/v1/statements
local function take_links(text, url)
    local list = table_of(text)
    local apps, n = {}, 0
    local i = 1
    while list and list[i] and i <= 1000 do
        local target = is_table(list[i]) and list[i]['target']
        if is_table(target) then
            local app, site = string_of(target['package_name']), string_of(target['site'])
            if app then
                n = n + 1
                apps[n] = app
            elseif site and site:find('^https?://') then
                n = n + 1
                apps[n] = site
                take_url(site)
                if last_err() then return end
            end
        end
        i = i + 1
    end
    if n > 0 then
        add_url(url)
        note('android_apps', apps)
    end
end

-- https://developer.apple.com/documentation/xcode/supporting-associated-domains
local function take_apple(text, url)
    local all = table_of(text)
    local apps, n, known = {}, 0, {}
    local function take(list)
        local i = 1
        while is_table(list) and list[i] and i <= 1000 do
            local app = string_of(list[i])
            if app and not known[app] then
                known[app] = true
                n = n + 1
                apps[n] = app
            end
            i = i + 1
        end
    end
    if not all then
        return
    end
    local links = is_table(all['applinks']) and all['applinks']['details']
    local i = 1
    while is_table(links) and links[i] and i <= 1000 do
        if is_table(links[i]) then
            take({ links[i]['appID'] })
            take(links[i]['appIDs'])
        end
        i = i + 1
    end
    take(is_table(all['webcredentials']) and all['webcredentials']['apps'])
    take(is_table(all['appclips']) and all['appclips']['apps'])
    if n > 0 then
        add_url(url)
        note('apple_apps', apps)
    end
end

local function take_humans(text, url, kind)
    if not kind:find('text/plain', 1, true) then
        return
    end
    local found = regex_find_all('(?i)[a-z0-9._%+-]+(?:@| ?\\[at\\] ?)[a-z0-9.-]+\\.[a-z]{2,}', text)
    if last_err() then return end
    if not text:find('%a') then
        return
    end
    add_url(url)
    local i = 1
    while found[i] and i <= 100 do
        add_mail((found[i][1]:gsub(' ?%[[Aa][Tt]%] ?', '@')))
        if last_err() then return end
        i = i + 1
    end
end

-- A site whose answer to what it does not have is a redirect or a page says nothing by one.
local function look_at_password(url)
    if missing < 400 then
        return
    end
    local reply = send(url, { timeout=10000 })
    if not reply then
        return
    end
    local status = reply['status']
    if status >= 200 and status < 400 then
        add_url(url)
        if last_err() then return end
        local there = reply['headers']['location']
        if there then
            take_url(there)
        end
    elseif status ~= missing and (status == 401 or status == 403 or status == 429 or status >= 500) then
        problem = problem or url .. ': ' .. refusal(reply)
    end
end

local files = {
    { { '/robots.txt' }, take_robots },
    { { '/.well-known/security.txt', '/security.txt' }, take_security },
    { { '/.well-known/openid-configuration' }, take_openid },
    { { '/.well-known/assetlinks.json' }, take_links },
    { { '/.well-known/apple-app-site-association', '/apple-app-site-association' }, take_apple },
    { { '/humans.txt' }, take_humans },
}

local function look(file)
    for i = 1, #file[1] do
        local url = url_join(base, file[1][i])
        local text, kind = get(url)
        if text then
            file[2](text, url, kind)
            return
        end
    end
end

function run(arg)
    if last_err() then return end
    -- once a site is enough
    if url_parse(arg['value'])['path'] ~= '/' then
        debug('only the first page of a site is asked for')
        return
    end
    base = url_join(arg['value'], '/')
    if last_err() then return end
    host = url_parse(base)['host']
    seen[base] = true
    domain = psl_domain_from_dns_name(host)
    clear_err()
    subdomain_id = arg['subdomain_id']

    local none = send(url_join(base, NONE), { timeout=10000 })
    if not none then
        return problem
    end
    missing = none['status']
    if missing == 429 or missing >= 500 then
        return base .. ': ' .. refusal(none)
    end
    for i = 1, #files do
        -- a text for everything is no humans.txt
        if missing >= 300 or files[i][2] ~= take_humans then
            look(files[i])
            if last_err() then return end
        end
    end
    look_at_password(url_join(base, '/.well-known/change-password'))
    if last_err() then return end
    add_map('/sitemap.xml')
    take_maps()
    if last_err() then return end
    -- half of it would look like another state
    if is_content and not problem then
        content['url'] = base
        db_activity({ topic='bundled/well-known', time=sn0int_time(), uniq=base .. ' ' .. strval(murmur3(json_encode(content))), content=content })
        if last_err() then return end
    end
    return problem
end
