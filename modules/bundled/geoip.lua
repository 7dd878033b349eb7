-- Description: Country, city and network of addresses, from local GeoLite2 files
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: offline

-- Runs-In: sn0int 0.26.1

-- An address that a file does not know is an answer, a missing file is none.
local function why_not()
    local problem = last_err()
    clear_err()
    if problem:match('^No %a+ database loaded$') then
        return problem .. ': sn0int update-lists --help says how to get it'
    end
    debug(problem)
end

function run(arg)
    local update, problem = {}, nil

    local place = geoip_lookup(arg['value'])
    if last_err() then
        problem = why_not()
    elseif place then
        update['continent'] = place['continent']
        update['continent_code'] = place['continent_code']
        update['country'] = place['country']
        update['country_code'] = place['country_code']
        update['city'] = place['city']
        update['latitude'] = place['latitude']
        update['longitude'] = place['longitude']
    end

    local net = asn_lookup(arg['value'])
    if last_err() then
        problem = why_not() or problem
    elseif net then
        update['asn'] = net['asn']
        update['as_org'] = net['as_org']
    end

    db_update('ipaddr', arg, update)
    return problem
end
