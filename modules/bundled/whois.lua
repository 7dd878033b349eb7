-- Description: Mail addresses and name servers out of the whois record of a domain
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc3912
-- Limits: registries limit questions by address, and say so in words; up to four servers a domain
-- Option: server = whois.iana.org, ask this one first
-- Option: port = 43, of all servers

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

-- What is no record although it came as one: the addresses in it are the server's own.
local function refusal(text)
    if not text:match('%S') then
        return 'an empty answer'
    end
    local words = text:lower()
    if not words:match('%f[%w]domain[ %w]*:') and (words:match('exceeded') or words:match('denied') or words:match('too many')) then
        return text:match('%s*([^\r\n]+)')
    end
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
        server = server:lower():gsub('%.$', '')
        if server:sub(-#arg['value'] - 1) == '.' .. arg['value'] then
            db_add('subdomain', { domain_id=arg['id'], value=server })
            if last_err() then return end
        end
    end
end

-- "refer:" is how IANA names the registry, the other one how that names the registrar
local function referral(text)
    local server = text:match('\n[Rr]efer:[ \t]*([%w%.%-]+)') or text:match('Registrar WHOIS Server:[ \t]*([%w%.%-]+)')
    return server and server:lower()
end

function run(arg)
    local server = getopt('server') or 'whois.iana.org'
    local text = ask(server, arg['value'])
    if last_err() then return end
    if refusal(text) then
        return server .. ': ' .. refusal(text)
    end
    -- from the root to the registry to the registrar
    for _ = 1, 3 do
        local next_server = referral(text)
        if not next_server or next_server == server then
            break
        end
        server = next_server
        local more = ask(server, arg['value'])
        if last_err() then
            -- what the one before said is worth something, too
            warn(server .. ': ' .. last_err())
            clear_err()
            break
        end
        if refusal(more) then
            warn(server .. ': ' .. refusal(more))
            break
        end
        text = more
    end
    add_mails(text)
    if last_err() then return end
    add_servers(arg, text)
end
