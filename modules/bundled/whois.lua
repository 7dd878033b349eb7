-- Description: Mail addresses and name servers out of the whois record of a domain
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Options: server=whois.iana.org, port=43

local port = intval(getopt('port') or '43')

local function ask(server, query)
    local sock = sock_connect(server, port, { connect_timeout=10, read_timeout=10, write_timeout=10 })
    if last_err() then return end
    sock_newline(sock, '\r\n')
    sock_sendline(sock, query)
    if last_err() then return end
    local bytes = sock_recvall(sock)
    if last_err() then return end
    -- registries write what they like; ASCII is what matters here
    return (bytes:gsub('[\128-\255]', '?'))
end

local function add_mails(text)
    local mails = regex_find_all('(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}', text)
    local seen = {}
    local i = 1
    while mails[i] do
        local mail = mails[i][1]:lower()
        if not seen[mail] then
            seen[mail] = true
            db_add('email', { value=mail })
            if last_err() then return end
        end
        i = i + 1
    end
end

local function add_servers(arg, text)
    for server in text:gmatch('[Nn]ame [Ss]erver:%s*([%w%.%-]+)') do
        server = server:lower()
        if server:sub(-#arg['value'] - 1) == '.' .. arg['value'] then
            db_add('subdomain', { domain_id=arg['id'], value=server })
            if last_err() then return end
        end
    end
end

function run(arg)
    local server = getopt('server') or 'whois.iana.org'
    local text
    -- from the root to the registry to the registrar
    for _ = 1, 4 do
        text = ask(server, arg['value'])
        if last_err() then return end
        local referral = text:match('[Rr]eferral?:%s*([%w%.%-]+)') or text:match('Registrar WHOIS Server:%s*([%w%.%-]+)')
        if not referral or referral:lower() == server then
            break
        end
        server = referral:lower()
    end
    add_mails(text)
    if last_err() then return end
    add_servers(arg, text)
end
