-- Description: Mail addresses and name servers out of the whois record of a domain
-- Version: 1.1.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://www.rfc-editor.org/rfc/rfc3912
-- Limits: registries limit questions by address, and say so in words; up to four servers a domain
-- Option: server = whois.iana.org, ask this one first
-- Option: port = 43, of all servers

-- A port; an error of the run otherwise.
local function port_of(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?$') and intval(value) < 65536 then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 to 65535, not ' .. value)
end

local port = port_of('port', '43')

local MOST = 1000000 -- bytes; records have a few thousand

-- names are kept in one form only, and asked for in another
local function ascii(name)
    local parts = url_parse('http://' .. name .. '/')
    clear_err()
    return parts and parts['host'] or name
end

-- The answer, or nil and why there is none.
local function ask(server, name)
    local sock = sock_connect(server, port, { connect_timeout=10, read_timeout=10, write_timeout=10 })
    local bytes
    if not last_err() then
        sock_newline(sock, '\r\n')
        sock_sendline(sock, name)
    end
    if not last_err() then
        bytes = sock_recvall(sock)
    end
    local problem = last_err()
    clear_err()
    if problem then
        return nil, problem
    elseif not bytes:find('%S') then
        return nil, 'an empty answer'
    elseif #bytes > MOST then
        return nil, 'an answer of more than ' .. MOST .. ' bytes is no record'
    end
    -- registries write what they like; ASCII is what matters here
    return (bytes:gsub('[\128-\255]', '?'))
end

-- In lower case, as they begin a line of the answer or stand in it; each registry has its own.
local REFUSALS = { 'exceeded', 'denied', 'too many', 'quota', 'blacklist', 'blocked', 'try again', 'excessive', 'grace period, wait', 'interval is too short' }
local NONE = {
    'no match', 'not found', 'not_found', 'no entries found', 'no data found', 'no data was found', 'no object found', 'nothing found', 'no found',
    'not registered', 'not been registered', 'no such domain', 'does not exist', 'no information available', 'no record', 'returned 0 objects',
    'do not have an entry',
}

local function has_one(line, list)
    for i = 1, #list do
        if line:find(list[i], 1, true) then return true end
    end
    return false
end

-- "Domain Name: SHOP.TEST", "domain.......: shop.test", "[Domain Name]  SHOP.TEST"; the name may stand in the next line.
local function label_of(line)
    local value = line:match('%f[%a]domain[ %a]*%.*%s*[:%]]+%s*(.*)$')
    return value and value:match('^["\']?([^%s"\']*)'):gsub('%.$', '')
end

-- "shop.test is free"
local function is_free(line, name)
    return line:find('status:%s*free%s*$') or line:find('status:%s*available%s*$')
        or line:find(name, 1, true) and (line:find('is free') or line:find('is available'))
end

-- What an answer is: "record", "none", "refusal" or nil, and the line that says so. What stands below the first line that
-- says something is mostly terms, which speak of limits and of what is not there.
local function kind_of(text, name)
    local kind, said, is_label
    local has_record, has_name = false, false
    for whole in text:gmatch('[^\r\n]+') do
        local line = whole:sub(1, 400):lower()
        if is_free(line, name) then
            return 'none', whole
        end
        local label = label_of(line)
        if label == name or is_label and line:match('^%s*(%S*)') == name then
            has_record = true
        end
        is_label = label == ''
        has_name = has_name or line:find(name, 1, true) ~= nil
        if not kind and has_one(line, REFUSALS) then
            kind, said = 'refusal', whole
        elseif not kind and has_one(line, NONE) then
            kind, said = 'none', whole
        end
    end
    -- IANA's own address may be in what it says of others
    if has_record or not kind and has_name and not text:find('\n[Rr]efer:') then
        return 'record'
    end
    return kind, said
end

-- "refer:" is how IANA names the registry, the other one how that names the registrar
local function referral(text)
    local server = text:match('\n[Rr]efer:[ \t]*([%w%.%-]+)') or text:match('Registrar WHOIS Server:[ \t]*([%w%.%-]+)')
    return server and server:lower()
end

local function first_line(text)
    return (text:match('%s*([^\r\n]+)'):sub(1, 200):gsub('%c', ' '))
end

-- Whom to ask next, and the record; or nil and why there is none, or nil alone if there is no such domain.
local function look(server, name)
    local text, problem = ask(server, name)
    if problem then
        return nil, nil, server .. ': ' .. problem
    end
    local kind, line = kind_of(text, name)
    if kind == 'record' then
        return referral(text), text
    elseif kind == 'refusal' then
        return nil, nil, server .. ': ' .. first_line(line)
    elseif kind == 'none' then
        debug(server .. ': ' .. first_line(line))
        return nil, nil
    elseif not referral(text) then
        return nil, nil, server .. ' says nothing of ' .. name .. ': ' .. first_line(text)
    end
    return referral(text), nil
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

-- From the root to the registry to the registrar: the record of the last one that has one, and why there is none.
local function follow(server, name)
    local asked, record = {}, nil
    for _ = 1, 4 do
        asked[server] = true
        local following, text, problem = look(server, name)
        if problem and record then
            -- what the one before said is worth something, too
            warn(problem)
        elseif problem then
            return nil, problem
        elseif not text and not following and not record then
            info('no whois record of ' .. name)
            return
        end
        record = text or record
        if not following or asked[following] then
            break
        end
        server = following
    end
    if not record then
        return nil, server .. ' leads to nobody who knows ' .. name
    end
    return record
end

function run(arg)
    if last_err() then return end
    local record, problem = follow(getopt('server') or 'whois.iana.org', ascii(arg['value']))
    if not record then
        return problem
    end
    add_mails(record)
    if last_err() then return end
    add_servers(arg, record)
end
