-- Description: Place, domains and related organisations of a research organisation, from ROR
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: organisations
-- Stealth: passive

-- Page: https://ror.readme.io/docs/rest-api
-- Limits: 50 requests in 5 minutes, 2,000 with a client id, which is free (https://ror.org/api-client-id); the data is CC0
-- Option: server = https://api.ror.org, whom to ask
-- Option: client-id, what ROR knows us by
-- Option: max = 200, at most so many related organisations

local server = getopt('server') or 'https://api.ror.org'
local client = getopt('client-id')
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

-- The answer, nil with the error set, or nil without one for what is not there.
local function ask(path, query)
    ratelimit_throttle('api.ror.org', client and 2000 or 50, 300000)
    local headers = client and { ['client-id']=client } or {}
    local reply = http_send(http_request(session, 'GET', server .. path, { query=query, headers=headers, timeout=60000 }))
    if last_err() then return end
    if reply['status'] == 404 and not query then return end
    if reply['status'] ~= 200 then
        local again = reply['headers']['retry-after']
        return set_err('http status error: ' .. reply['status'] .. (again and ', retry after ' .. again:sub(1, 40) .. ' s' or ''))
    end
    return json_decode(reply['text'])
end

local function has(list, value)
    list = map(list)
    for i = 1, #list do
        if list[i] == value then return true end
    end
    return false
end

-- Acronyms are shared by many, so they are no names.
local function is_called(item, wanted)
    local names = map(item['names'])
    for i = 1, #names do
        local name = map(names[i])
        if text(name['value']) and plain(name['value']) == wanted and not has(name['types'], 'acronym') then
            return true
        end
    end
    return false
end

local function display_name(item)
    local names = map(item['names'])
    for i = 1, #names do
        if has(map(names[i])['types'], 'ror_display') then
            return text(map(names[i])['value'])
        end
    end
end

local function id_of(item)
    local id = text(map(item)['id'])
    return id and id:find('^https://ror%.org/0%w+$') and id or nil
end

local function several(arg, found)
    local all = ''
    for i = 1, #found do
        all = all .. ' ' .. found[i]['id']
        if i == 20 then break end
    end
    warn(#found .. ' organisations are called ' .. arg['value'] .. ', none is taken; write the id of one into registration:' .. all)
end

-- The one that the row is about; nil if there is none, or if it cannot be told which.
local function find(arg)
    local known = (arg['registration'] or ''):match('^https://ror%.org/(0%w+)$')
    if known then
        local item = ask('/v2/organizations/' .. url_escape(known))
        if item and not id_of(item) then
            set_err('the answer has no organisation')
        end
        return item
    end
    local answer = map(ask('/v2/organizations', { query=arg['value'] }))
    if last_err() then return end
    local items = answer['items']
    if map(items) ~= items then
        return set_err('the answer has no list of organisations')
    end
    local found = {}
    for i = 1, #items do
        local item = map(items[i])
        if id_of(item) and is_called(item, plain(arg['value'])) then
            found[#found + 1] = item
        end
    end
    if #found > 1 then
        return several(arg, found)
    end
    return found[1]
end

-- To fund is what many do besides.
local function kind_of(item)
    local types = map(item['types'])
    for i = 1, #types do
        local kind = text(types[i])
        if kind and kind ~= 'funder' and kind ~= 'other' then return kind end
    end
end

-- Of columns only what the row does not have already.
local function update(arg, item)
    local places = map(item['locations'])
    local place = map(map(places[1])['geonames_details'])
    db_update('organisation', arg, {
        displayname=not arg['displayname'] and display_name(item) or nil,
        kind=not arg['kind'] and kind_of(item) or nil,
        registration=not arg['registration'] and id_of(item) or nil,
        country=not arg['country'] and text(place['country_name']) or nil,
        city=not arg['city'] and text(place['name']) or nil,
    })
end

local function is_name(name)
    return name:find('^[%w.-]+%.%a[%w-]+$') and not name:find('%.%.') and not name:find('^[.-]')
end

-- A domain is the organisation's; what is below another one may be only its own part of it.
local function add_domains(arg, item)
    local domains, seen = map(item['domains']), {}
    for i = 1, #domains do
        local name = (text(domains[i]) or ''):lower()
        local domain = is_name(name) and psl_domain_from_dns_name(name)
        if last_err() then return end
        if domain and not seen[name] then
            seen[name] = true
            local family, id = 'domain', db_add('domain', { value=domain })
            if last_err() then return end
            if id and name ~= domain then
                family, id = 'subdomain', db_add('subdomain', { domain_id=id, value=name })
                if last_err() then return end
            end
            if id then
                db_add('link', { left_family='organisation', left_row=arg['id'], right_family=family, right_row=id, value='uses' })
                if last_err() then return end
            end
        end
    end
end

-- What the other one is to this one, by its type; which of the two stands on the left.
local WORDS = {
    parent={ 'parent of', true }, child={ 'parent of', false }, related={ 'related to', false },
    predecessor={ 'predecessor of', true }, successor={ 'predecessor of', false },
}

local function add_related(arg, item, max)
    local list, added = map(item['relationships']), 0
    for i = 1, #list do
        local other = map(list[i])
        local word, name, id = WORDS[text(other['type']) and other['type']:lower() or ''], text(other['label']), id_of(other)
        if word and name and id and id ~= item['id'] then
            if added == max then
                return warn('more than ' .. max .. ' related organisations: the others are left out (option max)')
            end
            added = added + 1
            if plain(name) == plain(arg['value']) then
                name = name .. ' (' .. id .. ')'
            end
            local row = db_add('organisation', { value=name, displayname=other['label'], registration=id })
            if last_err() then return end
            if row then
                db_add('link', {
                    left_family='organisation', left_row=word[2] and row or arg['id'],
                    right_family='organisation', right_row=word[2] and arg['id'] or row, value=word[1],
                })
                if last_err() then return end
            end
        end
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
    local max = whole('max', '200')
    if last_err() then return end
    local item = find(arg)
    if last_err() or not item then return end
    update(arg, item)
    if last_err() then return end
    add_domains(arg, item)
    if last_err() then return end
    add_related(arg, item, max)
end
