-- Description: Links out of an HTML page on standard input
-- Version: 1.0.1
-- License: GPL-3.0
-- Stealth: offline

-- Runs-In: sn0int 0.26.1
-- Option: base, where the page is from, needed: https://www.example.com/
-- sn0int run -f page-urls.lua --stdin -o base=https://www.example.com/ < page.html

local seen = {}

local function add(base, href)
    local url = url_join(base, href)
    if last_err() then
        debug('not a link: ' .. href)
        clear_err()
        return
    end
    url = url:gsub('#.*$', '')
    if seen[url] or not url:find('^https?://') then
        return
    end
    seen[url] = true

    local host = url_parse(url)['host']
    -- an address is of no domain
    if host:find('%.%d+$') or host:find(':', 1, true) then
        debug('of no domain: ' .. url)
        return
    end
    local domain = psl_domain_from_dns_name(host)
    if last_err() then
        clear_err()
        return
    end
    local domain_id = db_add('domain', { value=domain })
    if not domain_id or last_err() then return end
    local subdomain_id = db_add('subdomain', { domain_id=domain_id, value=host })
    if not subdomain_id or last_err() then return end
    db_add('url', { subdomain_id=subdomain_id, value=url })
end

function run()
    local base = getopt('base')
    if not base then return 'say where the page is from: -o base=https://...' end

    local page = stdin_read_to_end()
    if last_err() then return end
    if not page then return 'standard input is empty' end

    local links = html_select_list(page, 'a[href]')
    if last_err() then return end
    local i = 1
    while links[i] do
        add(base, links[i]['attrs']['href'])
        if last_err() then return end
        i = i + 1
    end
    info((i - 1) .. ' links read')
end
