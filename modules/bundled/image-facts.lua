-- Description: Size, kind, place (EXIF) and perceptual hashes of images, without a network
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: images
-- Stealth: offline

-- Option: nudity, yes: how much skin there is, too

-- An image that names no place is an answer, one whose EXIF is damaged is none.
local NONE = { ['the image has no EXIF']=true, ['EXIF is not looked for in this format']=true }

-- Latitude and longitude, nil if there is no place; the problem, if that cannot be told.
local function place_of(id)
    local place = img_exif(id)
    local problem = last_err()
    clear_err()
    if problem then
        return nil, not NONE[problem] and 'no place: ' .. problem or nil
    end
    return place and place['latitude'] and place['longitude'] and place or nil
end

-- What the picture itself says. HEIF and AVIF may have a place, and are not decoded.
local function look(id, nudity)
    local facts = img_load(id)
    if last_err() then return end
    facts['ahash'] = img_ahash(id)
    if last_err() then return end
    facts['dhash'] = img_dhash(id)
    if last_err() then return end
    facts['phash'] = img_phash(id)
    if last_err() then return end
    if nudity then
        local skin = img_nudity(id)
        if last_err() then return end
        facts['nudity'] = skin['score']
    end
    return facts
end

function run(arg)
    local nudity = getopt('nudity')
    if nudity and nudity ~= 'yes' and nudity ~= 'no' then
        return 'the option nudity is yes or no'
    end
    local id = arg['value']
    local place, problem = place_of(id)
    local facts = look(id, nudity == 'yes')
    if last_err() then
        problem = last_err()
        clear_err()
        facts = {}
    end
    if place then
        facts['latitude'], facts['longitude'] = place['latitude'], place['longitude']
    end
    db_update('image', arg, facts)
    return problem
end
