-- Description: Sends notifications into a room of Matrix
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: notifications
-- Keyring-Access: matrix
-- Stealth: passive

-- keyring add matrix:@bot:example.org ACCESS_TOKEN; the account has to be in the room
-- Option: server, the home server, like https://matrix.example.org
-- Option: room, an id (!abc:example.org) or an alias (#ops:example.org)
-- Option: type = m.notice, or m.text
-- Option: key, which key of matrix, if there are several
-- Option: timeout = 30, seconds

-- An event has at most 64 KiB, its JSON counted: a character takes up to six bytes there.
local TEXT_MOST = 10000

-- At most so many bytes, with whole characters.
local function cut(text, most)
    if #text <= most then
        return text
    end
    most = most - 3
    while most > 0 and text:sub(most + 1, most + 1):find('[\128-\191]') do
        most = most - 1
    end
    return text:sub(1, most) .. '…'
end

-- The table of an answer that is an object; nil: it is something else.
local function object_of(reply)
    local said = reply['text']:match('^%s*{') and json_decode(reply['text'])
    clear_err()
    return said or nil
end

-- {"errcode":"M_FORBIDDEN","error":"..."}
local function error_of(reply)
    local said = object_of(reply)
    if said and said['errcode'] then
        return cut(strval(said['errcode']) .. ': ' .. strval(said['error'] or ''), 200)
    end
    return 'http status error: ' .. reply['status']
end

-- Gives the answer as a table, or nil and why not.
local function ask(server, token, timeout, method, path, body)
    local reply = http_send(http_request(http_mksession(), method, server .. '/_matrix/client/v3' .. path, {
        headers={ authorization='Bearer ' .. token },
        json=body,
        timeout=timeout * 1000,
    }))
    local problem = last_err()
    if problem then
        clear_err()
        return nil, server .. ': ' .. problem
    end
    if reply['status'] ~= 200 then
        return nil, server .. ': ' .. error_of(reply)
    end
    local out = object_of(reply)
    if not out then
        return nil, server .. ': it is no Matrix server'
    end
    return out
end

-- The one that was asked for, or the only one.
local function key_for(name)
    local keys = keyring(name and 'matrix:' .. name or 'matrix')
    if not keys[1] then
        return nil, 'there is no key matrix:' .. (name or 'NAME') .. ' for this module; keyring add matrix:'
            .. (name or 'NAME') .. ' ACCESS_TOKEN'
    end
    if keys[2] then
        return nil, 'there are several keys of matrix; say which with the option key'
    end
    if not keys[1]['secret_key'] then
        return nil, 'the key matrix:' .. keys[1]['access_key'] .. ' has no secret'
    end
    return keys[1]['secret_key']
end

-- The same for the same notification: the server passes over what it has had.
local function transaction(arg)
    local id = strval(arg['id'] or '')
    if id:match('^[%w-]+$') then
        return 'sn0int-' .. id
    end
    return 'sn0int-' .. hex(sha2_256(id .. arg['subject'] .. sn0int_time() .. http_mksession())):sub(1, 32)
end

function run(arg)
    local server, room, kind = getopt('server'), getopt('room'), getopt('type') or 'm.notice'
    local timeout = getopt('timeout') or '30'
    local token, problem = key_for(getopt('key'))
    if problem then return problem end
    if not server then return 'option server is missing' end
    if not room then return 'option room is missing' end
    server = server:gsub('/+$', '')
    if not server:match('^https?://[^/]+$') then
        return 'option server is like https://matrix.example.org, not ' .. server
    end
    if not room:match('^[!#].') then return 'option room is like !abc:example.org or #ops:example.org, not ' .. room end
    if kind ~= 'm.notice' and kind ~= 'm.text' then return 'option type is m.notice or m.text, not ' .. kind end
    if not timeout:match('^[1-9]%d?%d?$') then return 'option timeout is not 1 to 999 seconds: ' .. timeout end
    timeout = intval(timeout)

    local answer
    if room:sub(1, 1) == '#' then
        answer, problem = ask(server, token, timeout, 'GET', '/directory/room/' .. url_escape(room))
        if problem then return problem end
        if not answer['room_id'] then return server .. ': it does not say which room is ' .. room end
        room = answer['room_id']
    end
    local text = arg['body'] and arg['subject'] .. '\n' .. arg['body'] or arg['subject']
    -- m.mentions: names and @room in it call nobody
    answer, problem = ask(server, token, timeout, 'PUT',
        '/rooms/' .. url_escape(room) .. '/send/m.room.message/' .. url_escape(transaction(arg)),
        { msgtype=kind, body=cut(text, TEXT_MOST), ['m.mentions']={} })
    if problem then return problem end
    if not answer['event_id'] then return server .. ': it did not take the message' end
end
