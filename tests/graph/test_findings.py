"""Markers in an answer become errors at the client's paths, and leave the text as if they had never been there."""

import orjson
import pytest

from graph import findings
from graph.compile.markers import Fund, Klassifikation

NULL = Fund(Klassifikation.NULL_VALUE, "missing")
FLERE = Fund(Klassifikation.VALIDATION, "too many", advarsel=False)
UKENDT = Fund(Klassifikation.NOT_FOUND, "unknown", advarsel=False, hver=0)
FUND = (NULL, FLERE, UKENDT)
BINDS = ({"uuid": ["a", "b", "b"]},)

CASES = {
    "a value that was replaced": (
        '{"a":{"navn":\x010\x02"x"}}',
        {"a": {"navn": "x"}},
        [(["a", "navn"], "missing")],
    ),
    "the first of several is told, with their number": (
        '{"a":[{"n":1},{"n":\x010\x02null},{"n":\x010\x02null}]}',
        {"a": [{"n": 1}, {"n": None}, {"n": None}]},
        [(["a", 1, "n"], "missing (2 places)")],
    ),
    "an element left out at the start": (
        '{"a":[\x030\x02,1]}',
        {"a": [1]},
        [(["a"], "missing")],
    ),
    "elements left out at the end": (
        '{"a":[1,\x030\x02,\x030\x02]}',
        {"a": [1]},
        [(["a"], "missing (2 places)")],
    ),
    "all elements left out": ('{"a":[\x030\x02,\x030\x02]}', {"a": []}, [(["a"], "missing (2 places)")]),
    "indexes count what is left": (
        '{"a":[\x030\x02,{"n":1},\x030\x02,{"n":\x011\x02null}]}',
        {"a": [{"n": 1}, {"n": None}]},
        [(["a"], "missing (2 places)"), (["a", 1, "n"], "too many")],
    ),
    "a list that is too long loses its last element": (
        '{"a":[\x041\x02{"n":[1,2]},{"n":"],"},{"n":3}],"b":1}',
        {"a": [{"n": [1, 2]}, {"n": "],"}], "b": 1},
        [(["a"], "too many")],
    ),
    "what is cut away tells nothing": (
        '{"a":[\x041\x02{"n":1},{"n":\x010\x02null}]}',
        {"a": [{"n": 1}]},
        [(["a"], "too many")],
    ),
    "each unknown uuid once": (
        '{"a":[\x012:1\x02null,{"x":"\\"},["},\x012:2\x02null,\x012:3\x02null]}',
        {"a": [None, {"x": '"},['}, None, None]},
        [(["a", 0], "unknown"), (["a", 2], "unknown")],
    ),
    "keys and texts that look like structure": (
        '{"a":"{[,\\\\","b":{"c":\x010\x02"]"}}',
        {"a": "{[,\\", "b": {"c": "]"}},
        [(["b", "c"], "missing")],
    ),
}


@pytest.mark.parametrize("svar, data, ventet", CASES.values(), ids=CASES)
def test_markers(svar: str, data: object, ventet: list[tuple[list[str | int], str]]) -> None:
    raa = svar.encode()

    rent, errors = findings.laes(raa, FUND, BINDS)

    assert findings.findes(raa)
    assert not findings.findes(rent)
    assert orjson.loads(rent) == data
    assert [(e["path"], e["message"]) for e in errors] == ventet


def test_a_warning_and_an_error_are_told_apart() -> None:
    _, errors = findings.laes(b'{"a":\x010\x02null,"b":[\x012:2\x02null]}', FUND, BINDS)

    assert [(e["extensions"]["type"], e["extensions"]["id"]) for e in errors] == [("WARNING", None), ("ERROR", "b")]
