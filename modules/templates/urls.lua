-- Description: Title, links to subdomains and mail addresses of pages
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: urls
-- Stealth: normal

local seen = {}

local function once(what)
    local is_new = not seen[what]
    seen[what] = true
    return is_new
end

local function add_host(link)
    local parts = url_parse(link)
    if last_err() then return clear_err() end
    local host = parts['host']
    if not host or not once(host) then return end
    local domain = psl_domain_from_dns_name(host)
    if last_err() then return clear_err() end
    local id = db_add('domain', { value=domain })
    if last_err() or not id then return end
    db_add('subdomain', { domain_id=id, value=host })
end

local function follow(arg, href)
    local mail = href:match('^mailto:([^?]+@[%w.-]+)')
    if mail then
        return once(mail:lower()) and db_add('email', { value=mail })
    end
    local link = url_join(arg['value'], href)
    if last_err() then return clear_err() end
    if link:match('^https?://') then add_host(link) end
end

function run(arg)
    local reply = http_send(http_request(http_mksession(), 'GET', arg['value'], { timeout=10000 }))
    if last_err() then return end
    db_update('url', arg, { status=reply['status'], online=true })
    if last_err() then return end
    if reply['status'] ~= 200 then return debug('status ' .. reply['status']) end

    local links = html_select_list(reply['text'], 'a[href]')
    if last_err() then return end
    for i = 1, #links do
        follow(arg, links[i]['attrs']['href'])
        if last_err() then return end
    end
end
