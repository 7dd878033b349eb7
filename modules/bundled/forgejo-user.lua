-- Description: Profile of an account of Codeberg, or of another Forgejo or Gitea
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.codeberg.org/advanced/api-usage/
-- Limits: fair use, without figures
-- Option: server = https://codeberg.org, where to ask
-- Option: service = codeberg.org, accounts of this service are asked for; with another server: its host

local server = getopt('server') or 'https://codeberg.org'
local service = getopt('service') or server:match('^%a+://([^/:]+)')

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- the address of a page, nil for all else
local function web(x) return text(x) and x:match('^[Hh][Tt][Tt][Pp][Ss]?://%S+$') or nil end

-- a table, whatever it is that came
local function group(x)
    local shown = ('%s'):format(x)
    return shown ~= x and shown:match('^table') and x or nil
end

-- in UTC, whatever the offset; nil for what is no time, and for the year 1
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

-- the object or list at a path; nil without an error if there is none
local function ask(session, path, query)
    ratelimit_throttle(service, 1, 1000)
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

local function take_user(arg, user)
    local name, email = text(user['full_name']), text(user['email'])
    -- who hides their address has one of the server
    if email and email:match('^[^@%s]+@[^@%s]+$') and not email:find('..', 1, true) and not email:match('[@.]noreply%.') then
        email = email:lower()
        db_add('email', { value=email, displayname=name })
        if last_err() then return end
    else
        email = nil
    end
    db_update('account', arg, { displayname=name, email=email, url=web(user['html_url']), last_seen=time(user['last_login']) })
    if last_err() then return end
    if text(user['website']) then
        add_site(user['website'])
        if last_err() then return end
    end
    local created = time(user['created'])
    if created then
        db_activity({ topic='account-created', time=created, uniq=arg['value'], content={ account=arg['value'] } })
    end
end

function run(arg)
    if not service then return 'the option server is no URL' end
    if arg['service'] ~= service then
        debug('not of ' .. service)
        return
    end
    local user = ask(http_mksession(), '/api/v1/users/' .. url_escape(arg['username']))
    if last_err() or not user then return end
    if not text(user['login']) then return 'the answer has no login' end
    take_user(arg, user)
end
