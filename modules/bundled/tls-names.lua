-- Description: Names and mail addresses out of the TLS certificates of subdomains
-- Version: 1.0.2
-- License: GPL-3.0
-- Source: subdomains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc5280
-- Limits: one connection a host
-- Option: port = 443, where TLS is spoken

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
    local id = db_add('domain', { value=domain })
    if id and not last_err() and name ~= domain then
        db_add('subdomain', { domain_id=id, value=name })
    end
end

function run(arg)
    local port = intval(getopt('port') or '443')
    if last_err() then return end
    local sock = sock_connect(arg['value'], port, { connect_timeout=5, read_timeout=5, write_timeout=5 })
    if last_err() then
        debug(last_err())
        clear_err()
        return
    end

    -- what the certificate says is wanted, not whether it is trusted
    local tls = sock_upgrade_tls(sock, { sni_value=arg['value'], disable_tls_verify=true, read_timeout=5 })
    if last_err() then
        debug(last_err())
        clear_err()
        return
    end

    local cert = x509_parse_pem(tls['cert'])
    if last_err() then return end
    local i = 1
    while cert['valid_names'][i] do
        add_name(cert['valid_names'][i])
        if last_err() then return end
        i = i + 1
    end
    i = 1
    while cert['valid_emails'][i] do
        db_add('email', { value=cert['valid_emails'][i] })
        if last_err() then return end
        i = i + 1
    end
end
