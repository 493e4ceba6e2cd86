"""Every dirty record of a municipality ends in a defined state: `snavs_tilstande` says in which."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from fkorg.catalogue import Objekttype
from simulator import snavs
from tests.flows.frontend import Frontend
from tests.flows.snavs_tilstande import TILSTANDE, Uuid
from tests.flows.verden import Verden
from tests.simulator.fixtures import SEED

ROD = {
    Objekttype.ORGANISATION_ENHED: "organisationEnhed",
    Objekttype.ORGANISATION_FUNKTION: "organisationFunktion",
    Objekttype.BRUGER: "bruger",
    Objekttype.PERSON: "person",
    Objekttype.ADRESSE: "adresse",
}
"""The field that reads the type by uuid."""
LISTER = {Objekttype.ORGANISATION_ENHED: "organisationEnhedListe", Objekttype.BRUGER: "brugerListe"}
SAMMENSAT = {
    **dict.fromkeys(("overordnetEnhed", "tilhoerer", "udbetalendeEnhed", "person", "bruger", "medlemAf"), "{ uuid }"),
    **dict.fromkeys(("underliggendeEnheder", "sti", "brugere", "enheder", "adresser", "medlemskaber"), "{ uuid }"),
    **dict.fromkeys(("henvendelsessteder", "harMedlemskab"), "{ uuid }"),
    **dict.fromkeys(("ledere",), "{ bruger { uuid } }"),
    "effektivLeder": "{ nedarvet }",
    "enhedsstier": "{ sti { uuid } }",
}
"""What is asked for below a field whose value is expected to be null or empty."""


def test_no_record_lacks_a_state() -> None:
    katalog = snavs.katalog(SEED)

    assert set(TILSTANDE) == set(katalog)
    objekter = {navn: {sag.kort for sag in sager} for navn, sager in TILSTANDE.items()}
    assert objekter == {navn: set(record.objekter) for navn, record in katalog.items()}


@pytest.mark.parametrize("navn", TILSTANDE)
async def test_the_record_is_answered(frontend: Frontend, navn: str) -> None:
    record = frontend.verden.katalog[navn]
    for sag in TILSTANDE[navn]:
        objekttype, uuid = record.objekter[sag.kort]
        felt, tid = ROD[objekttype], f' @tidspunkt(virkningstid: "{sag.tid}")' if sag.tid else ""
        valg = _valg(sag.svar) if sag.svar is not None else "{ uuid }"

        svar = await frontend.spoerg(
            f"query Snavs($uuid: [UUID!]!){tid} {{ {felt}(uuid: $uuid) {valg} }}", token="persondata", uuid=[uuid]
        )

        warned = [message.split(":")[0] for _, message in svar.advarsler]
        assert warned == [*sag.advarsler], sag
        (found,) = svar.body["data"][felt]
        if sag.svar is None:
            assert found is None
            assert [e["extensions"]["classification"] for e in svar.fejl] == ["NotFound"], sag
        elif f"Query.{felt}" in sag.advarsler:  # a mandatory value is missing: the whole object is null
            assert found is None
        else:
            assert (found, svar.fejl) == (_udfyldt(sag.svar, frontend.verden, record), []), sag


async def test_lists_hold_all_who_belong_there_and_nobody_else(frontend: Frontend) -> None:
    """One nameless unit never blanks an answer: every list is whole, with all its fields, and no error."""
    lister = {
        (objekttype, status): await _alle(frontend, felt, status)
        for objekttype, felt in LISTER.items()
        for status in ("AKTIV", "INAKTIV")
    }

    for navn, sager in TILSTANDE.items():
        for sag in sager:
            objekttype, uuid = frontend.verden.katalog[navn].objekter[sag.kort]
            if objekttype in LISTER and sag.tid is None:
                staar = {status for status in ("AKTIV", "INAKTIV") if str(uuid) in lister[objekttype, status]}
                assert staar == ({sag.liste} - {""}), (navn, sag.kort)


async def test_what_is_stored_is_known_and_nothing_was_set_aside(frontend: Frontend) -> None:
    connection = await asyncpg.connect(frontend.verden.dsn)
    try:
        objekter = {
            (row["objekttype"], row["uuid"]): row["livscyklus"]
            for row in await connection.fetch("select objekttype, uuid, livscyklus from objekt")
        }
        parked = {row["uuid"] for row in await connection.fetch("select uuid from parked")}
    finally:
        await connection.close()

    for navn, sager in TILSTANDE.items():
        for sag in sager:
            objekttype, uuid = frontend.verden.katalog[navn].objekter[sag.kort]
            assert objekter.get((objekttype.value, uuid)) == sag.lagret, (navn, sag.kort)
            assert uuid not in parked


async def _alle(frontend: Frontend, felt: str, status: str) -> set[str]:
    """The uuids of a whole list, page by page, with enough fields to be blanked by."""
    falgt = "tilstand { status } adresser { adresseTekst adresseRolleTitel klassifikation { rolle } } "
    falgt += (
        "enhedsnavn enhedstypeTitel overordnetEnhed { enhedsnavn } tilhoerer { organisationsnavn } sti { enhedsnavn } "
        "effektivLeder { bruger { brugernavn } } medlemskaber { funktionsTypeTitel bruger { brugernavn } }"
        if felt == "organisationEnhedListe"
        else "brugernavn brugerTypeTitel person { navn } harMedlemskab { medlemAf { enhedsnavn } } "
        "enhedsstier { sti { enhedsnavn } } ledere { bruger { brugernavn } }"
    )
    document = (
        f"query Alle($cvr: CVR!, $status: TilstandStatus!, $after: Cursor) {{ {felt}(cvr: $cvr, status: $status, "
        f"after: $after) {{ antal edges {{ node {{ uuid {falgt} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    found: list[str] = []
    after = None
    while True:
        svar = await frontend.spoerg(document, token="persondata", cvr="11111111", status=status, after=after)
        page = svar.data[felt]
        found += [edge["node"]["uuid"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == len(set(found)) == page["antal"]
            return set(found)
        after = page["pageInfo"]["endCursor"]


def _valg(svar: Mapping[str, Any]) -> str:
    """The selection that asks for just what is expected."""
    parts = []
    for felt, value in svar.items():
        one = value[0] if isinstance(value, list) and value else value
        parts.append(f"{felt} {_valg(one)}" if isinstance(one, Mapping) else f"{felt} {_tom(felt, value)}")
    return "{ " + " ".join(parts) + " }"


def _tom(felt: str, value: Any) -> str:
    return SAMMENSAT.get(felt, "") if value is None or value == [] else ""


def _udfyldt(value: Any, verden: Verden, record: snavs.Snavs) -> Any:
    """The expected answer with the record's uuids in their places."""
    if isinstance(value, Uuid):
        return verden.uuid("itsystem", 0) if value.kort == "itsystem" else str(record.uuid(value.kort))
    if isinstance(value, Mapping):
        return {felt: _udfyldt(one, verden, record) for felt, one in value.items()}
    return [_udfyldt(one, verden, record) for one in value] if isinstance(value, list) else value
