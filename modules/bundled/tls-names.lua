-- Description: Names and mail addresses out of the TLS certificates of subdomains
-- Version: 1.1.1
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc5280
-- Limits: one connection a host
-- Option: port = 443, where TLS is spoken

local MOST = 1000 -- names, and as many mail addresses

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

local function add_mail(mail)
    if mail:find('^[^%s@<>"%c]+@[%w._\128-\255-]+%.[%w\128-\255-]+$') then
        db_add('email', { value=mail })
    end
end

local function add_each(list, add, what)
    local i = 1
    while list[i] do
        if i > MOST then
            return warn('more than ' .. MOST .. ' ' .. what .. ' in the certificate: the others were passed over')
        end
        add(list[i])
        if last_err() then return end
        i = i + 1
    end
end

-- There is no such host, or nobody listens at any of its addresses. Without a list of addresses it is the connection to
-- a proxy that was refused, which says nothing.
local function is_nobody(why)
    if why:find("^couldn't connect: %[") then
        local rest, refused = why:gsub('%(%S+, Connection refused %(os error %d+%)%)', '')
        return refused > 0 and rest:find("^couldn't connect: %[[, ]*%]$")
    end
    return why:find('connection refused by destination host', 1, true) or why:find('NXDomain', 1, true)
        or why:find('no dns records found', 1, true)
end

-- A port; an error of the run otherwise.
local function port_of(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?$') and intval(value) < 65536 then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 to 65535, not ' .. value)
end

function run(arg)
    local port = port_of('port', '443')
    if last_err() then return end
    local where = arg['value'] .. ':' .. (getopt('port') or '443') .. ': '
    local sock = sock_connect(arg['value'], port, { connect_timeout=5, read_timeout=5, write_timeout=5 })
    if last_err() then
        local why = last_err()
        clear_err()
        debug(where .. why)
        return not is_nobody(why) and where .. why or nil
    end

    -- what the certificate says is wanted, not whether it is trusted
    local tls = sock_upgrade_tls(sock, { sni_value=arg['value'], disable_tls_verify=true, read_timeout=5 })
    if last_err() then
        local why = last_err()
        clear_err()
        return where .. 'somebody listens, and shows no certificate: ' .. why
    end

    local cert = x509_parse_pem(tls['cert'])
    if last_err() then return end
    add_each(cert['valid_names'], add_name, 'names')
    if last_err() then return end
    add_each(cert['valid_emails'], add_mail, 'mail addresses')
end
