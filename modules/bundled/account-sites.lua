-- Description: Where else there is an account of this name: a table of 44 sites that answer for a profile
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: accounts
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: each site's own; most are documented interfaces, the others say 200 and the name, or 404
-- Limits: one request to a site and 2 seconds (GitHub: a minute, it allows 60 an hour); the same name may be another person
-- Option: sites, only these of the table, with commas; github.com,lichess.org
-- Option: skip, not these
-- Option: max = 100, at most so many sites
-- Option: server, a proxy of ours that is asked in place of all sites: SERVER/HOST/PATH

local server = getopt('server')
local session = http_mksession()

-- name: what the service of the account is called. ask: what the name is put behind, and tail: what follows it; page and
-- page_tail: the same for the page that people see, unless it is the same. An answer with status 200 is about a profile
-- if it has the name and the pattern `yes`, and says that there is none by the patterns `no` and `unfit`. gone: the status
-- that says there is none, 404 unless given, if it has the pattern `says`. What is neither is no answer. pause:
-- milliseconds between two questions.
local SITES = {
    -- code
    { name='github.com', ask='https://api.github.com/users/', page='https://github.com/', yes='"login"', pause=60000 },
    { name='gitlab.com', ask='https://gitlab.com/api/v4/users?username=', page='https://gitlab.com/', yes='"username"', no='^%s*%[%s*%]' },
    { name='gitlab.gnome.org', ask='https://gitlab.gnome.org/api/v4/users?username=',
      page='https://gitlab.gnome.org/', yes='"username"', no='^%s*%[%s*%]' },
    { name='framagit.org', ask='https://framagit.org/api/v4/users?username=', page='https://framagit.org/', yes='"username"', no='^%s*%[%s*%]' },
    { name='salsa.debian.org', ask='https://salsa.debian.org/api/v4/users?username=',
      page='https://salsa.debian.org/', yes='"username"', no='^%s*%[%s*%]' },
    { name='codeberg.org', ask='https://codeberg.org/api/v1/users/', page='https://codeberg.org/', yes='"login"' },
    { name='gitea.com', ask='https://gitea.com/api/v1/users/', page='https://gitea.com/', yes='"login"' },
    { name='launchpad.net', ask='https://api.launchpad.net/1.0/~', page='https://launchpad.net/~', yes='"is_valid"' },
    { name='sourceforge.net', ask='https://sourceforge.net/rest/u/', tail='/profile',
      page='https://sourceforge.net/u/', page_tail='/profile/', yes='"username"' },
    { name='hub.docker.com', ask='https://hub.docker.com/v2/users/', tail='/', page='https://hub.docker.com/u/', yes='"username"' },
    { name='rubygems.org', ask='https://rubygems.org/api/v1/profiles/', tail='.json', page='https://rubygems.org/profiles/', yes='"handle"' },
    { name='crates.io', ask='https://crates.io/api/v1/users/', page='https://crates.io/users/', yes='"login"' },
    { name='hex.pm', ask='https://hex.pm/api/users/', page='https://hex.pm/users/', yes='"username"' },
    { name='metacpan.org', ask='https://fastapi.metacpan.org/v1/author/', page='https://metacpan.org/author/', yes='"pauseid"', upper=true },
    { name='packagist.org', ask='https://packagist.org/users/', tail='/' },
    { name='huggingface.co', ask='https://huggingface.co/api/users/', tail='/overview', page='https://huggingface.co/', yes='"user"' },
    { name='codeforces.com', ask='https://codeforces.com/api/user.info?handles=',
      page='https://codeforces.com/profile/', yes='"handle"', gone=400, says='not found' },
    { name='codewars.com', ask='https://www.codewars.com/api/v1/users/', page='https://www.codewars.com/users/', yes='"username"' },
    { name='exercism.org', ask='https://exercism.org/profiles/' },
    { name='scratch.mit.edu', ask='https://api.scratch.mit.edu/users/', page='https://scratch.mit.edu/users/', yes='"username"' },
    -- talk
    { name='news.ycombinator.com', ask='https://hacker-news.firebaseio.com/v0/user/', tail='.json',
      page='https://news.ycombinator.com/user?id=', yes='"created"', no='^%s*null%s*$' },
    { name='lobste.rs', ask='https://lobste.rs/~' },
    { name='dev.to', ask='https://dev.to/api/users/by_username?url=', page='https://dev.to/', yes='"username"' },
    { name='mastodon.social', ask='https://mastodon.social/api/v1/accounts/lookup?acct=', page='https://mastodon.social/@', yes='"acct"' },
    { name='mastodon.online', ask='https://mastodon.online/api/v1/accounts/lookup?acct=', page='https://mastodon.online/@', yes='"acct"' },
    { name='fosstodon.org', ask='https://fosstodon.org/api/v1/accounts/lookup?acct=', page='https://fosstodon.org/@', yes='"acct"' },
    { name='infosec.exchange', ask='https://infosec.exchange/api/v1/accounts/lookup?acct=', page='https://infosec.exchange/@', yes='"acct"' },
    { name='chaos.social', ask='https://chaos.social/api/v1/accounts/lookup?acct=', page='https://chaos.social/@', yes='"acct"' },
    { name='bsky.app', ask='https://public.api.bsky.app/xrpc/app.bsky.actor.getProfile?actor=', tail='.bsky.social',
      page='https://bsky.app/profile/', page_tail='.bsky.social', yes='"handle"', gone=400, says='Profile not found' },
    { name='lemmy.world', ask='https://lemmy.world/api/v3/user?username=', page='https://lemmy.world/u/', yes='"person_view"' },
    { name='keybase.io', ask='https://keybase.io/_/api/1.0/user/lookup.json?fields=basics&usernames=',
      page='https://keybase.io/', yes='"basics"', no='"them"%s*:%s*%[%s*null%s*%]' },
    { name='wikipedia.org', ask='https://en.wikipedia.org/w/api.php?action=query&list=users&format=json&ususers=',
      page='https://en.wikipedia.org/wiki/User:', yes='"userid"', no='"missing"', unfit='"invalid"' },
    { name='openstreetmap.org', ask='https://www.openstreetmap.org/user/' },
    { name='gravatar.com', ask='https://api.gravatar.com/v3/profiles/', page='https://gravatar.com/', yes='"profile_url"', pause=36000 },
    { name='liberapay.com', ask='https://liberapay.com/', tail='/public.json', page='https://liberapay.com/', yes='"username"' },
    -- play
    { name='chess.com', ask='https://api.chess.com/pub/player/', page='https://www.chess.com/member/', yes='"player_id"', lower=true },
    { name='lichess.org', ask='https://lichess.org/api/user/', page='https://lichess.org/@/', yes='"username"' },
    { name='speedrun.com', ask='https://www.speedrun.com/api/v1/users/', page='https://www.speedrun.com/users/', yes='"weblink"' },
    { name='modrinth.com', ask='https://api.modrinth.com/v2/user/', page='https://modrinth.com/user/', yes='"username"' },
    { name='steamcommunity.com', ask='https://steamcommunity.com/id/', tail='/?xml=1',
      page='https://steamcommunity.com/id/', yes='<steamID64>', no='could not be found' },
    -- music, films, pictures
    { name='musicbrainz.org', ask='https://musicbrainz.org/user/' },
    { name='last.fm', ask='https://www.last.fm/user/' },
    { name='myanimelist.net', ask='https://myanimelist.net/profile/' },
    { name='duolingo.com', ask='https://www.duolingo.com/2017-06-30/users?username=',
      page='https://www.duolingo.com/profile/', yes='"username"', no='"users"%s*:%s*%[%s*%]' },
}

local function wanted(list, name)
    return (',' .. list:lower():gsub('%s', '') .. ','):find(',' .. name .. ',', 1, true) ~= nil
end

-- Escaped, but for what needs it nowhere.
local function escaped(name)
    local text = url_escape(name):gsub('%%2D', '-'):gsub('%%5F', '_'):gsub('%%2E', '.')
    return text
end

local function spelled(site, name)
    return site['lower'] and name:lower() or site['upper'] and name:upper() or name
end

local function url_of(site, name)
    local url = site['ask'] .. escaped(spelled(site, name)) .. (site['tail'] or '')
    if server then
        return server .. '/' .. url:sub(#'https://' + 1)
    end
    return url
end

local function page_of(site, name)
    if not site['page'] then
        return site['ask'] .. escaped(name) .. (site['tail'] or '')
    end
    return site['page'] .. escaped(name) .. (site['page_tail'] or '')
end

-- Why an answer is none, and when it may be one.
local function reason(reply)
    local headers = reply['headers']
    local reset = headers['x-ratelimit-remaining'] == '0' and (headers['x-ratelimit-reset'] or ''):match('^%d+$')
    if headers['retry-after'] then
        return reply['status'] .. ', retry after ' .. headers['retry-after']:sub(1, 40) .. ' s'
    elseif reset and #reset < 12 then
        return reply['status'] .. ', its limit is used up until ' .. sn0int_time_from(intval(reset))
    end
    return reply['status'] == 200 and '200, neither a profile nor none' or strval(reply['status'])
end

-- true or false; nil and why if it does not say.
local function has_profile(site, name, reply)
    local status, text = reply['status'], reply['text']
    if status == (site['gone'] or 404) and (not site['says'] or text:find(site['says'])) then
        return false
    elseif status ~= 200 then
        return nil, reason(reply)
    elseif site['no'] and text:find(site['no']) or site['unfit'] and text:find(site['unfit']) then
        return false
    elseif text:lower():find(name:lower(), 1, true) and (not site['yes'] or text:find(site['yes'])) then
        return true
    end
    return nil, reason(reply)
end

local function look(site, name)
    ratelimit_throttle(site['name'], 1, site['pause'] or 2000)
    local reply = http_send(http_request(session, 'GET', url_of(site, name), { timeout=15000 }))
    local problem = last_err()
    if problem then
        clear_err()
        return nil, problem
    end
    return has_profile(site, name, reply)
end

-- Those of the table that this run asks.
local function sites_for(arg, only, skip, max)
    local list = {}
    for i = 1, #SITES do
        local name = SITES[i]['name']
        if name ~= arg['service'] and (not only or wanted(only, name)) and not (skip and wanted(skip, name)) and #list < max then
            list[#list + 1] = SITES[i]
        end
    end
    return list
end

-- A name in an option that the table does not have, or nil.
local function stranger(list)
    for name in list:lower():gmatch('[^,%s]+') do
        local known = false
        for i = 1, #SITES do
            known = known or SITES[i]['name'] == name
        end
        if not known then return name end
    end
end

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

function run(arg)
    local only, skip, max = getopt('sites'), getopt('skip'), whole('max', '100')
    if last_err() then return end
    local unknown = stranger((only or '') .. ',' .. (skip or ''))
    if unknown then
        return 'the table has no site ' .. unknown
    end
    local name = arg['username']
    if name == '' or name == '.' or name == '..' then
        return 'no name: ' .. arg['value']
    end

    local sites, failed, problems = sites_for(arg, only, skip, max), 0, ''
    for i = 1, #sites do
        local site = sites[i]
        status(site['name'])
        local found, why = look(site, name)
        if found then
            db_add('account', { service=site['name'], username=name, url=page_of(site, name) })
            if last_err() then return end
        elseif found == nil then
            failed = failed + 1
            problems = problems .. ', ' .. site['name'] .. ' (' .. why .. ')'
        end
    end
    if failed > 0 then
        return 'could not look at ' .. failed .. ' of ' .. #sites .. ' sites: ' .. problems:sub(3)
    end
end
