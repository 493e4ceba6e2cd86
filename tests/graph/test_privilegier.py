"""Which claims give which rights: case 30 of security.md 11, and the roles of other issuers."""

import base64
from typing import Any

import pytest

from graph.caller import Ret
from graph.privilegier import SCOPE, Tildeling, af_privilegier, af_roller
from tests.graph.tokens import CVR, REDIGER, SENAVN, UDSTIL, group, groups, priv, udstedt, verify

PRIV: dict[str, tuple[Any, set[Ret]]] = {
    "no priv": (None, set()),
    "read": (groups(group()), {Ret.LAES}),
    "Base64url without padding": (groups(group()).rstrip("=").replace("+", "-").replace("/", "_"), {Ret.LAES}),
    "read and write": (groups(group(), group(REDIGER)), {Ret.LAES, Ret.SKRIV}),
    "30: group of another CVR": (groups(group(cvr="22222222")), set()),
    "30: one of our CVR beside one of another": (groups(group(REDIGER, "22222222"), group()), {Ret.LAES}),
    "30: scope without the URN": (groups(group(scope="")), set()),
    "30: scope in other letters": (groups(group(scope=SCOPE.upper())), set()),
    "30: unknown privilege": (groups(group("http://other/rediger/1")), set()),
    "constraint Ja": (groups(group(constraints=[{"name": SENAVN, "value": "Ja"}])), {Ret.LAES, Ret.SENAVN}),
    "30: constraint ja": (groups(group(constraints=[{"name": SENAVN, "value": "ja"}])), {Ret.LAES}),
    "30: constraint Nej": (groups(group(constraints=[{"name": SENAVN, "value": "Nej"}])), {Ret.LAES}),
    "30: constraint true": (groups(group(constraints=[{"name": SENAVN, "value": True}])), {Ret.LAES}),
    "30: constraint Ja of another CVR": (
        groups(group(), group(cvr="22222222", constraints=[{"name": SENAVN, "value": "Ja"}])),
        {Ret.LAES},
    ),
    "30: unknown constraint": (groups(group(constraints=[{"name": "x", "value": "Ja"}])), {Ret.LAES}),
    "30: constraint without name": (groups(group(constraints=[{"value": "Ja"}, 7, None])), {Ret.LAES}),
    "30: constraints as text": (groups(group() | {"constraints": "Ja"}), {Ret.LAES}),
    "30: not Base64": ("{}!", set()),
    "30: not JSON": (base64.b64encode(b"udstil").decode(), set()),
    "30: not UTF-8": (base64.b64encode(b"\xff\xfe\xfd").decode(), set()),
    "30: JSON list": (priv([group()]), set()),
    "30: groups as an object": (priv({"privilegegroups": group()}), set()),
    "30: group as text": (groups("x", 7, None, [], group()), {Ret.LAES}),
    "30: privilege as a list": (groups(group() | {"privilege": [UDSTIL]}), set()),
    "30: deep": (base64.b64encode(b"[" * 8_000).decode(), set()),
    "30: deep within": (base64.b64encode(b'{"privilegegroups":' + b"[" * 5_000 + b"]" * 5_000 + b"}").decode(), set()),
    "30: 1 MB that is no JSON": (base64.b64encode(b"x" * 1_000_000).decode(), set()),
    "30: 1 MB, deep": (base64.b64encode(b"[" * 750_000).decode(), set()),
    "30: a number": (7, set()),
    "30: an object": ({"privilegegroups": [group()]}, set()),
}


@pytest.mark.parametrize("document, rights", PRIV.values(), ids=PRIV)
def test_only_what_can_be_read_and_is_of_our_cvr_grants(document: Any, rights: set[Ret]) -> None:
    assert af_privilegier(document, CVR, Tildeling()) == rights
    if document is None or len(str(document)) < 10_000:
        assert verify(udstedt(priv=document)).rettigheder == rights


ROLLER: dict[str, tuple[Any, set[Ret]]] = {
    "none": (None, set()),
    "one": (["Laeser"], {Ret.LAES}),
    "several, one of them unknown": (["Laeser", "Skriver", "Direktoer"], {Ret.LAES, Ret.SKRIV, Ret.SENAVN}),
    "a text of them": ("Laeser Skriver", {Ret.LAES, Ret.SKRIV, Ret.SENAVN}),
    "in other letters": (["laeser", "LAESER", "Laeser "], set()),
    "what is no text": ([7, None, ["Laeser"], {"Laeser": True}], set()),
    "an object": ({"Laeser": True}, set()),
    "true": (True, set()),
}


@pytest.mark.parametrize("claim, rights", ROLLER.values(), ids=ROLLER)
def test_a_role_gives_the_rights_that_are_configured_for_it(claim: Any, rights: set[Ret]) -> None:
    tildeling = Tildeling(roller={"Laeser": frozenset({Ret.LAES}), "Skriver": frozenset({Ret.SKRIV, Ret.SENAVN})})

    assert af_roller(claim, tildeling) == rights
