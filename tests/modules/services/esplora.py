"""Esplora, the block explorer of mempool.space and blockstream.info: what an address has, and its transactions in pages of 25.

As API.md of Blockstream/esplora shows it. Sums are in satoshi; what waits for a block is in mempool_stats alone.
"""
from service import Case, Reply, Service, padded

ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEGWIT = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
OTHER = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"


def stats(address, funded, spent, txs, spends):
    waits = {"funded_txo_count": 1, "funded_txo_sum": 77, "spent_txo_count": 0, "spent_txo_sum": 0, "tx_count": 1}
    return {"address": address, "chain_stats": {"funded_txo_count": txs, "funded_txo_sum": funded, "spent_txo_count": spends, "spent_txo_sum": spent,
                                                "tx_count": txs}, "mempool_stats": waits}


def tx(i, time, source=OTHER):
    """One that `source` pays; that of a block has no prevout in its input."""
    prevout = source and {"scriptpubkey_type": "p2pkh", "scriptpubkey_address": source, "value": 1000}
    return {"txid": f"{i:064x}", "version": 1, "locktime": 0, "vin": [{"txid": "0" * 64, "vout": 0, "prevout": prevout, "is_coinbase": source is None}],
            "vout": [{"scriptpubkey_address": ADDRESS, "value": 1000}], "size": 200, "weight": 800, "fee": 10,
            "status": {"confirmed": True, "block_height": 100 + i, "block_hash": "0" * 64, "block_time": time}}


AT = f"/address/{ADDRESS}"
# newest first: 30 of them, the 4th spends, the oldest is of 2009-01-03T18:15:05
ALL = [tx(30 - i, 1700000000 - i * 1000, ADDRESS if i in (3, 9) else OTHER) for i in range(29)] + [tx(1, 1231006505, None)]
PAGES = {AT: Reply(stats(ADDRESS, 5000000000, 40000, 30, 2)), AT + "/txs/chain": Reply(ALL[:25]),
         AT + "/txs/chain/" + ALL[24]["txid"]: Reply(ALL[25:])}
ONE = {"txid": "1" * 64, "vin": [{"prevout": {"scriptpubkey_address": OTHER}}], "status": {"block_time": 1231006505}}
INPUT = '{"txid":"' + "0" * 64 + '","vout":0,"prevout":{"scriptpubkey_address":"' + OTHER + '","scriptpubkey":"' + "0" * 3000 + '"}}'
LONG = padded(b'[{"txid":"' + b"1" * 64 + b'","vin":[', INPUT, b'],"status":{"confirmed":true,"block_time":1231006505}}]')


def arg(value=ADDRESS, **more):
    return {"id": 1, "value": value, "unscoped": False, "currency": None, **more}


SERVICES = [
    Service(
        module="esplora-address", argument=arg(), answer=PAGES, empty={AT: Reply(stats(ADDRESS, 0, 0, 0, 0))},
        error={AT: Reply({"error": "Too many history entries"})},
        large={AT: Reply(stats(ADDRESS, 1000, 0, 1, 0)), AT + "/txs/chain": Reply(LONG)},
        more={
            "segwit": Case({"/address/" + SEGWIT: Reply(stats(SEGWIT, 500, 0, 1, 0)), f"/address/{SEGWIT}/txs/chain": Reply([ONE])},
                           argument=arg(SEGWIT.upper())),
            "another-coin": Case({}, argument=arg(currency="litecoin"), rows=False),
            "no-address": Case({}, argument=arg("0x52908400098527886E0F7030069857D2E4169EE7"), rows=False),
            "invalid": Case({"/address/" + OTHER: Reply("Invalid Bitcoin address", 400, "text/plain")}, argument=arg(OTHER), ends="error", rows=False),
            "far": Case({**PAGES, AT: Reply(stats(ADDRESS, 5000000000, 40000, 3000, 2))}, options={"pages": "2"}),
            "second-page-fails": Case({**PAGES, AT + "/txs/chain/" + ALL[24]["txid"]: Reply("busy", 503, "text/plain")}, ends="error"),
            "short": Case({**PAGES, AT + "/txs/chain/" + ALL[24]["txid"]: Reply([])}, ends="error"),
            "odd": Case({AT: Reply({"address": ADDRESS, "chain_stats": {"funded_txo_sum": "5", "spent_txo_sum": 0.5, "tx_count": -1,
                                                                       "spent_txo_count": True}})}, ends="error", rows=False),
            "odd-transactions": Case({AT: Reply(stats(ADDRESS, 10, 0, 9, 1)), AT + "/txs/chain": Reply(
                [{"txid": "1" * 64, "vin": 5, "status": {"block_time": 5}}, {"txid": "2" * 64, "vin": [1, None, {"prevout": "x"}], "status": {"block_time": 4}},
                 None, {"txid": 1, "status": "x"}])}, ends="error"),
            "no-list": Case({AT: Reply(stats(ADDRESS, 10, 0, 9, 1)), AT + "/txs/chain": Reply({"error": "x"})}, ends="error"),
            "another-address": Case({AT: Reply(stats(OTHER, 10, 0, 1, 0))}, ends="error", rows=False),
        }),
]
