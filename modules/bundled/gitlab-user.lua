-- Description: Profile of an account of GitLab: name, public mail address, site, and other accounts that it names
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts:gitlab.com
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.gitlab.com/api/users/
-- Limits: 300 requests for a user in 10 minutes
-- Option: server = https://gitlab.com, where to ask

local server = getopt('server') or 'https://gitlab.com'

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- the address of a page, nil for all else
local function web(x) return text(x) and x:match('^[Hh][Tt][Tt][Pp][Ss]?://%S+$') or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

-- in UTC, whatever the offset; nil for what is no time
local function time(x)
    local when, sign, hours, minutes = (text(x) or ''):match('^([12]%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d)%.?%d*([Z+-])(%d?%d?):?(%d?%d?)$')
    if not when or sign == 'Z' then return when end
    local at = strptime('%Y-%m-%dT%H:%M:%S', when)
    if last_err() then return clear_err() end
    local offset = (intval(hours) * 60 + intval(minutes)) * 60
    if last_err() then return clear_err() end
    return sn0int_time_from(sign == '+' and at - offset or at + offset)
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

-- the object or list at a path; and its text; nil without an error if there is none
local function ask(session, path, query)
    ratelimit_throttle('gitlab.com', 300, 600000)
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
    return answer, reply['text']
end

local function add_named(service, username)
    username = text(username)
    if not username or not username:match('^[%w._-]+$') or #username > 100 then return end
    db_add('account', { service=service, username=username })
end

local function take_user(arg, user)
    local name, email = text(user['name']), text(user['public_email'])
    if email and email:match('^[^@%s]+@[^@%s]+$') and not email:find('..', 1, true) then
        email = email:lower()
        db_add('email', { value=email, displayname=name })
        if last_err() then return end
    else
        email = nil
    end
    db_update('account', arg, { displayname=name, email=email, url=web(user['web_url']) })
    if last_err() then return end
    add_named('twitter.com', user['twitter'])
    if last_err() then return end
    add_named('github.com', user['github'])
    if last_err() then return end
    if text(user['website_url']) then
        add_site(user['website_url'])
        if last_err() then return end
    end
    local created = time(user['created_at'])
    if created then
        db_activity({ topic='account-created', time=created, uniq=arg['value'], content={ account=arg['value'] } })
    end
end

function run(arg)
    local session = http_mksession()
    local users, raw = ask(session, '/api/v4/users', { username=arg['username'] })
    if last_err() then return end
    -- a server without this path is none of theirs
    if not users then return 'there is no GitLab' end
    if not raw:match('^%s*%[') then return 'no list of users: ' .. raw:sub(1, 100) end
    local found = group(users[1])
    if not found then
        if users[1] then return 'no list of users' end
        return
    end
    local id = intval(found['id'])
    if last_err() or not id or not text(found['username']) or found['username']:lower() ~= arg['username']:lower() then
        return 'the answer is about somebody else'
    end
    local user = ask(session, '/api/v4/users/' .. strval(id))
    if last_err() then return end
    take_user(arg, user and text(user['username']) and user or found)
end
