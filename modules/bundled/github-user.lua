-- Description: Profile of an account of GitHub, and the mail addresses of its OpenPGP keys that GitHub has verified
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts:github.com
-- Keyring-Access: github
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.github.com/en/rest/users/users
-- Limits: 60 requests an hour without a key, 5000 with one (github:NAME, a token without rights); two are needed for an account
-- Options: optional-key
-- Option: server = https://api.github.com, where to ask

local server = getopt('server') or 'https://api.github.com'
local key = keyring('github')[1]
local seen = {}

-- a text of one line that says something, whatever it is that came
local function text(x) return x ~= '' and ('%s'):format(x) == x and not x:find('%c') and x or nil end

-- the address of a page, nil for all else
local function web(x) return text(x) and x:match('^[Hh][Tt][Tt][Pp][Ss]?://%S+$') or nil end

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

-- when the limit of the hour is spent
local function spent(reply)
    local reset = text(reply['headers']['x-ratelimit-reset'])
    if reply['headers']['x-ratelimit-remaining'] ~= '0' or not reset or not reset:match('^%d%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return failed(reply)
    end
    local limit = key and '' or '; without a key 30 accounts an hour can be asked for, so 500 are not done in one run'
    return ('%s: no requests are left until %s UTC%s'):format(failed(reply), sn0int_time_from(intval(reset)), limit)
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
    -- who waits for the next hour stands still: what is too much is refused, and the error says until when
    ratelimit_throttle('api.github.com', 1, 1000)
    local reply = http_send(http_request(session, 'GET', server .. path, {
        query=query,
        headers={ accept='application/vnd.github+json', authorization=key and 'Bearer ' .. key['secret_key'] },
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then return end
    if reply['status'] == 403 or reply['status'] == 429 then
        return set_err(spent(reply))
    end
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

local function add_email(value, displayname)
    if not value:match('^[^@%s]+@[^@%s]+$') or value:find('..', 1, true) or value:lower():match('[@.]users%.noreply%.github%.com$') then return end
    value = value:lower()
    if seen[value] then return end
    seen[value] = true
    db_add('email', { value=value, displayname=displayname })
    return value
end

local function take_user(arg, user)
    local name = text(user['name'])
    local email = text(user['email']) and add_email(user['email'], name)
    if last_err() then return end
    db_update('account', arg, { displayname=name, email=email, url=web(user['html_url']) })
    if last_err() then return end
    if text(user['twitter_username']) then
        db_add('account', { service='twitter.com', username=user['twitter_username'] })
        if last_err() then return end
    end
    if text(user['blog']) then
        add_site(user['blog'])
        if last_err() then return end
    end
    local created = time(user['created_at'])
    if created then
        db_activity({ topic='account-created', time=created, uniq=arg['value'], content={ account=arg['value'] } })
    end
end

local function take_keys(keys)
    for i = 1, #keys do
        local emails = group(keys[i]) and group(keys[i]['emails']) or {}
        for j = 1, #emails do
            local one = group(emails[j])
            if one and one['verified'] == true and text(one['email']) then
                add_email(one['email'])
                if last_err() then return end
            end
        end
    end
end

function run(arg)
    local session = http_mksession()
    local path = '/users/' .. url_escape(arg['username'])
    local user = ask(session, path)
    if last_err() or not user then return end
    if not text(user['login']) then return 'the answer has no login' end
    take_user(arg, user)
    if last_err() then return end

    local keys, raw = ask(session, path .. '/gpg_keys')
    if last_err() or not keys then return end
    if not raw:match('^%s*%[') then return 'no list of keys: ' .. raw:sub(1, 100) end
    take_keys(keys)
end
