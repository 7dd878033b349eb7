-- Description: Profile, verified accounts and links that the owner of a mail address shows on Gravatar
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: emails
-- Keyring-Access: gravatar
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.gravatar.com/rest-api
-- Limits: 100 profiles an hour without a key, 1000 with one (gravatar:NAME); users of the data are asked to name Gravatar
-- Options: optional-key
-- Option: server = https://api.gravatar.com, where profiles are
-- Option: pictures = https://0.gravatar.com, where pictures are
-- Option: picture, any value: the picture is kept, too

local server = getopt('server') or 'https://api.gravatar.com'
local pictures = getopt('pictures') or 'https://0.gravatar.com'
local key = keyring('gravatar')[1]

-- sites whose profiles are https://SITE/NAME, with what their accounts are called
local SITES = {
    ['github.com']='github.com', ['gitlab.com']='gitlab.com', ['twitter.com']='twitter.com', ['x.com']='twitter.com',
    ['instagram.com']='instagram.com', ['facebook.com']='facebook.com', ['twitch.tv']='twitch.tv', ['vimeo.com']='vimeo.com',
    ['keybase.io']='keybase.io', ['codeberg.org']='codeberg.org',
}

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

-- when the limit of the hour is spent
local function spent(reply)
    local reset = reply['headers']['x-ratelimit-reset'] or ''
    local till = reset:match('^%d%d%d%d%d%d%d%d%d%d$') and ': no requests are left until ' .. sn0int_time_from(intval(reset)) .. ' UTC' or ''
    local limit = key and 'with a key 1000' or 'without a key 100'
    return ('%s%s; %s mail addresses an hour can be asked for, more are not done in one run'):format(failed(reply), till, limit)
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

-- an account of a site that is known, or of one where names have an @ (Mastodon and others)
local function account_of(value)
    local handle = value:match('^https?://bsky%.app/profile/([%w.-]+)/?$')
    if handle then return 'bsky.app', handle end
    local host, name = value:match('^https?://([%w.-]+)/(@?[%w._-]+)/?$')
    if not host then return end
    host = host:lower():gsub('^www%.', '')
    if name:sub(1, 1) == '@' then return host, name:sub(2) end
    if SITES[host] and not name:match('%.php$') then return SITES[host], name end
end

local function add_verified(value)
    local service, username = account_of(value)
    if service then
        db_add('account', { service=service, username=username, url=value })
    else
        add_site(value)
    end
end

local function picture(session, hash)
    local reply = http_send(http_request(session, 'GET', pictures .. '/avatar/' .. hash, {
        query={ d='404' },
        into_blob=true,
        timeout=30000,
    }))
    if last_err() or reply['status'] == 404 then return end
    if reply['status'] ~= 200 then
        return set_err(failed(reply))
    end
    local image = img_load(reply['blob'])
    if last_err() then return end
    db_add('image', { value=reply['blob'], mime=image['mime'], width=image['width'], height=image['height'] })
    return reply['blob']
end

local function add_profile(arg, profile, address)
    local username = address:match('^https?://[%w.-]+/([%w._-]+)/?$')
    if not username then return end
    local row = { service='gravatar.com', username=username, displayname=text(profile['display_name']), url=address, email=arg['value'] }
    db_add('account', row)
    if last_err() then return end
    local created = time(profile['registration_date'])
    if created then
        db_activity({ topic='account-created', time=created, uniq='gravatar.com/' .. username, content={ account='gravatar.com/' .. username } })
    end
    return row
end

local function add_members(profile)
    local verified = group(profile['verified_accounts']) or {}
    for i = 1, #verified do
        local one = group(verified[i])
        if one and text(one['url']) and one['is_hidden'] ~= true then
            add_verified(one['url'])
            if last_err() then return end
        end
    end
    local links = group(profile['links']) or {}
    for i = 1, #links do
        local one = group(links[i])
        if one and text(one['url']) then
            add_site(one['url'])
            if last_err() then return end
        end
    end
end

function run(arg)
    local hash = hex(sha2_256(arg['value']:lower()))
    -- who waits for the next hour stands still: what is too much is refused, and the error says until when
    ratelimit_throttle('api.gravatar.com', 1, 1000)
    local session = http_mksession()
    local reply = http_send(http_request(session, 'GET', server .. '/v3/profiles/' .. hash, {
        headers=key and { authorization='Bearer ' .. key['secret_key'] } or {},
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 then return end
    if reply['status'] == 429 then
        return spent(reply)
    end
    if reply['status'] ~= 200 then return failed(reply) end
    local profile = json_decode(reply['text'])
    if last_err() then return end
    local address = group(profile) and text(profile['profile_url'])
    if not address then
        return 'no profile: ' .. reply['text']:sub(1, 100)
    end

    local row = add_profile(arg, profile, address)
    if last_err() then return end
    add_members(profile)
    if last_err() or not getopt('picture') then return end
    local blob = picture(session, hash)
    if blob and row then
        row['profile_pic'] = blob
        db_add('account', row)
    end
end
