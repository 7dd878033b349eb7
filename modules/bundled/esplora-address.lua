-- Description: Balance and history of a Bitcoin address, from mempool.space or another Esplora
-- Version: 1.0.1
-- License: GPL-3.0
-- Source: cryptoaddrs
-- Stealth: passive

-- Runs-In: sn0int 0.26.1
-- Page: https://github.com/Blockstream/esplora/blob/master/API.md
-- Limits: mempool.space does not say how much it takes, and answers 429 beyond it; https://blockstream.info/api is another
-- Option: server = https://mempool.space/api, whom to ask: the base of an Esplora
-- Option: pages = 20, at most so many pages of 25 transactions; without the last page the first transaction is not known

local server = getopt('server') or 'https://mempool.space/api'
local session = http_mksession()
local PER_PAGE = 25

local function text(x)
    return ('%s'):format(x) == x and not x:find('%c') and x or nil
end

local function map(x)
    return not text(x) and ('%s'):format(x) == 'table' and x or {}
end

-- a whole number that is not negative
local function number(x)
    return not text(x) and ('%s'):format(x):match('^%d+$') and x or nil
end

-- As Esplora writes it; nil if it is no address of Bitcoin's main network.
local function address_of(value)
    local lower = value:lower()
    if lower:find('^bc1[02-9ac-hj-np-z]+$') and #value >= 14 and #value <= 90 then
        return lower
    end
    if value:find('^[13][1-9A-HJ-NP-Za-km-z]+$') and #value >= 26 and #value <= 35 then
        return value
    end
end

local BITCOIN = { bitcoin=true, btc=true, xbt=true }

local function ask(path)
    ratelimit_throttle('esplora', 5, 10000)
    local reply = http_fetch(http_request(session, 'GET', server .. path, { timeout=30000 }))
    if last_err() then return end
    local answer = json_decode(reply['text'])
    if last_err() then return end
    return answer, reply['text']:find('^%s*%[') ~= nil
end

-- What stands in the blocks; what waits for one may never get there.
local function stats(address)
    local answer = map(ask('/address/' .. url_escape(address)))
    if last_err() then return end
    local chain = map(answer['chain_stats'])
    local known = { funded=number(chain['funded_txo_sum']), spent=number(chain['spent_txo_sum']),
        spends=number(chain['spent_txo_count']), txs=number(chain['tx_count']) }
    if answer['address'] ~= address or not known['funded'] or not known['spent'] or not known['spends'] or not known['txs']
            or known['spent'] > known['funded'] then
        return set_err('the answer has no sums of this address')
    end
    return known
end

local function spends(tx, address)
    local inputs = map(tx['vin'])
    for i = 1, #inputs do
        if map(map(inputs[i])['prevout'])['scriptpubkey_address'] == address then
            return true
        end
    end
    return false
end

-- One page of transactions, the newest first, into `found`.
local function read_page(list, address, found)
    for i = 1, #list do
        local tx = map(list[i])
        local status = map(tx['status'])
        local time, id = number(status['block_time']), text(tx['txid'])
        if not time or not id then
            return set_err('a transaction without txid and time of its block')
        end
        found['count'] = found['count'] + 1
        found['first'], found['id'] = time, id
        if not found['out'] and spends(tx, address) then
            found['out'] = time
        end
    end
end

-- Pages until the first transaction, or, if that is too far, until the last withdrawal.
local function history(address, known, pages)
    local found = { count=0 }
    local whole = known['txs'] <= pages * PER_PAGE
    local page = 1
    while page <= pages and found['count'] < known['txs'] and (whole or known['spends'] > 0 and not found['out']) do
        local list, is_list = ask('/address/' .. url_escape(address) .. '/txs/chain' .. (found['id'] and '/' .. url_escape(found['id']) or ''))
        if not last_err() and not is_list then
            set_err('no list of transactions')
        end
        if last_err() then return found end
        local before = found['count']
        read_page(list, address, found)
        if not last_err() and found['count'] == before then
            set_err('transactions end after ' .. before .. ' of ' .. strval(known['txs']))
        end
        if last_err() then return found end
        page = page + 1
    end
    if not whole then
        warn(address .. ' has ' .. strval(known['txs']) .. ' transactions: the first one'
            .. (known['spends'] > 0 and not found['out'] and ' and the last withdrawal are' or ' is') .. ' not known (option pages)')
    end
    return found
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
    local pages = whole('pages', '20')
    if last_err() then return end
    local currency = arg['currency']
    local address = address_of(arg['value'])
    if not address or currency and not BITCOIN[currency:lower()] then
        return debug('no address of Bitcoin: ' .. arg['value'])
    end

    local known = stats(address)
    if last_err() then return end
    if known['txs'] == 0 then
        return info(address .. ' was never used')
    end
    db_update('cryptoaddr', arg, {
        currency=currency or 'bitcoin', denominator=8, balance=known['funded'] - known['spent'], received=known['funded'],
    })
    if last_err() then return end

    local found = history(address, known, pages)
    local problem = last_err()
    clear_err()
    db_update('cryptoaddr', arg, {
        first_seen=found['count'] >= known['txs'] and sn0int_time_from(found['first']) or nil,
        last_withdrawal=found['out'] and sn0int_time_from(found['out']) or nil,
    })
    return problem
end
