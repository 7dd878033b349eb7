-- Description: Account of the fediverse that is called as a mail address, by WebFinger of its domain
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: emails
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.joinmastodon.org/spec/webfinger/
-- Limits: those of the domain's own server; 300 requests in 5 minutes where it is Mastodon
-- Option: server, a base URL in place of that of the domain

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

-- one that speaks of anybody (for logins) has neither an actor nor a profile
local function profile(links)
    local actor, page
    for i = 1, #links do
        local one = group(links[i])
        local href = one and text(one['href'])
        local kind = one and text(one['type']) or ''
        if href and href:match('^https?://') then
            if one['rel'] == 'self' and (kind:match('^application/activity%+json') or kind:match('^application/ld%+json')) then
                actor = href
            elseif one['rel'] == 'http://webfinger.net/rel/profile-page' then
                page = page or href
            end
        end
    end
    return actor or page, page
end

-- what a server says of a name; nil without an error if it does not know it
local function ask(host, resource)
    ratelimit_throttle(host, 300, 300000)
    local reply = http_send(http_request(http_mksession(), 'GET', (getopt('server') or 'https://' .. host) .. '/.well-known/webfinger', {
        query={ resource=resource },
        headers={ accept='application/jrd+json, application/json' },
        follow_redirects=3,
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 or reply['status'] == 410 then return end
    if reply['status'] ~= 200 then
        return set_err(failed(reply))
    end
    local found = json_decode(reply['text'])
    if last_err() then return end
    if not group(found) or not group(found['links']) or not text(found['subject']) then
        return set_err('no answer of WebFinger: ' .. reply['text']:sub(1, 100))
    end
    return found
end

function run(arg)
    local domain = arg['value']:match('^[^@]+@([^@]+)$')
    if not domain then return end
    local found = ask(domain, 'acct:' .. arg['value'])
    if last_err() or not found then return end
    local subject = found['subject']
    local username, service = subject:match('^acct:@?([^@%s/]+)@([%w.-]+)$')
    if service and service:lower() ~= domain then
        -- a name on another host is that host's to confirm
        found = ask(service:lower(), ('acct:%s@%s'):format(username, service))
        if last_err() then return end
        if not found or found['subject']:lower() ~= subject:lower() then
            debug(service .. ' does not confirm ' .. subject)
            return
        end
    end
    local is_there, page = profile(found['links'])
    if not username or not is_there then
        debug('an answer without a profile: ' .. subject)
        return
    end
    db_add('account', { service=service:lower(), username=username, url=page })
end
