-- Description: Profile of an account of Mastodon: name, last post, sites that link back to it, and where it moved to
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: accounts
-- Stealth: normal

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.joinmastodon.org/methods/accounts/#lookup
-- Limits: 300 requests to a server in 5 minutes; some servers answer to those who sign only
-- Option: service, accounts of this service are asked for, too; else those with an address https://SERVICE/@NAME
-- Option: server, a base URL in place of that of the service

-- services whose addresses look alike and that are something else
local OTHERS = {
    ['youtube.com']=true, ['www.youtube.com']=true, ['tiktok.com']=true, ['www.tiktok.com']=true, ['medium.com']=true,
    ['threads.net']=true, ['threads.com']=true, ['www.threads.net']=true, ['www.threads.com']=true, ['substack.com']=true,
}

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

local function is_asked(arg)
    if getopt('service') == arg['service'] then return true end
    local host, name = (arg['url'] or ''):lower():match('^https?://([%w.-]+)/@([^/@]+)/?$')
    return host == arg['service'] and name == arg['username']:lower() and not OTHERS[host]
end

-- fields are of HTML: a link counts if the page behind it links back, which is what verified_at says
local function add_fields(fields)
    for i = 1, #fields do
        if i > 100 then return warn('there are more than 100 fields') end
        local one = group(fields[i])
        local href = one and text(one['verified_at']) and text(one['value']) and one['value']:match('href="(https?://[^"]+)"')
        if href then
            add_site((href:gsub('&amp;', '&')))
            if last_err() then return end
        end
    end
end

local function add_moved(moved)
    local address = text(moved['url'])
    local host, name = (address or ''):match('^https?://([%w.-]+)/@([%w_.-]+)$')
    if host then
        db_add('account', { service=host:lower(), username=name, displayname=text(moved['display_name']), url=address })
    end
end

local function take(arg, account)
    local last = text(account['last_status_at'])
    last = last and last:match('^%d%d%d%d%-%d%d%-%d%d')
    db_update('account', arg, {
        displayname=text(account['display_name']),
        url=web(account['url']),
        last_seen=last and last .. 'T00:00:00',
    })
    if last_err() then return end
    add_fields(group(account['fields']) or {})
    if last_err() then return end
    if group(account['moved']) then
        add_moved(account['moved'])
        if last_err() then return end
    end
    local created = time(account['created_at'])
    if created then
        db_activity({ topic='account-created', time=created, uniq=arg['value'], content={ account=arg['value'] } })
    end
end

function run(arg)
    if not is_asked(arg) then
        debug('not known to be of Mastodon: ' .. arg['value'])
        return
    end
    ratelimit_throttle(arg['service'], 300, 300000)
    local base = getopt('server') or 'https://' .. arg['service']
    local reply = http_send(http_request(http_mksession(), 'GET', base .. '/api/v1/accounts/lookup', {
        query={ acct=arg['username'] },
        timeout=30000,
    }))
    if last_err() then return end
    if reply['status'] == 404 or reply['status'] == 410 then return end
    if reply['status'] ~= 200 then return failed(reply) end
    local account = json_decode(reply['text'])
    if last_err() then return end
    -- of an account of another server the name has that, too
    if not group(account) or not text(account['acct']) or account['acct']:lower() ~= arg['username']:lower() then
        return 'the answer is about nobody: ' .. reply['text']:sub(1, 100)
    end
    take(arg, account)
end
