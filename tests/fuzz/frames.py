"""Frames: short lives of WebSockets, several at once. Handshake and framing are written here: so they can be wrong.

A socket is left when the server has answered a ping behind all that was sent, or has closed it.
"""

import asyncio
import random
import struct

import orjson

from tests.fuzz import mutate
from tests.fuzz.bodies import PATIENCE_S
from tests.fuzz.place import Place
from tests.fuzz.stock import Stock
from tests.fuzz.verdict import Verdict

SOCKETS = 4
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
HANDSHAKE = (
    *("GET /graphql HTTP/1.1", "host: x", "upgrade: websocket", "connection: Upgrade", "sec-websocket-version: 13"),
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
)
LAST = b'{"type":"ping","payload":{}}'


async def run(place: Place, stock: Stock, count: int, verdict: Verdict) -> None:
    """So many frames, and the few of the last sockets."""
    until = verdict.frames + count

    async def client() -> None:
        while verdict.frames < until and place.alive:
            await _life(place, stock, verdict)

    await asyncio.gather(*(client() for _ in range(SOCKETS)))


async def _life(place: Place, stock: Stock, verdict: Verdict) -> None:
    rng = stock.rng
    tame = rng.random() < 0.6
    frames = [_frame(rng, stock, place, tame=tame) for _ in range(rng.randint(1, 12))]
    if rng.random() < 0.93:
        frames.insert(0, pack(_init(rng, place)))
    verdict.frames += len(frames)
    sent = b"".join(frames)
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    except (OSError, TimeoutError):
        verdict.crashes += 1
        verdict.broken("no connection", sent)
        return
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(_handshake(rng))
            status = int((await reader.readuntil(b"\r\n\r\n"))[9:12])
            if status != 101:
                verdict.closed(sent, status)
                return
            writer.write(sent + pack(LAST))
            verdict.closed(sent, await _read(reader, sent, verdict))
    except (OSError, asyncio.IncompleteReadError):
        verdict.closed(sent, 0)
    except TimeoutError:
        verdict.crashes += 1
        verdict.broken("a socket that says nothing", sent)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, sent: bytes, verdict: Verdict) -> int:
    """To the server's close frame: its code; or to the pong behind all frames: 1000."""
    while True:
        first, second = await reader.readexactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await reader.readexactly(8))
        payload = await reader.readexactly(size)
        if first & 15 == CLOSE:
            return int(struct.unpack("!H", payload[:2])[0]) if size >= 2 else 1005
        if first & 15 == TEXT:
            if b"an error of ours" in payload:
                verdict.masked += 1
                verdict.broken("a masked error", sent)
            if orjson.loads(payload)["type"] == "pong":
                return 1000


def _handshake(rng: random.Random) -> bytes:
    head = [*HANDSHAKE]
    protocol = rng.choices(("graphql-transport-ws", "graphql-ws", "", "a, graphql-transport-ws"), (95, 1, 1, 3))[0]
    head += [f"sec-websocket-protocol: {protocol}"] if protocol else []
    if rng.random() < 0.04:
        head.append(
            rng.choice(("origin: https://evil.invalid", "origin: http://x", "origin: null", "origin:", "x: \xff"))
        )
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")


def _init(rng: random.Random, place: Place) -> bytes:
    role = rng.choices(("persondata", "laes", "skriv"), (85, 10, 5))[0]
    found = {"type": "connection_init", "payload": {"token": place.tokens[role]}}
    return mutate.dumps(mutate.value(rng, found)) if rng.random() < 0.03 else mutate.dumps(found)


def _frame(rng: random.Random, stock: Stock, place: Place, *, tame: bool) -> bytes:
    """One frame, or, unless it is to be `tame`, the octets of one that is none."""
    if tame and rng.random() < 0.85:
        return pack(b'{"type":"subscribe","id":"%d","payload":%s}' % (rng.randrange(10**9), stock.question(tame=True)))
    if tame:
        return pack(b'{"type":"%s"}' % rng.choice((b"ping", b"pong")))
    id_ = rng.choice(("1", "2", "3", "ø", "x" * 201, "")) if rng.random() < 0.3 else str(rng.randrange(10**6))
    subscribe = b'{"type":"subscribe","id":%s,"payload":%s}' % (mutate.dumps(id_), stock.question())
    other = mutate.dumps(
        rng.choice(
            (
                {"type": "ping"},
                {"type": "ping", "payload": {"token": place.tokens["persondata"]}},
                {"type": "ping", "payload": {"token": rng.choice(mutate.ODD_VALUES[:20])}},
                {"type": "pong"},
                {"type": "complete", "id": id_},
                {"type": "connection_init"},
                {"type": "connection_ack"},
                {"type": rng.choice(mutate.ODD_VALUES[:20])},
            )
        ),
    )
    kind = rng.random()
    if kind < 0.68:
        return pack(subscribe)
    if kind < 0.9:
        return pack(other)
    if kind < 0.94:
        return pack(mutate.octets(rng, other))
    return _odd(rng, other)


def _odd(rng: random.Random, payload: bytes) -> bytes:
    match rng.randrange(8):
        case 0:
            return pack(payload, BINARY)
        case 1:
            return pack(payload[:5], fin=False) + pack(payload[5:], 0)
        case 2:
            return pack(payload, fin=False) + pack(b"", 0, fin=False) * rng.choice((3, 1_100)) + pack(b"", 0)
        case 3:
            return pack(b"\xff\xfe{", TEXT)
        case 4:
            return pack(b"x" * rng.choice((0, 125)), PING) * rng.choice((1, 50))
        case 5:
            return pack(rng.randbytes(rng.choice((0, 1, 2, 20))), CLOSE)
        case 6:
            return mutate.octets(rng, pack(payload))
    return pack(b" " * rng.choice((65_536, 65_537, 200_000)))


def pack(payload: bytes, opcode: int = TEXT, *, fin: bool = True) -> bytes:
    """A frame as a client sends it, with a mask that changes nothing."""
    first = bytes([(128 if fin else 0) | opcode])
    if len(payload) < 126:
        head = first + bytes([128 | len(payload)])
    elif len(payload) < 2**16:
        head = first + b"\xfe" + struct.pack("!H", len(payload))
    else:
        head = first + b"\xff" + struct.pack("!Q", len(payload))
    return head + bytes(4) + payload
