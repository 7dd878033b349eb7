-- Description: Country, city and network of addresses, from local GeoLite2 files
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: ipaddrs
-- Stealth: offline

function run(arg)
    local update = {}

    local place = geoip_lookup(arg['value'])
    if last_err() then
        debug(last_err())
        clear_err()
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
        debug(last_err())
        clear_err()
    elseif net then
        update['asn'] = net['asn']
        update['as_org'] = net['as_org']
    end

    db_update('ipaddr', arg, update)
end
