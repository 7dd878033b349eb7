-- Description: The first page of each subdomain: status, title, redirect, server, technologies, names of its certificate
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Page: https://www.rfc-editor.org/rfc/rfc9110
-- Limits: two requests a host, and one connection for its certificate
-- Option: port-http = 80, of plain HTTP
-- Option: port-https = 443, of HTTPS

local session = http_mksession()

-- Where it stands, what is looked for (in lower case, no pattern), what that is.
local signs = {
    { 'server', 'nginx', 'nginx' }, { 'server', 'openresty', 'OpenResty' }, { 'server', 'apache', 'Apache' },
    { 'server', 'microsoft-iis', 'IIS' }, { 'server', 'litespeed', 'LiteSpeed' }, { 'server', 'caddy', 'Caddy' },
    { 'server', 'cloudflare', 'Cloudflare' }, { 'server', 'akamaighost', 'Akamai' }, { 'server', 'amazons3', 'Amazon S3' },
    { 'server', 'cloudfront', 'CloudFront' }, { 'server', 'envoy', 'Envoy' }, { 'server', 'gunicorn', 'Gunicorn' },
    { 'server', 'jetty', 'Jetty' }, { 'server', 'github.com', 'GitHub Pages' }, { 'server', 'vercel', 'Vercel' },
    { 'server', 'netlify', 'Netlify' }, { 'x-powered-by', 'php', 'PHP' }, { 'x-powered-by', 'asp.net', 'ASP.NET' },
    { 'x-powered-by', 'express', 'Express' }, { 'x-powered-by', 'next.js', 'Next.js' }, { 'x-aspnet-version', '', 'ASP.NET' },
    { 'x-drupal-cache', '', 'Drupal' }, { 'x-jenkins', '', 'Jenkins' }, { 'x-served-by', 'cache-', 'Fastly' },
    { 'x-varnish', '', 'Varnish' }, { 'x-amz-cf-id', '', 'CloudFront' }, { 'x-shopify-stage', '', 'Shopify' },
    { 'set-cookie', 'phpsessid=', 'PHP' }, { 'set-cookie', 'jsessionid=', 'Java' }, { 'set-cookie', 'laravel_session=', 'Laravel' },
    { 'set-cookie', 'asp.net_sessionid=', 'ASP.NET' }, { 'set-cookie', 'grafana_session=', 'Grafana' },
    { 'generator', 'wordpress', 'WordPress' }, { 'generator', 'joomla', 'Joomla' }, { 'generator', 'drupal', 'Drupal' },
    { 'generator', 'typo3', 'TYPO3' }, { 'generator', 'hugo', 'Hugo' }, { 'generator', 'jekyll', 'Jekyll' },
    { 'generator', 'mediawiki', 'MediaWiki' }, { 'generator', 'ghost', 'Ghost' }, { 'generator', 'wix.com', 'Wix' },
    { 'body', '/wp-content/', 'WordPress' }, { 'body', 'cdn.shopify.com/', 'Shopify' }, { 'body', '/_next/static/', 'Next.js' },
    { 'body', '__nuxt', 'Nuxt' }, { 'body', 'ng-version="', 'Angular' }, { 'body', 'data-reactroot', 'React' },
    { 'body', '/typo3temp/', 'TYPO3' }, { 'body', 'gitlab-', 'GitLab' },
}

local function select_text(html, selector, attribute)
    local found = html_select(html, selector)
    if last_err() then
        clear_err()
        return
    end
    local text = attribute and found['attrs'][attribute] or found['text']
    text = text and text:gsub('%s+', ' '):match('^%s*(.-)%s*$')
    return text ~= '' and text or nil
end

local function technologies(reply)
    local headers = reply['headers']
    local where = {
        body=reply['text']:sub(1, 500000):lower(),
        generator=(select_text(reply['text'], 'meta[name="generator" i][content]', 'content') or ''):lower(),
    }
    local n, found, seen = 0, {}, {}
    for i = 1, #signs do
        local part = where[signs[i][1]] or headers[signs[i][1]]
        if part and not seen[signs[i][3]] and part:lower():find(signs[i][2], 1, true) then
            seen[signs[i][3]] = true
            n = n + 1
            found[n] = signs[i][3]
        end
    end
    return found
end

local MOST_BODY = 5000000 -- bytes

local function scan(arg, scheme, port, usual)
    local url = scheme .. '://' .. arg['value'] .. (port == usual and '' or ':' .. port) .. '/'
    local reply = http_send(http_request(session, 'GET', url, { timeout=10000 }))
    if last_err() then
        local why = last_err()
        clear_err()
        return url .. ': ' .. why
    end
    local title, body = select_text(reply['text'], 'title'), reply['text']
    if #body > MOST_BODY then
        warn(url .. ' is longer than ' .. MOST_BODY .. ' bytes: its text is not kept')
        body = nil
    end
    db_add('url', {
        subdomain_id=arg['id'],
        value=url,
        status=reply['status'],
        body=body,
        online=true,
        title=title,
        redirect=reply['headers']['location'],
    })
    if last_err() then return end
    local content = {
        url=url, status=reply['status'], title=title, server=reply['headers']['server'],
        redirect=reply['headers']['location'], technologies=technologies(reply),
    }
    -- what is as it was is no event
    db_activity({ topic='bundled/http-probe', time=sn0int_time(), uniq=url .. ' ' .. strval(murmur3(json_encode(content))), content=content })
end

local ids = {}

local function add_name(name)
    name = name:lower():gsub('^%*%.', '')
    -- "localhost": of some network, no domain; "f*.foo.com": what no name is; "192.0.2.1": an address
    if not name:find('.', 1, true) or name:find('[^%w._\128-\255-]') or name:find('%.%d+$') then
        return
    end
    local domain = psl_domain_from_dns_name(name)
    if last_err() then
        clear_err()
        return
    end
    ids[domain] = ids[domain] or db_add('domain', { value=domain })
    if ids[domain] and not last_err() and name ~= domain then
        db_add('subdomain', { domain_id=ids[domain], value=name })
    end
end

local function names_of(arg, port)
    local sock = sock_connect(arg['value'], port, { connect_timeout=5, read_timeout=5, write_timeout=5 })
    -- what the certificate says is wanted, not whether it is trusted
    local tls = sock and sock_upgrade_tls(sock, { sni_value=arg['value'], disable_tls_verify=true, read_timeout=5 })
    if last_err() then
        local why = last_err()
        clear_err()
        return why
    end
    local cert = x509_parse_pem(tls['cert'])
    if last_err() then
        debug('the certificate of ' .. arg['value'] .. ' cannot be read: ' .. last_err())
        clear_err()
        return
    end
    local i = 1
    while cert['valid_names'][i] and i <= 1000 do
        add_name(cert['valid_names'][i])
        if last_err() then return end
        i = i + 1
    end
end

-- An error of the run where an option is no port.
local function check_port(name)
    local value = getopt(name)
    if value and (not value:find('^[1-9]%d?%d?%d?%d?$') or intval(value) > 65535) then
        set_err('option ' .. name .. ' is a whole number from 1 to 65535, not ' .. value)
    end
end

function run(arg)
    check_port('port-http')
    check_port('port-https')
    if last_err() then return end
    local port = getopt('port-https') or '443'
    local plain = scan(arg, 'http', getopt('port-http') or '80', '80')
    if last_err() then return end
    local secure = scan(arg, 'https', port, '443')
    if last_err() then return end
    local names = names_of(arg, intval(port))
    if last_err() then return end
    -- one of them is enough: few hosts have both
    if plain and secure and names then
        return plain .. '; ' .. secure
    end
    if plain or secure then
        debug(plain or secure)
    end
end
