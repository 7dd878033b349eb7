-- Description: Sends notifications to a URL: as JSON, or as Slack, Mattermost, Rocket.Chat and Discord want it
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: notifications
-- Keyring-Access: webhook
-- Stealth: passive

-- keyring add webhook:NAME SECRET. Without the option url the secret is the URL, as those of Slack and Discord are;
-- with it, it is what the receiver knows us by.
-- Options: optional-key
-- Option: url, where to; unless given: the secret of the key
-- Option: format = json, or slack (also Mattermost, Rocket.Chat), or discord
-- Option: auth = sign, with the key: x-hub-signature-256, the HMAC of the body; or bearer: the secret itself
-- Option: key, which key of webhook, if there are several
-- Option: timeout = 30, seconds

local DISCORD_MOST = 2000

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

local function text_of(arg)
    return arg['body'] and arg['subject'] .. '\n' .. arg['body'] or arg['subject']
end

-- What a stranger's page says must not call anybody: <!channel>, @everyone.
local formats = {
    json=function(arg)
        return json_encode({ id=arg['id'], subject=arg['subject'], body=arg['body'], time=sn0int_time() })
    end,
    slack=function(arg)
        return json_encode({ text=text_of(arg):gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;') })
    end,
    discord=function(arg)
        return '{"allowed_mentions":{"parse":[]},"content":' .. json_encode(cut(text_of(arg), DISCORD_MOST)) .. '}'
    end,
}

local function headers_of(arg, body, key, auth)
    local headers = { ['content-type']='application/json' }
    if arg['id'] then
        headers['idempotency-key'] = strval(arg['id'])
    end
    if key and auth == 'bearer' then
        headers['authorization'] = 'Bearer ' .. key['secret_key']
    elseif key then
        headers['x-hub-signature-256'] = 'sha256=' .. hex(hmac_sha2_256(key['secret_key'], body))
    end
    return headers
end

-- The one that was asked for, or the only one; nil if there is none.
local function key_for(name)
    local keys = keyring(name and 'webhook:' .. name or 'webhook')
    if name and not keys[1] then
        return nil, 'there is no key webhook:' .. name .. ' for this module; keyring add webhook:' .. name
    end
    if keys[2] then
        return nil, 'there are several keys of webhook; say which with the option key'
    end
    if keys[1] and not keys[1]['secret_key'] then
        return nil, 'the key webhook:' .. keys[1]['access_key'] .. ' has no secret'
    end
    return keys[1]
end

-- Where something went wrong; the path of a hook is its secret.
local function place(url)
    return url:match('^%a+://[^/?#]*') or 'the URL'
end

function run(arg)
    local url, format, auth = getopt('url'), getopt('format') or 'json', getopt('auth') or 'sign'
    local timeout = getopt('timeout') or '30'
    local key, problem = key_for(getopt('key'))
    if problem then return problem end
    if not formats[format] then return 'option format is json, slack or discord, not ' .. format end
    if auth ~= 'sign' and auth ~= 'bearer' then return 'option auth is sign or bearer, not ' .. auth end
    if not timeout:match('^[1-9]%d?%d?$') then return 'option timeout is not 1 to 999 seconds: ' .. timeout end
    if not url then
        if not key then return 'option url is missing, and there is no key of webhook that holds it' end
        url, key = key['secret_key'], nil
    end
    if not url:match('^https?://[^/]') then return 'not a URL of http or https' end

    local body = formats[format](arg)
    local reply = http_send(http_request(http_mksession(), 'POST', url, {
        headers=headers_of(arg, body, key, auth),
        body=body,
        timeout=intval(timeout) * 1000,
    }))
    problem = last_err()
    if problem then
        clear_err()
        return place(url) .. ': ' .. problem
    end
    if reply['status'] < 200 or reply['status'] > 299 then
        local said = reply['text']:match('[^%c%s][^%c]*') or ''
        return place(url) .. ': http status error: ' .. reply['status'] .. ' ' .. cut(said, 200)
    end
end
