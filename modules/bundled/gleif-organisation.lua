-- Description: Legal entity, number (LEI) and parents of an organisation, from GLEIF
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: organisations
-- Stealth: passive

-- Page: https://www.gleif.org/en/lei-data/gleif-api
-- Limits: free and without a key, the data is CC0; tools that use it know of 60 requests a minute
-- Option: server = https://api.gleif.org, whom to ask
-- Option: country, two letters: only entities whose legal address is there

local server = getopt('server') or 'https://api.gleif.org'
local session = http_mksession()
local PER_PAGE = 100

local function text(x)
    return ('%s'):format(x) == x and x ~= '' and not x:find('%c') and x or nil
end

local function map(x)
    return ('%s'):format(x) == 'table' and x ~= 'table' and x or {}
end

-- Of the country GLEIF has two letters (ISO 3166), the column has its name.
local COUNTRIES = ';AD=Andorra;AE=United Arab Emirates;AF=Afghanistan;AG=Antigua and Barbuda;AI=Anguilla;AL=Albania;'
    .. 'AM=Armenia;AO=Angola;AQ=Antarctica;AR=Argentina;AS=American Samoa;AT=Austria;AU=Australia;AW=Aruba;'
    .. 'AX=Åland Islands;AZ=Azerbaijan;BA=Bosnia and Herzegovina;BB=Barbados;BD=Bangladesh;BE=Belgium;'
    .. 'BF=Burkina Faso;BG=Bulgaria;BH=Bahrain;BI=Burundi;BJ=Benin;BL=Saint Barthélemy;BM=Bermuda;BN=Brunei;'
    .. 'BO=Bolivia;BQ=Caribbean Netherlands;BR=Brazil;BS=Bahamas;BT=Bhutan;BV=Bouvet Island;BW=Botswana;'
    .. 'BY=Belarus;BZ=Belize;CA=Canada;CC=Cocos Islands;CD=DR Congo;CF=Central African Rep.;CG=Congo;'
    .. 'CH=Switzerland;CI=Ivory Coast;CK=Cook Islands;CL=Chile;CM=Cameroon;CN=China;CO=Colombia;'
    .. 'CR=Costa Rica;CU=Cuba;CV=Cape Verde;CW=Curaçao;CX=Christmas Island;CY=Cyprus;CZ=Czechia;DE=Germany;'
    .. 'DJ=Djibouti;DK=Denmark;DM=Dominica;DO=Dominican Republic;DZ=Algeria;EC=Ecuador;EE=Estonia;EG=Egypt;'
    .. 'EH=Western Sahara;ER=Eritrea;ES=Spain;ET=Ethiopia;FI=Finland;FJ=Fiji;FK=Falkland Islands;'
    .. 'FM=Micronesia;FO=Faroe Islands;FR=France;GA=Gabon;GB=United Kingdom;GD=Grenada;GE=Georgia;'
    .. 'GF=French Guiana;GG=Guernsey;GH=Ghana;GI=Gibraltar;GL=Greenland;GM=Gambia;GN=Guinea;GP=Guadeloupe;'
    .. 'GQ=Equatorial Guinea;GR=Greece;GS=South Georgia and the South Sandwich Islands;GT=Guatemala;GU=Guam;'
    .. 'GW=Guinea-Bissau;GY=Guyana;HK=Hong Kong;HM=Heard Island and McDonald Islands;HN=Honduras;HR=Croatia;'
    .. 'HT=Haiti;HU=Hungary;ID=Indonesia;IE=Ireland;IL=Israel;IM=Isle of Man;IN=India;'
    .. 'IO=British Indian Ocean Territory;IQ=Iraq;IR=Iran;IS=Iceland;IT=Italy;JE=Jersey;JM=Jamaica;'
    .. 'JO=Jordan;JP=Japan;KE=Kenya;KG=Kyrgyzstan;KH=Cambodia;KI=Kiribati;KM=Comoros;'
    .. 'KN=Saint Kitts and Nevis;KP=North Korea;KR=South Korea;KW=Kuwait;KY=Cayman Islands;KZ=Kazakhstan;'
    .. 'LA=Laos;LB=Lebanon;LC=Saint Lucia;LI=Liechtenstein;LK=Sri Lanka;LR=Liberia;LS=Lesotho;LT=Lithuania;'
    .. 'LU=Luxembourg;LV=Latvia;LY=Libya;MA=Morocco;MC=Monaco;MD=Moldova;ME=Montenegro;MF=Saint Martin;'
    .. 'MG=Madagascar;MH=Marshall Islands;MK=North Macedonia;ML=Mali;MM=Myanmar;MN=Mongolia;MO=Macao;'
    .. 'MP=Northern Mariana Islands;MQ=Martinique;MR=Mauritania;MS=Montserrat;MT=Malta;MU=Mauritius;'
    .. 'MV=Maldives;MW=Malawi;MX=Mexico;MY=Malaysia;MZ=Mozambique;NA=Namibia;NC=New Caledonia;NE=Niger;'
    .. 'NF=Norfolk Island;NG=Nigeria;NI=Nicaragua;NL=Netherlands;NO=Norway;NP=Nepal;NR=Nauru;NU=Niue;'
    .. 'NZ=New Zealand;OM=Oman;PA=Panama;PE=Peru;PF=French Polynesia;PG=Papua New Guinea;PH=Philippines;'
    .. 'PK=Pakistan;PL=Poland;PM=Saint Pierre and Miquelon;PN=Pitcairn;PR=Puerto Rico;PS=Palestine;'
    .. 'PT=Portugal;PW=Palau;PY=Paraguay;QA=Qatar;RE=Réunion;RO=Romania;RS=Serbia;RU=Russia;RW=Rwanda;'
    .. 'SA=Saudi Arabia;SB=Solomon Islands;SC=Seychelles;SD=Sudan;SE=Sweden;SG=Singapore;SH=Saint Helena;'
    .. 'SI=Slovenia;SJ=Svalbard and Jan Mayen;SK=Slovakia;SL=Sierra Leone;SM=San Marino;SN=Senegal;'
    .. 'SO=Somalia;SR=Suriname;SS=South Sudan;ST=Sao Tome and Principe;SV=El Salvador;SX=Sint Maarten;'
    .. 'SY=Syria;SZ=Eswatini;TC=Turks and Caicos Is;TD=Chad;TF=French Southern Territories;TG=Togo;'
    .. 'TH=Thailand;TJ=Tajikistan;TK=Tokelau;TL=East Timor;TM=Turkmenistan;TN=Tunisia;TO=Tonga;TR=Turkey;'
    .. 'TT=Trinidad and Tobago;TV=Tuvalu;TW=Taiwan;TZ=Tanzania;UA=Ukraine;UG=Uganda;'
    .. 'UM=U.S. Outlying Islands;US=United States;UY=Uruguay;UZ=Uzbekistan;VA=Vatican City;VC=Saint Vincent;'
    .. 'VE=Venezuela;VG=British Virgin Islands;VI=U.S. Virgin Islands;VN=Vietnam;VU=Vanuatu;'
    .. 'WF=Wallis and Futuna;WS=Samoa;YE=Yemen;YT=Mayotte;ZA=South Africa;ZM=Zambia;ZW=Zimbabwe;'

-- What GLEIF says of GENERAL is nothing.
local KINDS = {
    BRANCH='branch', FUND='fund', SOLE_PROPRIETOR='sole proprietor', RESIDENT_GOVERNMENT_ENTITY='authority',
    INTERNATIONAL_ORGANIZATION='international organisation',
}

-- Spelled alike: without case (of ASCII) and with single blanks.
local function plain(name)
    return name:lower():gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')
end

-- The answer, nil with the error set, or nil without one for what is not there.
local function ask(path, query)
    ratelimit_throttle('api.gleif.org', 60, 60000)
    local reply = http_send(http_request(session, 'GET', server .. path, {
        query=query, headers={ accept='application/vnd.api+json' }, timeout=60000,
    }))
    if last_err() then return end
    if reply['status'] == 404 and not query then return end
    if reply['status'] ~= 200 then
        local again = reply['headers']['retry-after']
        return set_err('http status error: ' .. reply['status'] .. (again and ', retry after ' .. again:sub(1, 40) .. ' s' or ''))
    end
    return json_decode(reply['text'])
end

local function country_of(code)
    return text(code) and code:find('^%u%u$') and COUNTRIES:match(';' .. code .. '=([^;]+)') or nil
end

-- What a record says; nil if it is none.
local function entity_of(record)
    local attributes = map(map(record)['attributes'])
    local entity = map(attributes['entity'])
    local place = map(entity['legalAddress'])
    local lei, name = text(attributes['lei']), text(map(entity['legalName'])['name'])
    if not lei or not lei:find('^%w+$') or #lei ~= 20 or not name then return end
    return {
        lei=lei, name=name, kind=text(entity['category']) and KINDS[entity['category']] or nil, city=text(place['city']),
        country=country_of(place['country']), code=text(place['country']), relationships=map(map(record)['relationships']),
    }
end

-- Of columns only what the row does not have already.
local function update(arg, entity)
    db_update('organisation', arg, {
        displayname=not arg['displayname'] and entity['name'] or nil,
        kind=not arg['kind'] and entity['kind'] or nil,
        registration=not arg['registration'] and entity['lei'] or nil,
        country=not arg['country'] and entity['country'] or nil,
        city=not arg['city'] and entity['city'] or nil,
    })
end

-- Those of exactly this name. The filter of GLEIF finds more: names with these words in them.
local function named(arg, list, country)
    local found = {}
    for i = 1, #list do
        local entity = entity_of(list[i])
        if entity and plain(entity['name']) == plain(arg['value']) and (not country or entity['code'] == country) then
            found[#found + 1] = entity
        end
    end
    return found
end

local function several(arg, found)
    local all = ''
    for i = 1, #found do
        local entity = found[i]
        all = all .. ', ' .. entity['lei'] .. ' (' .. (entity['city'] and entity['city'] .. ' ' or '') .. (entity['code'] or '?') .. ')'
        if i == 20 then break end
    end
    warn(#found .. ' entities are called ' .. arg['value'] .. ', none is taken; write the LEI of one into registration' .. all)
end

-- The one that the row is about; nil if there is none, or if it cannot be told which.
local function find(arg, country)
    local known = arg['registration']
    if known and #known == 20 and known:find('^%w+%d%d$') then
        local answer = ask('/api/v1/lei-records/' .. url_escape(known))
        local entity = entity_of(map(answer)['data'])
        if answer and not entity and not last_err() then
            set_err('the answer has no record of an entity')
        end
        return entity
    end
    local answer = ask('/api/v1/lei-records', {
        ['filter[entity.legalName]']=arg['value'], ['page[size]']=strval(PER_PAGE), ['page[number]']='1',
    })
    if last_err() then return end
    local list = map(answer)['data']
    if map(list) ~= list or list['type'] then
        return set_err('the answer has no list of records')
    end
    if #list >= PER_PAGE then
        warn('more than ' .. PER_PAGE .. ' entities have a name like ' .. arg['value'] .. ': only those are looked at')
    end
    local found = named(arg, list, country)
    if #found > 1 then
        return several(arg, found)
    end
    return found[1]
end

-- Two of one name are two: the number tells them apart.
local function add_parent(arg, parent, word)
    local name = parent['name']
    if plain(name) == plain(arg['value']) then
        name = name .. ' (' .. parent['lei'] .. ')'
    end
    local id = db_add('organisation', {
        value=name, displayname=parent['name'], kind=parent['kind'], registration=parent['lei'], country=parent['country'], city=parent['city'],
    })
    if last_err() or not id then return end
    db_add('link', { left_family='organisation', left_row=id, right_family='organisation', right_row=arg['id'], value=word })
end

local function take_parent(arg, entity, kind, word)
    -- who says why there is no parent has none that could be asked for
    if map(map(entity['relationships'][kind])['links'])['reporting-exception'] then
        return info(entity['name'] .. ' reports no ' .. kind)
    end
    local answer = ask('/api/v1/lei-records/' .. url_escape(entity['lei']) .. '/' .. kind)
    if last_err() then return end
    local parent = entity_of(map(answer)['data'])
    if answer and not parent then
        return set_err('the answer has no record of a parent')
    end
    if parent and parent['lei'] ~= entity['lei'] then
        add_parent(arg, parent, word)
    end
end

function run(arg)
    local country = getopt('country')
    if country and not country:find('^%a%a$') then
        return 'the option country is two letters'
    end
    local entity = find(arg, country and country:upper())
    if last_err() or not entity then return end
    update(arg, entity)
    if last_err() then return end
    take_parent(arg, entity, 'direct-parent', 'parent of')
    if last_err() then return end
    take_parent(arg, entity, 'ultimate-parent', 'ultimate parent of')
end
