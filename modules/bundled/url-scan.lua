-- Description: Looks for a web server on each subdomain and notes status, title and redirect
-- Version: 1.1.1
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc9110
-- Limits: two requests a host
-- Option: port-http = 80, of plain HTTP
-- Option: port-https = 443, of HTTPS

local session = http_mksession()

local MOST_BODY = 5000000 -- bytes

local function title_of(html)
    local found = html_select(html, 'title')
    if last_err() then
        clear_err()
        return
    end
    return found['text']:gsub('[%s%c]+', ' '):match('^%s*(.-)%s*$')
end

-- There is no such host, or nobody listens. A proxy whose own connection is refused is none of that.
local function is_nobody(why)
    if why:find('proxy %S+: ') then
        return false
    end
    return why:find('Connection refused', 1, true) or why:find('connection refused by destination host', 1, true)
        or why:find('NXDomain', 1, true) or why:find('no record found', 1, true) or why:find('negative ttl', 1, true)
end

-- true: there is a web server; false: there is none; a text: why that is not known.
local function scan(arg, scheme, port, usual)
    local url = scheme .. '://' .. arg['value']
    if port and port ~= usual then
        url = url .. ':' .. port
    end
    url = url .. '/'

    local reply = http_send(http_request(session, 'GET', url, { timeout=5000 }))
    if last_err() then
        local why = last_err()
        clear_err()
        debug(url .. ': ' .. why)
        return not is_nobody(why) and url .. ': ' .. why
    end
    local body = reply['text']
    local title = title_of(body)
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
    return true
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
    local plain = scan(arg, 'http', getopt('port-http'), '80')
    if last_err() then return end
    local secure = scan(arg, 'https', getopt('port-https'), '443')
    if last_err() then return end
    -- one of them is enough: few hosts have both
    if plain ~= true and secure ~= true then
        return plain or secure or nil
    end
end
