"""What is answered: fields, dirt, rights, municipalities, times, pages, bad arguments. One statement per operation."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from graph.caller import Ret
from tests import builders
from tests.builders import Kommune
from tests.graph.fixture import NOW, UKENDT, korsbaek
from tests.graph.fixture import kalder as kalder_


async def test_a_nested_question_is_answered_in_the_clients_order(dsn: str) -> None:
    by = korsbaek()
    query = """query ($uuid: [UUID!]!) { enhed: organisationEnhed(uuid: $uuid) {
        navn: enhedsnavn uuid __typename tilstand { status fraTidspunkt }
        underliggendeEnheder { enhedsnavn } overordnetEnhed { enhedsnavn }
        medlemskaber { medlemskabRolleTitel bruger { brugernavn person { navn cpr } } }
        adresser { adresseTekst adresseRolleTitel klassifikation { indeks } } } }"""

    async with kalder_(dsn, by) as kalder:
        svar = await kalder.svar(query, uuid=by["boern"])

    assert svar.errors == []
    assert svar.data is not None
    (enhed,) = orjson.loads(svar.data)["enhed"]
    assert list(enhed)[:4] == ["navn", "uuid", "__typename", "tilstand"]
    assert enhed["navn"] == "Børn"
    assert enhed["tilstand"] == {"status": "AKTIV", "fraTidspunkt": None}
    assert enhed["underliggendeEnheder"] == [{"enhedsnavn": "Skolen"}]
    assert enhed["overordnetEnhed"] == {"enhedsnavn": "Korsbæk Kommune"}
    anna = {"brugernavn": "anna", "person": {"navn": "Anna Å", "cpr": "0101010101"}}
    assert {"medlemskabRolleTitel": "Chef", "bruger": anna} in enhed["medlemskaber"]
    assert enhed["adresser"][0]["adresseRolleTitel"] == "Postadresse"
    assert svar.horisont is not None


async def test_merged_fields_aliases_fragments_and_conditions_are_one_selection(dsn: str) -> None:
    by = korsbaek()
    query = """query ($uuid: [UUID!]!, $ja: Boolean!, $nej: Boolean = false) {
        bruger(uuid: $uuid) { ...Navn person { uuid } ... on Objekt { uuid @skip(if: $ja) }
          person @include(if: $ja) { navn } x: brugernavn @include(if: $nej) } }
        fragment Navn on Bruger { brugernavn person { brugervendtNoegle } }"""

    async with kalder_(dsn, by) as kalder:
        data = await kalder.data(query, uuid=[by["anna"]], ja=True)

    person = {"brugervendtNoegle": None, "uuid": by["annas person"], "navn": "Anna Å"}
    assert data == {"bruger": [{"brugernavn": "anna", "person": person}]}


async def test_an_operation_is_one_statement(dsn: str) -> None:
    by, run = korsbaek(), []

    class Taeller:
        def __init__(self, laeser: Any) -> None:
            self.laeser = laeser

        async def fetchrow(self, text: str, *values: object, kommune: object = None) -> Any:
            run.append(text)
            return await self.laeser.fetchrow(text, *values)

    query = """query ($a: [UUID!]!, $cvr: CVR!) {
        organisation(cvr: $cvr) { uuid } bruger(uuid: $a) { ledere { afstand } }
        brugerListe(cvr: $cvr, status: AKTIV) { antal edges { node { enhedsstier { sti { uuid } } } } } }"""
    async with kalder_(dsn, by, laeser=Taeller) as kalder:
        for _ in range(2):
            await kalder.data(query, a=[by["bo"]], cvr=by.kommune.cvr)
        await kalder.data(query, a=[by["anna"], by["bo"]], cvr=by.kommune.cvr)

    assert len(run) == 3
    assert len(set(run)) == 1, "equal plans, one text"


async def test_an_unknown_uuid_is_null_with_a_notfound_of_its_own(dsn: str) -> None:
    by = korsbaek()

    async with kalder_(dsn, by) as kalder:
        svar = await kalder.svar("query ($u: [UUID!]!) { bruger(uuid: $u) { uuid } }", u=[by["bo"], UKENDT])

    assert svar.data is not None
    assert orjson.loads(svar.data) == {"bruger": [{"uuid": by["bo"]}, None]}
    (fejl,) = svar.errors
    assert fejl["path"] == ["bruger", 1]
    assert fejl["extensions"]["classification"] == "NotFound"
    assert fejl["extensions"]["id"] == UKENDT


async def test_another_municipality_does_not_exist(dsn: str) -> None:
    by, anden = korsbaek(), Kommune("22222222", "Andeby")
    fremmed = builders.en_bruger(anden, "rip")
    by.add("fremmed", fremmed)
    for nr, row in enumerate(anden.rows()):
        by.add(f"andeby{nr}", row)

    async with kalder_(dsn, by) as kalder:
        query = "query ($u: [UUID!]!, $cvr: CVR!) { bruger(uuid: $u) { uuid } organisation(cvr: $cvr) { uuid } }"
        data, fejl = await kalder.fejl(query, u=[fremmed["uuid"]], cvr=anden.cvr)

    assert data == {"bruger": [None], "organisation": None}
    assert sorted(c for _, c, _ in fejl) == ["NotFound", "NotFound"]


async def test_names_and_cpr_without_the_right_are_null_with_one_warning_each(dsn: str) -> None:
    by = korsbaek()
    by.add("flere", builders.en_bruger(by.kommune, "anna2", person=by["annas person"]))
    query = "query ($cvr: CVR!) { brugerListe(cvr: $cvr, status: AKTIV) { edges { node { person { navn cpr } } } } }"

    async with kalder_(dsn, by, frozenset({Ret.LAES, Ret.SECPR})) as kalder:
        svar = await kalder.svar(query, cvr=by.kommune.cvr)

    assert svar.data is not None
    personer = [edge["node"]["person"] for edge in orjson.loads(svar.data)["brugerListe"]["edges"]]
    assert [p for p in personer if p] == [{"navn": None, "cpr": "0101010101"}] * 2
    (fejl,) = svar.errors
    assert fejl["path"] == ["brugerListe", "edges", 0, "node", "person", "navn"]
    assert fejl["extensions"]["type"] == "WARNING"
    assert fejl["extensions"]["classification"] == "Unauthorized"
    assert "(2 places)" in fejl["message"]


async def test_without_the_right_to_read_nothing_is_answered(dsn: str) -> None:
    by = korsbaek()

    async with kalder_(dsn, by, frozenset({Ret.SKRIV})) as kalder:
        data, fejl = await kalder.fejl("{ __typename }")

    assert data is None
    assert [c for _, c, _ in fejl] == ["Unauthorized"]


NULL_VALUE = "NullValueInNonNullableField"
SNAVS = {
    "a unit without a name shows its uuid": (
        "skolen",
        {"enhedsnavn": None, "brugervendt_noegle": None},
        "enhedsnavn",
        lambda by: by["skolen"],
        ["enhedsnavn"],
        NULL_VALUE,
    ),
    "a unit without a name shows its key": (
        "skolen",
        {"enhedsnavn": None, "brugervendt_noegle": "S1"},
        "enhedsnavn",
        lambda by: "S1",
        ["enhedsnavn"],
        NULL_VALUE,
    ),
    "an unknown state is INAKTIV": (
        "skolen",
        {"status": None},
        "tilstand { status }",
        lambda by: {"status": "INAKTIV"},
        ["tilstand", "status"],
        NULL_VALUE,
    ),
    "an unknown class has no title": (
        "skolen",
        {"enhedstype": UKENDT},
        "enhedstypeTitel",
        lambda by: None,
        ["enhedstypeTitel"],
        "NotFound",
    ),
    "an address that is not there is left out": (
        "adressering",
        {"adresse": UKENDT, "ejer": "skolen"},
        "adresser { uuid }",
        lambda by: [],
        ["adresser"],
        NULL_VALUE,
    ),
    "a parent that is not there is null, without a word": (
        "skolen",
        {"overordnet": UKENDT},
        "overordnetEnhed { uuid }",
        lambda by: None,
        None,
        None,
    ),
}


@pytest.mark.parametrize("raekke, rettet, felt, ventet, sti, klasse", SNAVS.values(), ids=SNAVS)
async def test_dirt(
    dsn: str, raekke: str, rettet: dict[str, Any], felt: str, ventet: Any, sti: list[str] | None, klasse: str | None
) -> None:
    by = korsbaek()
    rettet = {k: by[v] if v in by.raekker else v for k, v in rettet.items()}
    by.add(raekke, by.raekker[raekke].but(**rettet))
    navn = felt.split(" ")[0]

    async with kalder_(dsn, by) as kalder:
        query = f"query ($u: [UUID!]!) {{ organisationEnhed(uuid: $u) {{ {felt} }} }}"
        data, fejl = await kalder.fejl(query, u=by["skolen"])

    assert data["organisationEnhed"][0][navn] == ventet(by)
    assert fejl == ([(["organisationEnhed", 0, *sti], klasse, "WARNING")] if sti else [])


async def test_a_unit_of_nobody_is_left_out_of_a_list_and_null_by_uuid(dsn: str) -> None:
    by = korsbaek()
    by.add("rod2", builders.en_enhed(by.kommune, "Hjemløs", overordnet=by["boern"], tilhoerer=UKENDT, status=None))
    query = """query ($u: [UUID!]!, $a: [UUID!]!) {
        organisationEnhed(uuid: $u) { tilhoerer { uuid } } adresse(uuid: $a) { enheder { tilhoerer { uuid } } } }"""
    by.add("deres", builders.en_adressering(by.kommune, by.raekker["rod2"], by["algade"], indeks="2"))

    async with kalder_(dsn, by) as kalder:
        data, fejl = await kalder.fejl(query, u=by["rod2"], a=by["algade"])

    assert data["organisationEnhed"] == [None]
    assert data["adresse"] == [{"enheder": [{"tilhoerer": {"uuid": str(by.kommune.uuid)}}]}]
    assert sorted((sti, klasse) for sti, klasse, _ in fejl) == [
        (["adresse", 0, "enheder"], NULL_VALUE),
        (["organisationEnhed", 0], NULL_VALUE),
    ]


async def test_an_operation_runs_as_of_another_time(dsn: str) -> None:
    by = korsbaek()
    nu = by.raekker["skolen"]
    by.add("skolen", nu.but(virkning_fra="2026-01-01", registreret_fra=1_767_225_600_000_000_000))
    by.add("foer", nu.but(enhedsnavn="Asylet", virkning_til="2026-01-01"))
    by.add("fejlagtig", nu.but(enhedsnavn="Fejl", registreret_fra=0, registreret_til=1_767_225_600_000_000_000))
    query = """query ($u: [UUID!]!) @tidspunkt(%s) { organisationEnhed(uuid: $u) { enhedsnavn } }"""

    async with kalder_(dsn, by) as kalder:
        found = {
            tid: (await kalder.data(query % tid, u=by["skolen"]))["organisationEnhed"][0]["enhedsnavn"]
            for tid in (
                'virkningstid: "2026-02-01T00:00:00Z"',
                'virkningstid: "2025-02-01T00:00:00+01:00"',
                'registreringstid: "2025-06-01T00:00:00Z"',
                'virkningstid: "2025-02-01T00:00:00+01:00", registreringstid: "9999-01-01T00:00:00Z"',
            )
        }

    assert list(found.values()) == ["Skolen", "Asylet", "Fejl", "Asylet"]


BEVARET = {
    "a moment that is kept": ('@tidspunkt(registreringstid: "9999-01-01T00:00:00Z") {{ {enhed} }}', None),
    "a moment that is not": ('@tidspunkt(registreringstid: "2024-07-01T00:00:00Z") {{ {enhed} }}', "registreringstid"),
    "registrations from a time that is kept": (
        '{{ {registrering}, registreringFra: "2025-07-01T00:00:00Z") {{ antal }} }}',
        None,
    ),
    "registrations from one that is not": (
        '{{ {registrering}, registreringFra: "2024-07-01T00:00:00Z") {{ antal }} }}',
        "registreringFra",
    ),
    "registrations up to one that is not": (
        '{{ {registrering}, registreringTil: "2024-07-01T00:00:00Z") {{ antal }} }}',
        "registreringTil",
    ),
    "all registrations that are stored": ("{{ {registrering}) {{ antal }} }}", None),
}


@pytest.mark.parametrize("query, argument", BEVARET.values(), ids=BEVARET)
async def test_what_was_known_before_what_is_kept_is_refused(dsn: str, query: str, argument: str | None) -> None:
    """An answer from what is left would pass for what was known then."""
    by = korsbaek()
    enhed = f'organisationEnhed(uuid: "{by["skolen"]}") {{ uuid }}'
    registrering = f'registrering(objekttype: ORGANISATION_ENHED, uuid: "{by["skolen"]}"'

    async with kalder_(dsn, by) as kalder:
        kalder.motor.historik = NOW - datetime(2025, 1, 1, tzinfo=UTC)
        svar = await kalder.svar("query " + query.format(enhed=enhed, registrering=registrering))

    messages = [error["message"] for error in svar.errors]
    assert messages == ([] if argument is None else [f"{argument}: what was recorded is kept from 2025-01-01 on"])
    assert svar.udfoert is (argument is None)


async def test_pages_forwards_and_backwards_meet(dsn: str) -> None:
    by = korsbaek()
    for navn in ("ærø", "zebra", "ålborg", "aabenraa", "østerbro"):
        by.add(navn, builders.en_bruger(by.kommune, navn))
    frem = """query ($cvr: CVR!, $after: Cursor) { brugerListe(cvr: $cvr, status: AKTIV, first: 3, after: $after) {
        antal edges { cursor node { brugernavn } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    tilbage = frem.replace("first", "last").replace("after", "before").replace("after", "before")

    async with kalder_(dsn, by) as kalder:
        navne: list[str] = []
        after = None
        while True:
            side = (await kalder.data(frem, cvr=by.kommune.cvr, after=after))["brugerListe"]
            navne += [edge["node"]["brugernavn"] for edge in side["edges"]]
            assert side["pageInfo"]["hasPreviousPage"] is (after is not None)
            assert side["pageInfo"]["endCursor"] == side["edges"][-1]["cursor"]
            if not side["pageInfo"]["hasNextPage"]:
                break
            after = side["pageInfo"]["endCursor"]
        sidste = (await kalder.data(tilbage, cvr=by.kommune.cvr, before=None))["brugerListe"]
        foer = (await kalder.data(tilbage, cvr=by.kommune.cvr, before=sidste["pageInfo"]["startCursor"]))["brugerListe"]

    assert navne == ["anna", "bo", "zebra", "ærø", "østerbro", "aabenraa", "ålborg"]
    assert side["antal"] == 7
    assert [edge["node"]["brugernavn"] for edge in [*foer["edges"], *sidste["edges"]]] == navne[1:]


UGYLDIGE = {
    "more than a page": ("brugerListe(cvr: $cvr, status: AKTIV, first: 501) { antal }", "first: wanted 0 to 500"),
    "less than nothing": ("brugerListe(cvr: $cvr, status: AKTIV, last: -1) { antal }", "last: wanted 0 to 500"),
    "both ways": ("brugerListe(cvr: $cvr, status: AKTIV, first: 1, last: 1) { antal }", "first and after cannot"),
    "a bad cursor": ('brugerListe(cvr: $cvr, status: AKTIV, after: "x") { antal }', "after: wanted a cursor"),
    "a bad uuid": ('bruger(uuid: "x") { uuid }', "uuid: wanted UUID"),
    "null where a value is needed": (
        "bruger(uuid: [null]) { uuid }",
        "uuid: Expected value of non-null type 'UUID!' not to be null.",
    ),
    "a bad cvr": ('organisation(cvr: "1") { uuid }', "cvr: wanted CVR: eight digits"),
    "a bad cpr is not repeated": (
        'brugerListe(cvr: $cvr, status: AKTIV, brugerFilter: {personFilter: {cpr: "010101-0101"}}) { antal }',
        "brugerFilter.personFilter.cpr: wanted CPR: ten digits",
    ),
    "a number with a star": ('ansvarligEnhed(cvr: $cvr, kleNummer: "00.*") { uuid }', "kleNummer: wanted a whole"),
    "no words": ('soeg(cvr: $cvr, tekst: " ") { edges { felt } }', "tekst: wanted at least one word"),
    "an unknown field": ("bruger(uuid: []) { nix }", "Cannot query field 'nix'"),
}


@pytest.mark.parametrize("felt, besked", UGYLDIGE.values(), ids=UGYLDIGE)
async def test_a_bad_argument_is_named_and_nothing_is_executed(dsn: str, felt: str, besked: str) -> None:
    by = korsbaek()

    async with kalder_(dsn, by) as kalder:
        svar = await kalder.svar(
            f"query ($cvr: CVR!) {{ {felt} o: organisation(cvr: $cvr) {{ uuid }} }}", cvr=by.kommune.cvr
        )

    assert svar.data is None
    assert not svar.udfoert
    (fejl,) = svar.errors
    assert besked in fejl["message"]
    assert "010101" not in str(fejl)
    assert fejl["extensions"]["classification"] == "ValidationError"


async def test_searching_by_what_may_not_be_seen_is_refused_for_that_field_alone(dsn: str) -> None:
    by = korsbaek()
    query = """query ($cvr: CVR!) { organisation(cvr: $cvr) { organisationsnavn }
        brugerListe(cvr: $cvr, status: AKTIV, brugerFilter: {personFilter: {navn: "Anna*"}}) { antal } }"""

    async with kalder_(dsn, by, frozenset({Ret.LAES})) as kalder:
        data, fejl = await kalder.fejl(query, cvr=by.kommune.cvr)
    assert data == {"organisation": {"organisationsnavn": "Korsbæk Kommune"}, "brugerListe": None}
    assert fejl == [(["brugerListe"], "Unauthorized", "ERROR")]


async def test_introspection_and_data_in_one_query(dsn: str) -> None:
    by = korsbaek()
    query = """query ($cvr: CVR!) { a: __schema { queryType { name } } organisation(cvr: $cvr) { uuid } __typename }"""

    async with kalder_(dsn, by) as kalder:
        data = await kalder.data(query, cvr=by.kommune.cvr)

    assert list(data) == ["a", "organisation", "__typename"]
    assert data["a"] == {"queryType": {"name": "Query"}}


async def test_an_unpaged_list_shows_two_thousand_and_says_so(dsn: str) -> None:
    by = korsbaek()
    for nr in range(2001):
        by.add(f"m{nr}", builders.et_medlemskab(by.kommune, None, by["skolen"], brugervendt_noegle=f"{nr},[]"))

    async with kalder_(dsn, by) as kalder:
        query = "query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { medlemskaber { brugervendtNoegle } } }"
        data, fejl = await kalder.fejl(query, u=by["skolen"])

    assert len(data["organisationEnhed"][0]["medlemskaber"]) == 2000
    assert fejl == [(["organisationEnhed", 0, "medlemskaber"], "ValidationError", "ERROR")]


async def test_what_is_kept_is_bounded_and_broken_documents_are_not_kept(dsn: str) -> None:
    by = korsbaek()

    async with kalder_(dsn, by) as kalder:
        await kalder.svar("{ nix }")
        await kalder.svar("{ bruger(uuid: []) { uuid } }")
        await kalder.svar("{ bruger(uuid: []) { uuid } }")

        assert len(kalder.motor.statements) == 1
        assert len(kalder.motor.dokumenter) == 1
