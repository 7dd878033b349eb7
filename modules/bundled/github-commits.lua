-- Description: Mail addresses and names in the public commits of an account of GitHub
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: accounts:github.com
-- Keyring-Access: github
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://docs.github.com/en/rest/search/search
-- Limits: 10 searches a minute without a key, 30 with one (github:NAME, a token without rights)
-- Options: optional-key
-- Option: server = https://api.github.com, where to ask
-- Option: pages = 1, so many pages of 100 commits at most, the newest first (10 is all there is)

-- Events of a push (/users/NAME/events/public) do not name commits any more, the search does.

-- From 1 on; an error of the run otherwise.
local function whole(name, default)
    local value = getopt(name) or default
    if value:find('^[1-9]%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return intval(value)
    end
    set_err('option ' .. name .. ' is a whole number from 1 on, not ' .. value)
end

local server = getopt('server') or 'https://api.github.com'
local key = keyring('github')[1]
local pages = whole('pages', '1')
local seen = {}

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

-- when the limit of the hour is spent
local function spent(reply)
    local reset = text(reply['headers']['x-ratelimit-reset'])
    if reply['headers']['x-ratelimit-remaining'] ~= '0' or not reset or not reset:match('^%d%d?%d?%d?%d?%d?%d?%d?%d?%d?%d?$') then
        return failed(reply)
    end
    local limit = key and '' or '; without a key there are 10 searches a minute'
    return ('%s: no requests are left until %s UTC%s'):format(failed(reply), sn0int_time_from(intval(reset)), limit)
end

-- the object or list at a path; nil without an error if there is none
local function ask(session, path, query)
    ratelimit_throttle('api.github.com/search', key and 30 or 10, 60000)
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
    -- of somebody whom there is not it says that the query is not valid
    if reply['status'] == 422 and reply['text']:find('do not exist', 1, true) then return end
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

-- the account is found by its addresses: names are those of whoever wrote the commit
local function add_author(arg, item)
    local account = group(item['author'])
    local commit = group(item['commit'])
    local author = commit and group(commit['author'])
    if not author or not account or not text(account['login']) or account['login']:lower() ~= arg['username']:lower() then return end
    local mail = text(author['email'])
    if not mail or not mail:match('^[^@%s]+@[^@%s]+%.[^@%s]+$') or mail:find('..', 1, true) then return end
    mail = mail:lower()
    if seen[mail] or mail == 'noreply@github.com' or mail:match('[@.]users%.noreply%.github%.com$') then return end
    seen[mail] = true
    db_add('email', { value=mail, displayname=text(author['name']) })
end

function run(arg)
    if last_err() then return end
    if pages > 10 then pages = 10 end
    local session = http_mksession()
    for page = 1, pages do
        local found = ask(session, '/search/commits', {
            q='author:' .. arg['username'], sort='author-date', order='desc', per_page='100', page=('%d'):format(page),
        })
        if last_err() or not found then return end
        local items = group(found['items'])
        if not items then return 'the answer has no items' end
        if found['incomplete_results'] == true then
            warn('GitHub did not search to the end for ' .. arg['username'])
        end
        for i = 1, #items do
            if group(items[i]) then add_author(arg, items[i]) end
            if last_err() then return end
        end
        if #items < 100 or found['total_count'] == page * 100 then return end
    end
    warn(('of the commits of %s only the newest %d were looked at'):format(arg['username'], pages * 100))
end
