-- Description: Accounts of mail addresses out of a service that answers in JSON
-- Version: 0.1.0
-- License: GPL-3.0
-- Source: emails
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
    local reply = http_fetch(http_request(http_mksession(), 'GET', server .. '/users', {
        query={ mail=arg['value'] },
        timeout=30000,
    }))
    if last_err() then return end
    local users = json_decode(reply['text'])
    if last_err() then return end
    -- an error may come with status 200
    if not reply['text']:match('^%s*%[') then return 'no list of users: ' .. reply['text']:sub(1, 100) end
    for i = 1, #users do
        local login = ('%s'):format(users[i]):match('^table') and text(users[i]['login'])
        if login then
            db_add('account', {
                service='example.com',
                username=login,
                displayname=text(users[i]['name']),
                email=arg['value'],
                url='https://example.com/' .. url_escape(login),
            })
        end
        if last_err() then return end
    end
end
