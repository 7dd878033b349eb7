-- Description: Profile of an account of Bluesky
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts:bsky.app
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.bsky.app/docs/api/app-bsky-actor-get-profile
-- Limits: 3000 requests in 5 minutes
-- Option: server = https://public.api.bsky.app, where to ask

local server = getopt('server') or 'https://public.api.bsky.app'

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

local function time(x)
    return text(x) and x:match('^[12]%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d') or nil
end

local function failed(reply)
    local wait = reply['headers']['retry-after']
    return ('http status error: %d%s'):format(reply['status'], wait and ', retry after ' .. wait:sub(1, 40) or '')
end

-- where everybody has a page: their profiles are no sites of somebody
local COMMON = {}
for name in ([[bsky.app discord.com discord.gg facebook.com github.com gitlab.com google.com instagram.com keybase.io linkedin.com linktr.ee
    mastodon.social medium.com reddit.com stackoverflow.com t.me telegram.me threads.net tiktok.com tumblr.com twitch.tv twitter.com wikipedia.org
    x.com youtube.com]]):gmatch('%S+') do
    COMMON[name] = true
end

-- the page that somebody names as theirs; many leave out the scheme
local function add_site(value)
    local scheme = value:match('^https?://%S+$')
    if not scheme and not value:match('^[^%s:/@]+%.[^%s:/@]+$') and not value:match('^[^%s:/@]+%.[^%s:/@]+/%S*$') then return end
    local link = url_parse(scheme and value or 'https://' .. value)
    if last_err() then return clear_err() end
    local name = link['host']
    if not name or not name:match('%.%a[%w-]*$') or name:find('..', 1, true) then return end
    local domain = psl_domain_from_dns_name(name)
    if last_err() then return clear_err() end
    if COMMON[domain] then return end
    local domain_id = db_add('domain', { value=domain })
    if last_err() or not domain_id then return end
    local subdomain_id = db_add('subdomain', { domain_id=domain_id, value=name })
    if last_err() or not subdomain_id or not scheme then return end
    db_add('url', { subdomain_id=subdomain_id, value=value })
end

function run(arg)
    ratelimit_throttle('public.api.bsky.app', 3000, 300000)
    local reply = http_send(http_request(http_mksession(), 'GET', server .. '/xrpc/app.bsky.actor.getProfile', {
        query={ actor=arg['username'] },
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] ~= 200 and reply['status'] ~= 400 then return failed(reply) end
    local profile = json_decode(reply['text'])
    if last_err() then return end
    if not group(profile) then return 'no profile: ' .. reply['text']:sub(1, 100) end
    if reply['status'] == 400 then
        -- that there is none is an error by name only
        if profile['message'] == 'Profile not found' then return end
        return failed(reply) .. ': ' .. (text(profile['message']) or 'no message')
    end
    if not text(profile['did']) or not text(profile['handle']) then return 'the answer has no did and no handle' end

    db_update('account', arg, {
        displayname=text(profile['displayName']),
        url='https://bsky.app/profile/' .. profile['handle'],
    })
    if last_err() then return end
    if text(profile['website']) then
        add_site(profile['website'])
        if last_err() then return end
    end
    local created = time(profile['createdAt'])
    if created then
        db_activity({ topic='account-created', time=created, uniq=arg['value'], content={ account=arg['value'], did=profile['did'] } })
    end
end
