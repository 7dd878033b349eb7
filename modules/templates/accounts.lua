-- Description: Name, mail address and last activity of accounts of example.com
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: accounts:example.com
-- Stealth: passive

-- Page: https://api.example.com/docs
-- Limits: what the service says of limits, for users
-- Option: server = https://api.example.com, where to ask

local server = getopt('server') or 'https://api.example.com'

local function text(x)
    return ('%s'):format(x) == x and x or nil
end

function run(arg)
    ratelimit_throttle('api.example.com', 1, 1000)
    local reply = http_send(http_request(http_mksession(), 'GET', server .. '/users/' .. url_escape(arg['username']), {
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then return debug('there is no such account') end
    if reply['status'] ~= 200 then
        local wait = reply['headers']['retry-after']
        return 'the service answers ' .. reply['status'] .. (wait and ', retry after ' .. wait .. ' s' or '')
    end
    local user = json_decode(reply['text'])
    if last_err() then return end
    if not reply['text']:match('^%s*{') or user['login'] ~= arg['username'] then
        return 'no answer about it: ' .. reply['text']:sub(1, 100)
    end
    db_update('account', arg, { displayname=text(user['name']), email=text(user['mail']) })
    if last_err() or not text(user['seen']) then return end
    db_activity({
        topic='example.com:' .. arg['username'],
        time=user['seen'],
        uniq='seen ' .. user['seen'],
        content={ what='seen' },
    })
end
