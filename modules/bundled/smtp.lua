-- Description: Sends notifications as mail, through the submission server of an account or a relay
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: notifications
-- Keyring-Access: smtp
-- Stealth: passive

-- keyring add smtp:LOGIN PASSWORD; without a key it does not log in
-- Options: optional-key
-- Option: server, the host that takes the mail
-- Option: from, the address of the sender
-- Option: to, addresses, with commas between them
-- Option: tls = starttls, or tls (from the first byte on), or none (then no password is sent)
-- Option: port = 587, with tls=tls it is 465, with tls=none 25
-- Option: tls-name, the name in the server's certificate, if it is not that of the server
-- Option: user, which key of smtp, if there are several
-- Option: timeout = 60, seconds that the server may be silent

local PORTS = { starttls=587, tls=465, none=25 }

local sock
local where

-- What the last call of the library said.
local function problem_of(what)
    local problem = last_err()
    if problem then
        clear_err()
        return what .. ': ' .. problem
    end
end

-- RFC 5321, 4.2.1: "250-SIZE 1000" goes on, "250 HELP" ends. Gives the code and the texts.
local function read_reply()
    local code, texts = nil, ''
    for _ = 1, 100 do
        local line = sock_recvline(sock)
        local problem = problem_of('no answer')
        if problem then
            return nil, problem
        end
        if line == '' then
            return nil, 'no answer in time'
        end
        local this, more, text = line:match('^(%d%d%d)([ -]?)([^\r\n]*)\r?\n$')
        if not this or (code and this ~= code) then
            return nil, 'not SMTP: ' .. line:match('^[^\r\n]*'):sub(1, 100)
        end
        code, texts = this, texts .. text .. '\n'
        if more ~= '-' then
            return code, texts
        end
    end
    return nil, 'an answer of more than 100 lines'
end

-- Gives the texts of an answer that begins with this digit, or nil and why not. shown: the line without its secrets.
local function expect(digit, shown)
    local code, texts = read_reply()
    if not code then
        return nil, where .. ': ' .. shown .. ': ' .. texts
    end
    if code:sub(1, 1) ~= digit then
        return nil, where .. ': ' .. shown .. ': ' .. code .. ' ' .. texts:gsub('\n$', ''):gsub('\n', ' ')
    end
    return texts
end

local function command(line, digit, shown)
    sock_sendline(sock, line)
    local problem = problem_of(where .. ': ' .. (shown or line))
    if problem then
        return nil, problem
    end
    return expect(digit, shown or line)
end

-- Words that the server can do: "\nAUTH PLAIN LOGIN\n...", in upper case. The name of a client is no matter to a
-- submission server, but it has to be one: RFC 5321, 4.1.3.
local function hello()
    local texts, problem = command('EHLO [127.0.0.1]', '2')
    if problem then
        return nil, problem
    end
    return '\n' .. texts:upper()
end

local function can(words, word)
    return words:match('\n' .. word .. '([^\n]*)\n')
end

-- A server that stops offering STARTTLS, or somebody between who takes it away, gets nothing.
local function begin_tls(words, name)
    if not can(words, 'STARTTLS') then
        return nil, where .. ': it does not offer STARTTLS, so nothing was sent; is this tls=tls (port 465)?'
    end
    local _, problem = command('STARTTLS', '2')
    if problem then
        return nil, problem
    end
    sock_upgrade_tls(sock, { sni_value=name })
    problem = problem_of(where .. ': TLS')
    if problem then
        return nil, problem .. '; its certificate has to be trusted here, and be for ' .. name
    end
    return hello()
end

local function log_in(words, key)
    local offered = (can(words, 'AUTH') or '') .. ' '
    local user, secret = key['access_key'], key['secret_key'] or ''
    local _, problem
    if offered:find(' PLAIN ', 1, true) then
        _, problem = command('AUTH PLAIN ' .. base64_encode('\0' .. user .. '\0' .. secret), '2', 'AUTH PLAIN')
    elseif offered:find(' LOGIN ', 1, true) then
        _, problem = command('AUTH LOGIN', '3')
        if not problem then
            _, problem = command(base64_encode(user), '3', 'AUTH LOGIN')
        end
        if not problem then
            _, problem = command(base64_encode(secret), '2', 'AUTH LOGIN')
        end
    else
        problem = where .. ': it offers no way to log in that is known here (PLAIN, LOGIN), but:' .. offered
    end
    return problem
end

-- Connected, under TLS, logged in; gives what the server can do.
local function open(server, port, tls, name, timeout, key)
    sock = sock_connect(server, port, {
        tls=tls == 'tls',
        sni_value=name,
        connect_timeout=30,
        read_timeout=timeout,
        write_timeout=timeout,
    })
    local problem = problem_of(where)
    if problem then
        return nil, problem
    end
    sock_newline(sock, '\r\n')
    local words
    words, problem = expect('2', 'greeting')
    if not problem then
        words, problem = hello()
    end
    if not problem and tls == 'starttls' then
        words, problem = begin_tls(words, name)
    end
    if not problem and key then
        problem = log_in(words, key)
    end
    return words, problem
end

local function is_address(text)
    return text:match('^[^%c%s<>,@"]+@[^%c%s<>,@"]+$') ~= nil
end

-- RFC 2047: words of at most 75 bytes, with whole characters.
local function header_text(text)
    text = text:gsub('%c', ' ')
    if #text <= 68 and not text:find('[^\32-\126]') and not text:find('=?', 1, true) then
        return text
    end
    local words, from = '', 1
    while from <= #text do
        local to = from + 35
        while to < #text and text:sub(to + 1, to + 1):find('[\128-\191]') do
            to = to - 1
        end
        words = words .. (from > 1 and '\r\n ' or '') .. '=?utf-8?B?' .. base64_encode(text:sub(from, to)) .. '?='
        from = to + 1
    end
    return words
end

local function is_plain(text)
    for line in text:gmatch('[^\n]+') do
        if #line > 900 or line:find('[^\t\32-\126]') then
            return false
        end
    end
    return true
end

-- The part below the head, and how it is encoded. A dot at the start of a line is doubled: RFC 5321, 4.5.2.
local function body_of(text)
    text = text:gsub('\r\n?', '\n'):gsub('\n*$', '\n')
    if is_plain(text) then
        return '7bit', (('\n' .. text):gsub('\n%.', '\n..'):sub(2):gsub('\n', '\r\n'))
    end
    text = base64_encode(text:gsub('\n', '\r\n'))
    return 'base64', (text:gsub(('.'):rep(76), '%0\r\n'):gsub('\r?\n?$', '\r\n'))
end

-- The same for the same notification, so that a second delivery can be told.
local function message_id(arg, from)
    local id = strval(arg['id'] or '')
    if not id:match('^[%w-]+$') then
        id = hex(sha2_256(id .. arg['subject'] .. sn0int_time() .. http_mksession())):sub(1, 32)
    end
    return '<sn0int.' .. id .. '@' .. from:match('@(.*)$') .. '>'
end

local function message_of(arg, from, to)
    local encoding, body = body_of(arg['body'] or arg['subject'])
    return 'Date: ' .. strftime('%a, %d %b %Y %H:%M:%S +0000', time_unix()) .. '\r\n'
        .. 'From: ' .. from .. '\r\n'
        .. 'To: ' .. to:gsub(' ', ',\r\n ') .. '\r\n'
        .. 'Subject: ' .. header_text(arg['subject']) .. '\r\n'
        .. 'Message-ID: ' .. message_id(arg, from) .. '\r\n'
        .. 'Auto-Submitted: auto-generated\r\n'
        .. 'MIME-Version: 1.0\r\n'
        .. 'Content-Type: text/plain; charset=utf-8\r\n'
        .. 'Content-Transfer-Encoding: ' .. encoding .. '\r\n'
        .. '\r\n' .. body
end

-- All of them get it, or nobody.
local function hand_over(words, arg, from, to)
    local utf8 = ''
    if (from .. to):find('[\128-\255]') then
        if not can(words, 'SMTPUTF8') then
            return where .. ': it takes no addresses beyond ASCII (SMTPUTF8)'
        end
        utf8 = ' SMTPUTF8'
    end
    local _, problem = command('MAIL FROM:<' .. from .. '>' .. utf8, '2')
    for address in to:gmatch('%S+') do
        if not problem then
            _, problem = command('RCPT TO:<' .. address .. '>', '2')
        end
    end
    if not problem then
        _, problem = command('DATA', '3')
    end
    if problem then
        return problem
    end
    sock_send(sock, message_of(arg, from, to) .. '.\r\n')
    problem = problem_of(where .. ': message')
    if not problem then
        _, problem = expect('2', 'message')
    end
    return problem
end

-- The one that was asked for, or the only one; nil if there is none.
local function key_for(user)
    local keys = keyring(user and 'smtp:' .. user or 'smtp')
    if user and not keys[1] then
        return nil, 'there is no key smtp:' .. user .. ' for this module; keyring add smtp:' .. user
    end
    if keys[2] then
        return nil, 'there are several keys of smtp; say which with the option user'
    end
    return keys[1]
end

-- "a@b c@d"
local function addresses(list)
    local out = ''
    for address in list:gmatch('[^,%s]+') do
        if not is_address(address) then
            return nil, 'not an address: ' .. address
        end
        out = out .. (out == '' and '' or ' ') .. address
    end
    if out == '' then
        return nil, 'to names no address'
    end
    return out
end

local function needed(name)
    local value = getopt(name)
    if not value or value == '' then
        return nil, 'option ' .. name .. ' is missing'
    end
    return value
end

function run(arg)
    local tls = getopt('tls') or 'starttls'
    local port = getopt('port') or strval(PORTS[tls] or 0)
    local timeout = getopt('timeout') or '60'
    local server, problem = needed('server')
    local from, to, key
    if not problem then from, problem = needed('from') end
    if not problem then to, problem = needed('to') end
    if not problem then to, problem = addresses(to) end
    if not problem then key, problem = key_for(getopt('user')) end
    if problem then return problem end
    if not is_address(from) then return 'not an address: ' .. from end
    if not PORTS[tls] then return 'option tls is starttls, tls or none, not ' .. tls end
    if not port:match('^%d%d?%d?%d?%d?$') or intval(port) < 1 or intval(port) > 65535 then
        return 'option port is not 1 to 65535: ' .. port
    end
    if not timeout:match('^[1-9]%d?%d?$') then return 'option timeout is not 1 to 999 seconds: ' .. timeout end
    if key and tls == 'none' then
        if getopt('user') then return 'no password is sent without TLS' end
        key = nil
    end
    where = server .. ':' .. port

    local words
    words, problem = open(server, intval(port), tls, getopt('tls-name') or server, intval(timeout), key)
    if not sock then return problem end
    if not problem then
        problem = hand_over(words, arg, from, to)
    end
    -- it is theirs now, or it is not, whatever they say to this
    sock_sendline(sock, 'QUIT')
    clear_err()
    return problem
end
