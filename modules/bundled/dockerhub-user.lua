-- Description: Profile of an account of Docker Hub, and when it last pushed an image
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts:hub.docker.com
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.docker.com/reference/api/hub/latest/
-- Limits: those of X-RateLimit-Limit in each answer, a minute
-- Option: server = https://hub.docker.com, where to ask

local server = getopt('server') or 'https://hub.docker.com'

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

-- the object or list at a path; nil without an error if there is none
local function ask(session, path, query)
    ratelimit_throttle('hub.docker.com', 60, 60000)
    local reply = http_send(http_request(session, 'GET', server .. path, {
        query=query,
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then return end
    if reply['status'] ~= 200 then
        return set_err(failed(reply))
    end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    if not group(answer) then
        return set_err('neither an object nor a list: ' .. reply['text']:sub(1, 100))
    end
    return answer
end

-- of the first hundred repositories the one that changed last
local function last_push(results)
    local last
    for i = 1, #results do
        local one = group(results[i])
        local when = one and time(one['last_updated'])
        if when and (not last or when > last) then last = when end
    end
    return last
end

local function take_user(arg, user)
    db_update('account', arg, {
        displayname=text(user['full_name']),
        url='https://hub.docker.com/u/' .. url_escape(arg['username']),
    })
    if last_err() then return end
    if text(user['profile_url']) then
        add_site(user['profile_url'])
        if last_err() then return end
    end
    local created = time(user['date_joined'])
    if created then
        db_activity({ topic='account-created', time=created, uniq=arg['value'], content={ account=arg['value'] } })
    end
end

function run(arg)
    local session = http_mksession()
    local name = url_escape(arg['username'])
    local user = ask(session, '/v2/users/' .. name .. '/')
    if last_err() or not user then return end
    if not text(user['username']) and not text(user['orgname']) then return 'the answer has no username' end
    take_user(arg, user)
    if last_err() then return end

    local found = ask(session, '/v2/repositories/' .. name .. '/', { page_size='100', ordering='last_updated' })
    if last_err() or not found then return end
    local results = group(found['results'])
    if not results then return 'the answer has no results' end
    local last = last_push(results)
    if last then
        db_update('account', arg, { last_seen=last })
    end
end
