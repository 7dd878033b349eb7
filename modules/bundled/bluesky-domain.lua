-- Description: Account of Bluesky whose name is a domain (by _atproto in DNS, or the domain's own web server)
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: domains
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://atproto.com/specs/handle
-- Limits: 3000 requests in 5 minutes
-- Option: server = https://public.api.bsky.app, where accounts are looked up
-- Option: site, a base URL in place of that of the domain

local server = getopt('server') or 'https://public.api.bsky.app'

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

local function failed(reply)
    local wait = reply['headers']['retry-after']
    return ('http status error: %d%s'):format(reply['status'], wait and ', retry after ' .. wait:sub(1, 40) or '')
end

-- the id by a TXT record; nil and what stood in the way
local function by_dns(domain)
    local reply = dns('_atproto.' .. domain, 'TXT')
    local err = last_err() or reply['error'] ~= 'NXDomain' and reply['error']
    if err then
        clear_err()
        return nil, err
    end
    for i = 1, #reply['answers'] do
        local bytes = reply['answers'][i][2]['TXT']
        local did = bytes and (utf8_decode(bytes) or ''):match('^did=(did:[%w.:%%_-]+)$')
        if last_err() then clear_err() end
        if did then return did end
    end
end

-- what is no id in a page is none: many servers answer anything
local function by_file(domain)
    local reply = http_send(http_request(http_mksession(), 'GET', (getopt('site') or 'https://' .. domain) .. '/.well-known/atproto-did', {
        follow_redirects=3,
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 or reply['status'] == 410 then return end
    if reply['status'] ~= 200 then
        return set_err(failed(reply))
    end
    return reply['text']:match('^%s*(did:[%w.:%%_-]+)%s*$')
end

local function add_profile(domain, did)
    ratelimit_throttle('public.api.bsky.app', 3000, 300000)
    local reply = http_send(http_request(http_mksession(), 'GET', server .. '/xrpc/app.bsky.actor.getProfile', {
        query={ actor=did },
        timeout=30000,
    }))
    if last_err() then return end
    local profile = (reply['status'] == 200 or reply['status'] == 400) and json_decode(reply['text'])
    if last_err() then return end
    if reply['status'] == 400 and group(profile) and profile['message'] == 'Profile not found' then return end
    if reply['status'] ~= 200 then
        return set_err(failed(reply))
    end
    if not group(profile) or profile['did'] ~= did or not text(profile['handle']) then
        return set_err('the answer is not about ' .. did)
    end
    -- a domain may point to anybody: the account has to have the name, too
    if profile['handle']:lower() ~= domain then
        debug(('%s is called %s'):format(did, profile['handle']))
        return
    end
    db_add('account', {
        service='bsky.app', username=domain, displayname=text(profile['displayName']), url='https://bsky.app/profile/' .. domain,
    })
end

function run(arg)
    local did, err = by_dns(arg['value'])
    if not did then
        did = by_file(arg['value'])
        if last_err() then return end
    end
    if did then
        add_profile(arg['value'], did)
    elseif err then
        return 'TXT of _atproto.' .. arg['value'] .. ': ' .. err
    end
end
