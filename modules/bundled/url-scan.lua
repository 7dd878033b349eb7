-- Description: Looks for a web server on each subdomain and notes status, title and redirect
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc9110
-- Limits: two requests a host
-- Option: port-http = 80, of plain HTTP
-- Option: port-https = 443, of HTTPS

local session = http_mksession()

local function title_of(html)
    local found = html_select(html, 'title')
    if last_err() then
        clear_err()
        return
    end
    return found['text']:match('^%s*(.-)%s*$')
end

local function scan(arg, scheme, port, usual)
    local url = scheme .. '://' .. arg['value']
    if port and port ~= usual then
        url = url .. ':' .. port
    end
    url = url .. '/'

    local reply = http_send(http_request(session, 'GET', url, { timeout=5000 }))
    if last_err() then
        debug(url .. ': ' .. last_err())
        clear_err()
        return
    end
    db_add('url', {
        subdomain_id=arg['id'],
        value=url,
        status=reply['status'],
        body=reply['text'],
        online=true,
        title=title_of(reply['text']),
        redirect=reply['headers']['location'],
    })
end

function run(arg)
    scan(arg, 'http', getopt('port-http'), '80')
    if last_err() then return end
    scan(arg, 'https', getopt('port-https'), '443')
end
