-- Description: Sends notifications to phones and desktops, through ntfy.sh or an ntfy server of your own
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: notifications
-- Keyring-Access: ntfy
-- Stealth: passive

-- keyring add ntfy:NAME tk_TOKEN, or keyring add ntfy:USER PASSWORD; topics that everybody may write need none
-- Options: optional-key
-- Option: topic, where to; whoever knows its name may read a public one
-- Option: server = https://ntfy.sh, where to send
-- Option: priority = 3, from 1 (silent) to 5
-- Option: tags, words or names of emojis, with commas between them
-- Option: key, which key of ntfy, if there are several
-- Option: timeout = 30, seconds

-- https://docs.ntfy.sh/publish/, "Limitations": what is longer becomes a file, or is refused
local MESSAGE_MOST = 4000
local TITLE_MOST = 200

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

local function list_of(text)
    local out, n = {}, 0
    for word in text:gmatch('[^,%s]+') do
        n = n + 1
        out[n] = word
    end
    return n > 0 and out or nil
end

-- As JSON to the server, not as lines of a head to the topic: a subject may hold what ends a line.
local function message_of(arg, topic, priority)
    local message = { topic=topic, priority=priority, tags=list_of(getopt('tags') or '') }
    if arg['body'] then
        message['title'] = cut(arg['subject']:gsub('%c', ' '), TITLE_MOST)
        message['message'] = cut(arg['body'], MESSAGE_MOST)
    else
        message['message'] = cut(arg['subject'], MESSAGE_MOST)
    end
    return message
end

-- The one that was asked for, or the only one; nil if there is none.
local function key_for(name)
    local keys = keyring(name and 'ntfy:' .. name or 'ntfy')
    if name and not keys[1] then
        return nil, 'there is no key ntfy:' .. name .. ' for this module; keyring add ntfy:' .. name
    end
    if keys[2] then
        return nil, 'there are several keys of ntfy; say which with the option key'
    end
    if keys[1] and not keys[1]['secret_key'] then
        return nil, 'the key ntfy:' .. keys[1]['access_key'] .. ' has no secret'
    end
    return keys[1]
end

local function with_key(options, key)
    if key and key['secret_key']:sub(1, 3) == 'tk_' then
        options['headers'] = { authorization='Bearer ' .. key['secret_key'] }
    elseif key then
        options['basic_auth'] = { key['access_key'], key['secret_key'] }
    end
    return options
end

-- The table of an answer that is an object; nil: it is something else.
local function object_of(reply)
    local said = reply['text']:match('^%s*{') and json_decode(reply['text'])
    clear_err()
    return said or nil
end

-- {"code":40301,"http":403,"error":"forbidden"}
local function error_of(reply)
    local said = object_of(reply)
    if said and said['error'] then
        return reply['status'] .. ' ' .. cut(strval(said['error']), 200)
    end
    return 'http status error: ' .. reply['status']
end

function run(arg)
    local server = getopt('server') or 'https://ntfy.sh'
    local topic, priority = getopt('topic'), getopt('priority') or '3'
    local timeout = getopt('timeout') or '30'
    local key, problem = key_for(getopt('key'))
    if problem then return problem end
    if not topic or topic == '' then return 'option topic is missing' end
    if not topic:match('^[%w_-]+$') or #topic > 64 then return 'not the name of a topic: ' .. topic end
    if not priority:match('^[1-5]$') then return 'option priority is 1 to 5, not ' .. priority end
    if not timeout:match('^[1-9]%d?%d?$') then return 'option timeout is not 1 to 999 seconds: ' .. timeout end
    server = server:gsub('/+$', '')
    if not server:match('^https?://[^/]+$') then return 'option server is like https://ntfy.sh, not ' .. server end

    local reply = http_send(http_request(http_mksession(), 'POST', server .. '/', with_key({
        json=message_of(arg, topic, intval(priority)),
        timeout=intval(timeout) * 1000,
    }, key)))
    problem = last_err()
    if problem then
        clear_err()
        return server .. ': ' .. problem
    end
    if reply['status'] ~= 200 then
        return server .. ': ' .. error_of(reply)
    end
    -- a page that somebody else put there is no receipt
    local receipt = object_of(reply)
    if not receipt or not receipt['id'] then
        return server .. ': it is no ntfy server'
    end
end
