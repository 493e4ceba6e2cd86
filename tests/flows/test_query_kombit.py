"""A question is asked at both doors: the one that KOMBIT's clients know answers as ours does.

The document is one as clients write them: aliases, fragments, variables with defaults, directives, an interface.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.flows.facit import Facit, brugerliste, enhedsliste, navn
from tests.flows.frontend import HENT, KOMPATIBEL, Frontend
from tests.flows.verden import CVR

Sandhedens = Callable[[int | None], Facit]
doere = pytest.mark.parametrize("doer", [HENT, KOMPATIBEL])
DOKUMENT = """
query Side($cvr: CVR!, $enhed: [UUID!]!, $antal: Int = 3, $folk: Boolean!, $uden: Boolean! = true) {
  kommunen: organisation(cvr: $cvr) { ...Navn organisationEnhed { ...Enhed } }
  valgte: organisationEnhed(uuid: $enhed) {
    ...Enhed
    medlemskaber @include(if: $folk) { ...Medlem bruger { ...Hvem } }
    overordnetEnhed @skip(if: $uden) { uuid }
    op: overordnetEnhed { ...Enhed }
  }
  foerste: brugerListe(cvr: $cvr, status: AKTIV, first: $antal) {
    edges { node { ...Hvem ... @skip(if: true) { cpr: uuid } } }
  }
  sidste: brugerListe(cvr: $cvr, status: AKTIV, last: $antal) { edges { node { __typename ...Hvem } } }
}
fragment Navn on Organisation { organisationsnavn }
fragment Enhed on OrganisationEnhed { uuid navnet: enhedsnavn }
fragment Medlem on Medlemskab { __typename uuid ... on OrganisationEnhedMedlemskab { titel: medlemskabRolleTitel } }
fragment Hvem on Bruger { uuid login: brugernavn ... on Bruger { uuid } }
query Anden { __typename }
"""


@doere
async def test_one_document_with_all_that_graphql_has(laeser: Frontend, sandhedens: Sandhedens, doer: str) -> None:
    facit = sandhedens(None)
    enhed = max(enhedsliste(facit)[1:], key=lambda u: len([m for m in facit.medlemskaber if m.enhed == u]))
    variables = {"cvr": CVR, "enhed": enhed, "folk": True}

    svar = await laeser.post({"query": DOKUMENT, "operationName": "Side", "variables": variables}, doer=doer)

    def enheden(uuid: str) -> dict[str, Any]:
        return {"uuid": uuid, "navnet": navn(facit.enheder[uuid], "enhedsnavn")}

    def hvem(uuid: str) -> dict[str, Any]:
        return {"uuid": uuid, "login": navn(facit.brugere[uuid], "brugernavn")}

    over = facit.enheder[enhed].en("Overordnet")
    assert over is not None
    (valgt,) = svar.data["valgte"]
    medlemskaber = valgt.pop("medlemskaber")
    assert valgt == enheden(enhed) | {"op": enheden(over)}
    assert [(m["uuid"], m["bruger"]) for m in medlemskaber if m["bruger"]] == [
        (m.uuid, hvem(m.bruger)) for m in facit.medlemskaber if m.enhed == enhed and m.bruger
    ]
    assert {(m["__typename"], m["titel"]) for m in medlemskaber} == {
        ("OrganisationEnhedMedlemskab", facit.funktioner[m["uuid"]].felt("funktionsnavn")) for m in medlemskaber
    }
    assert svar.data["kommunen"] == {
        "organisationsnavn": "Korsbæk Kommune",
        "organisationEnhed": enheden(facit.rod),
    }
    alle = brugerliste(facit)
    assert [e["node"] for e in svar.data["foerste"]["edges"]] == [hvem(u) for u in alle[:3]]
    assert [e["node"] for e in svar.data["sidste"]["edges"]] == [{"__typename": "Bruger"} | hvem(u) for u in alle[-3:]]
    assert list(svar.data) == ["kommunen", "valgte", "foerste", "sidste"]


@doere
async def test_what_is_left_out_by_a_variable_is_not_there(laeser: Frontend, doer: str) -> None:
    variables = {"cvr": CVR, "enhed": [laeser.verden.uuid("enhed", 2)], "folk": False, "uden": False, "antal": 0}

    svar = await laeser.post({"query": DOKUMENT, "operationName": "Side", "variables": variables}, doer=doer)

    (valgt,) = svar.data["valgte"]
    assert list(valgt) == ["uuid", "navnet", "overordnetEnhed", "op"]
    assert svar.data["foerste"] == {"edges": []}


FEJL: dict[str, tuple[str, str, str, list[Any] | None]] = {
    "what is not there": (
        'bruger(uuid: ["{bruger}", "00000000-0000-4000-8000-000000000009"]) { uuid }',
        "NotFound",
        "ERROR",
        ["bruger", 1],
    ),
    "another municipality": ('organisation(cvr: "87654321") { uuid }', "NotFound", "ERROR", ["organisation"]),
    "a name without the right": (
        'bruger(uuid: "{bruger}") { person { navn } }',
        "Unauthorized",
        "WARNING",
        ["bruger", 0, "person", "navn"],
    ),
    "a number without the right": (
        'bruger(uuid: "{bruger}") { person { cpr } }',
        "Unauthorized",
        "WARNING",
        ["bruger", 0, "person", "cpr"],
    ),
    "a mandatory name that is missing": (
        'organisationEnhed(uuid: "{navnloes}") { enhedsnavn }',
        "NullValueInNonNullableField",
        "WARNING",
        ["organisationEnhed", 0, "enhedsnavn"],
    ),
    "too many": (f'brugerListe(cvr: "{CVR}", status: AKTIV, first: 501) {{ antal }}', "ValidationError", "ERROR", None),
    "no such field": ("nix", "ValidationError", "ERROR", None),
    "no document": ("bruger(", "InvalidSyntax", "ERROR", None),
}
"""The field, and the one error it gives: classification, type, path."""


@doere
@pytest.mark.parametrize("felt, klasse, type_, sti", FEJL.values(), ids=FEJL)
async def test_an_error_has_the_shape_that_kombits_has(
    laeser: Frontend, doer: str, felt: str, klasse: str, type_: str, sti: list[Any] | None
) -> None:
    verden = laeser.verden
    felt = felt.replace("{bruger}", verden.uuid("bruger", 0))
    felt = felt.replace("{navnloes}", str(verden.katalog["navnloes_enhed"].uuid("uden_navn")))

    svar = await laeser.spoerg(f"{{ {felt} }}", doer=doer)

    (error,) = svar.body["errors"]
    assert svar.status == 200
    assert (error.get("path"), error["message"]) == (sti, error["extensions"]["message"])
    assert error["extensions"] == {
        "message": error["message"],
        "kildeId": "orgraf",
        "id": "00000000-0000-4000-8000-000000000009" if sti == ["bruger", 1] else None,
        "type": type_,
        "classification": klasse,
    }
    assert ("data" in svar.body) is (sti is not None)
