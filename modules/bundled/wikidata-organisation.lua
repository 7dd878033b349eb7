-- Description: Websites and accounts of an organisation, from Wikidata
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: organisations
-- Stealth: passive

-- Page: https://www.mediawiki.org/wiki/Wikimedia_APIs/Access_policy
-- Limits: whoever asks has to say how to reach them (option contact), and asks one thing at a time; the data is CC0
-- Option: contact, how Wikimedia reaches you: an address of mail or the URL of a page; nothing is asked without it
-- Option: item, the item of Wikidata, such as Q42, instead of a search
-- Option: language = en, of names and descriptions
-- Option: server = https://www.wikidata.org, whom to ask

local server = getopt('server') or 'https://www.wikidata.org'
local language = getopt('language') or 'en'
local session = http_mksession()

local function text(x)
    return ('%s'):format(x) == x and x ~= '' and not x:find('%c') and x or nil
end

local function map(x)
    return ('%s'):format(x) == 'table' and x ~= 'table' and x or {}
end

-- Spelled alike: without case (of ASCII) and with single blanks.
local function plain(name)
    return name:lower():gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')
end

-- An error comes with status 200: {error={code, info}}.
local function ask(contact, query)
    ratelimit_throttle('www.wikidata.org', 1, 1000)
    query['format'], query['maxlag'] = 'json', '5'
    local reply = http_fetch(http_request(session, 'GET', server .. '/w/api.php', {
        query=query, user_agent='sn0int/' .. sn0int_version() .. ' (' .. contact .. ')', timeout=60000,
    }))
    if last_err() then return end
    local answer = map(json_decode(reply['text']))
    if last_err() then return end
    if answer['error'] then
        local again = reply['headers']['retry-after']
        return set_err('Wikidata: ' .. (text(map(answer['error'])['code']) or 'an error') .. (again and ', retry after ' .. again:sub(1, 40) .. ' s' or ''))
    end
    return answer
end

-- Ids of the items that have exactly this name or that are also called so, with blanks; nil if there are none.
local function search(contact, name)
    local answer = ask(contact, { action='wbsearchentities', search=name, language=language, uselang=language, type='item', limit='50' })
    if last_err() then return end
    local list = answer['search']
    if map(list) ~= list then
        return set_err('the answer has no list of items')
    end
    local ids
    for i = 1, #list do
        local found = map(list[i])
        local id, called = text(found['id']), text(map(found['match'])['text']) or text(found['label'])
        if id and id:find('^Q%d+$') and called and plain(called) == plain(name) then
            ids = (ids and ids .. '|' or '') .. id
        end
    end
    return ids
end

-- The values of a property that hold: not those that are marked as wrong, or that were so until some day.
local function values(item, property)
    local claims, found = map(map(item['claims'])[property]), {}
    for i = 1, #claims do
        local claim = map(claims[i])
        local snak = map(claim['mainsnak'])
        if claim['rank'] ~= 'deprecated' and snak['snaktype'] == 'value' and not map(claim['qualifiers'])['P582'] then
            found[#found + 1] = map(snak['datavalue'])['value']
        end
    end
    return found
end

local function value(item, property)
    local all = values(item, property)
    for i = 1, #all do
        if text(all[i]) then return all[i] end
    end
end

local function is_human(item)
    local classes = values(item, 'P31')
    for i = 1, #classes do
        if map(classes[i])['id'] == 'Q5' then return true end
    end
    return false
end

-- What only organisations have: seat, legal form, industry, parent, chief, number in a register (LEI, ROR).
local OF_ORGANISATIONS = { 'P159', 'P1454', 'P452', 'P749', 'P169', 'P1278', 'P6782' }

local function is_organisation(item)
    if is_human(item) then return false end
    for i = 1, #OF_ORGANISATIONS do
        if #values(item, OF_ORGANISATIONS[i]) > 0 then return true end
    end
    return false
end

local function in_language(texts)
    return text(map(map(texts)[language])['value'])
end

-- All items with these ids that the module is about.
local function items_of(contact, ids)
    local answer = ask(contact, { action='wbgetentities', ids=ids, props='labels|descriptions|claims', languages=language })
    if last_err() then return end
    local entities, found = answer['entities'], {}
    if map(entities) ~= entities then
        return set_err('the answer has no items')
    end
    for id in ids:gmatch('Q%d+') do
        local item = map(entities[id])
        if item['id'] ~= id then
            return set_err('the answer does not have ' .. id .. '; its item may have become another one')
        elseif not item['missing'] and is_organisation(item) then
            found[#found + 1] = item
        end
    end
    return found
end

local function list_of(found)
    local all = ''
    for i = 1, #found do
        local about = in_language(found[i]['descriptions'])
        all = all .. ', ' .. found[i]['id'] .. (about and ' (' .. about .. ')' or '')
        if i == 20 then break end
    end
    return all:sub(3)
end

-- service: what the account is called; the pattern that a name has; the profile.
local ACCOUNTS = {
    { 'P2037', 'github.com', '^[%w-]+$', 'https://github.com/' },
    { 'P2002', 'twitter.com', '^[%w_]+$', 'https://twitter.com/' },
    { 'P2003', 'instagram.com', '^[%w_.]+$', 'https://www.instagram.com/' },
    { 'P2013', 'facebook.com', '^[%w_.-]+$', 'https://www.facebook.com/' },
    { 'P2397', 'youtube.com', '^UC[%w_-]+$', 'https://www.youtube.com/channel/' },
    { 'P7085', 'tiktok.com', '^[%w_.]+$', 'https://www.tiktok.com/@' },
    { 'P3789', 't.me', '^[%w_]+$', 'https://t.me/' },
    { 'P12361', 'bsky.app', '^[%w.-]+$', 'https://bsky.app/profile/' },
    { 'P4264', 'linkedin.com', '^[%w%-]+$', 'https://www.linkedin.com/company/' },
}

local function link(arg, family, id)
    if not id then return end
    db_add('link', { left_family='organisation', left_row=arg['id'], right_family=family, right_row=id, value='has' })
end

local function add_account(arg, service, name, url)
    local id = db_add('account', { service=service, username=name, url=url })
    if last_err() then return end
    link(arg, 'account', id)
end

local function add_accounts(arg, item)
    for i = 1, #ACCOUNTS do
        local property, service, pattern, url = ACCOUNTS[i][1], ACCOUNTS[i][2], ACCOUNTS[i][3], ACCOUNTS[i][4]
        local names = values(item, property)
        for j = 1, #names do
            if text(names[j]) and names[j]:find(pattern) then
                add_account(arg, service, names[j], url .. names[j])
                if last_err() then return end
            end
        end
    end
    -- Mastodon: NAME@HOST
    local names = values(item, 'P4033')
    for i = 1, #names do
        local name, host = (text(names[i]) or ''):match('^([%w_.-]+)@([%w.-]+%.%a[%w-]*)$')
        if name then
            add_account(arg, host:lower(), name, 'https://' .. host:lower() .. '/@' .. name)
            if last_err() then return end
        end
    end
end

-- A page there is no host of theirs.
local PLATFORMS = {
    ['facebook.com']=true, ['instagram.com']=true, ['twitter.com']=true, ['x.com']=true, ['linkedin.com']=true, ['youtube.com']=true,
    ['google.com']=true, ['archive.org']=true, ['t.me']=true, ['vk.com']=true, ['tiktok.com']=true, ['github.com']=true,
}

local function add_sites(arg, item)
    local urls = values(item, 'P856')
    for i = 1, #urls do
        local url = text(urls[i]) and urls[i]:find('^https?://') and url_parse(urls[i])
        local host = url and text(url['host'])
        clear_err()
        local domain = host and host:find('%.%a[%w-]*$') and not host:find('..', 1, true) and psl_domain_from_dns_name(host)
        if last_err() then return end
        if domain and not PLATFORMS[domain] then
            local domain_id = db_add('domain', { value=domain })
            if last_err() then return end
            local name_id = domain_id and db_add('subdomain', { domain_id=domain_id, value=host })
            if last_err() then return end
            local id = name_id and db_add('url', { subdomain_id=name_id, value=urls[i] })
            if last_err() then return end
            link(arg, 'url', id)
            if last_err() then return end
        end
    end
end

-- The only one; of several it cannot be told which the row is about.
local function choose(arg, found, known)
    if #found > 1 then
        return warn(#found .. ' organisations are called ' .. arg['value'] .. ', none is taken; choose by the option item: ' .. list_of(found))
    end
    if known and not found[1] then
        return warn(known .. ' is no organisation, or not there')
    end
    return found[1]
end

-- Of columns only what the row does not have already.
local function update(arg, item)
    db_update('organisation', arg, {
        displayname=not arg['displayname'] and in_language(item['labels']) or nil,
        registration=not arg['registration'] and value(item, 'P1278') or nil,
        description=not arg['description'] and in_language(item['descriptions']) or nil,
    })
end

function run(arg)
    local contact = getopt('contact') or ''
    if not contact:find('^%S+@%S+$') and not contact:find('^https?://%S+$') then
        return 'Wikidata wants to know how to reach who asks: set contact to an address of mail or a URL, -o contact=you@example.org'
    end
    local known = getopt('item')
    if known and not known:find('^Q%d+$') then
        return 'the option item is Q and a number'
    end
    local ids = known or search(contact, arg['value'])
    if last_err() or not ids then return end
    local found = items_of(contact, ids)
    if last_err() then return end
    local item = choose(arg, found, known)
    if not item then return end
    update(arg, item)
    if last_err() then return end
    add_sites(arg, item)
    if last_err() then return end
    add_accounts(arg, item)
end
