"""Something valid -> something that is nearly so: documents by their words, JSON by its values, bytes by their bits."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

WORD = re.compile(r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z]\w*|-?\d[\d.eE+-]*|[^\s\w]')
ODD_WORDS = (
    *("{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "=", "|", "&", "...", ",", "#", "\n", "\0", "\ufeff", "\x7f"),
    *("query", "mutation", "subscription", "fragment", "on", "true", "null", "__typename", "__schema", "__type"),
    *("@skip(if: true)", "@include(if: $v)", "@defer", "@stream", "@tidspunkt(virkningstid: \"2020-01-01\")", "a:"),
    *("$v", "$cvr", "0", "-1", "99999999999999999999", "1e309", "1.5", '""', '"\\u0000"', '"\\ud800"', '"""x"""'),
    *("{}", "[]", "uuid"),
    *("first: 501", "first: -1", "last: 1", 'after: "!"', 'after: "AAAA"', "status: UKENDT", "😀", "ø", "�"),
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, -(2**63), 2**64 - 1, 0.5, -0.0, 1e300, "", " ", "\0", "\x01", "ø"),
    *("AKTIV", "11111111", "0" * 8, "x" * 300, "00000000-0000-4000-8000-000000000001", "9999-99-99", "2020-01-01"),
    *("-9999-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2020-01-01T00:00:00.1234567890123Z", "%", "*", "\\", "'"),
    *([], [[]], [None], ["x"] * 600, {}, {"a": {}}, {"tekst": "*", "rolle": None}, [[[[[[[[[[]]]]]]]]]]),
    *("\u202e", "\ud7ff", "\U0010ffff", "İ", "ß", "a\u0301"),
)  # fmt: skip


def text(rng: random.Random, document: str, other: str) -> str:
    """A document with a few of its words changed; `other` may give some of its own."""
    words = WORD.findall(document)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if not words:
            break
        at = rng.randrange(len(words))
        match rng.randrange(7):
            case 0:
                del words[at]
            case 1:
                words.insert(at, rng.choice(words))
            case 2:
                words.insert(at, rng.choice(ODD_WORDS))
            case 3:
                words[at] = rng.choice(ODD_WORDS)
            case 4:
                til = rng.randrange(len(words))
                words[at], words[til] = words[til], words[at]
            case 5:
                words[at : at + rng.randint(1, 12)] = []
            case _:
                fra = WORD.findall(other)
                start = rng.randrange(len(fra)) if fra else 0
                words[at:at] = fra[start : start + rng.randint(1, 12)]
    return " ".join(words)


def value(rng: random.Random, found: Any) -> Any:
    """JSON with one of its values changed, wherever it stands."""
    if isinstance(found, Mapping) and found and rng.random() < 0.8:
        key = rng.choice(list(found))
        return {**found, key: value(rng, found[key])}
    if isinstance(found, list) and found and rng.random() < 0.8:
        at = rng.randrange(len(found))
        return [*found[:at], value(rng, found[at]), *found[at + 1 :]]
    match rng.randrange(6):
        case 0:
            return {rng.choice(("a", "", "query", "ø", "x" * 250)): found}
        case 1:
            return [found] * rng.choice((1, 2, 40))
        case 2:
            return _nested(rng.choice((3, 15, 25, 300)), found)
    return rng.choice(ODD_VALUES)


def octets(rng: random.Random, raw: bytes) -> bytes:
    """Bytes with a few of them changed."""
    found = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(found) + 1)
        match rng.randrange(5):
            case 0:
                del found[at : at + rng.randint(1, 30)]
            case 1:
                found[at:at] = rng.randbytes(rng.randint(1, 8))
            case 2 if at < len(found):
                found[at] ^= 1 << rng.randrange(8)
            case 3:
                found[at:at] = rng.choice((b'"', b"\\", b"{", b"]", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"9" * 400))
            case _:
                del found[at:]
    return bytes(found)


def dumps(found: Any) -> bytes:
    """As JSON, also what orjson would not write."""
    try:
        return orjson.dumps(found)
    except TypeError:
        return json.dumps(found).encode("utf-8", "surrogatepass")


def pick(rng: random.Random, weighted: Sequence[tuple[int, Any]]) -> Any:
    """One of these, by its weight."""
    return rng.choices([one for _, one in weighted], [weight for weight, _ in weighted])[0]


def _nested(depth: int, found: Any) -> Any:
    for step in range(depth):
        found = [found] if step % 2 else {"a": found}
    return found
