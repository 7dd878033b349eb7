-- Description: Network of addresses out of a service that answers in JSON, with a key
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Keyring-Access: example
-- Stealth: passive

-- Page: https://api.example.com/docs
-- Limits: what the service says of limits, for users
-- Option: server = https://api.example.com, where to ask

-- sn0int keyring add example:NAME asks for the secret key

local server = getopt('server') or 'https://api.example.com'

local function text(x)
    return ('%s'):format(x) == x and x or nil
end

function run(arg)
    local key = keyring('example')[1]
    if not key then return 'there is no key: sn0int keyring add example:NAME' end

    ratelimit_throttle('api.example.com', 1, 1000)
    local reply = http_send(http_request(http_mksession(), 'GET', server .. '/address/' .. arg['value'], {
        headers={ authorization='Bearer ' .. key['secret_key'] },
        timeout=30000,
    }))
    if last_err() then return end
    -- what this service says of what it does not know; whatever else is no answer
    if reply['status'] == 404 then return debug('nothing is known about it') end
    if reply['status'] ~= 200 then
        local wait = reply['headers']['retry-after']
        return 'the service answers ' .. reply['status'] .. (wait and ', retry after ' .. wait .. ' s' or '')
    end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    if not reply['text']:match('^%s*{') or not text(answer['org']) then
        return 'an answer without org'
    end
    db_update('ipaddr', arg, { as_org=answer['org'], country=text(answer['country']) })
end
