"""The log of reads: who saw whose name or CPR number is written before the answer leaves, on each path, or not seen."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from fkorg.errors import Unavailable
from graph.answer import Svar
from graph.caller import Ret
from graph.changes import Changes
from graph.context import Context
from graph.execute import UDEN_OPSLAG
from graph.indsigt import Indsigt
from graph.opslag import Opslagslog
from model import opslag, tables
from model.freshness import Freshness
from model.opslag import Opslag
from model.pool import Pool
from tests import builders
from tests.builders import Kommune
from tests.graph.fixture import NOW, By, Husker, Kalder, kalder, korsbaek
from tests.graph.log_fixture import a_log

INDSIGT = frozenset({Ret.LAES, Ret.INDSIGT})
LAES, NAVN, CPR = frozenset({Ret.LAES}), frozenset({Ret.LAES, Ret.SENAVN}), frozenset({Ret.LAES, Ret.SECPR})
BRUGER = "query ($u: [UUID!]!) { bruger(uuid: $u) { person { %s } } }"
HVEM = """query ($p: UUID!, $fra: DateTime, $til: DateTime, $n: Int, $c: Cursor) {
    hvemHarSetMig(personUuid: $p, fra: $fra, til: $til, first: $n, after: $c) {
    edges { cursor node { tidspunkt system felter operation } } pageInfo { endCursor hasNextPage } } }"""


@pytest.fixture
def by() -> By:
    return korsbaek()


async def set_af(dsn: str, by: By, query: str, *, rettigheder: frozenset[Ret] | None = None, **variables: Any) -> Any:
    """What of whom an answer puts into the log; the answer has no mark left."""
    husker = Husker()
    given = {} if rettigheder is None else {"rettigheder": rettigheder}
    async with kalder(dsn, by, opslag=husker, **given) as k:
        svar = await k.svar(query, **variables)
    assert svar.data is not None
    assert not re.search(rb"[\x00-\x1f]", svar.data)
    return husker.hentet()


async def test_a_name_is_logged_wherever_it_stands(dsn: str, by: By) -> None:
    query = "query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { medlemskaber { bruger { person { navn } } } } }"
    assert await set_af(dsn, by, query, u=[by["boern"]]) == [(["navn"], [by["annas person"]])]


@pytest.mark.parametrize(
    "felter, set_", [("navn", ["navn"]), ("cpr", ["cpr"]), ("a: navn cpr", ["cpr", "navn"]), ("uuid navn", ["navn"])]
)
async def test_what_was_shown_is_told_by_its_name(dsn: str, by: By, felter: str, set_: list[str]) -> None:
    assert await set_af(dsn, by, BRUGER % felter, u=[by["anna"]]) == [(set_, [by["annas person"]])]


async def test_each_person_is_named_once_an_answer(dsn: str, by: By) -> None:
    query = "query ($u: [UUID!]!, $p: [UUID!]!) { bruger(uuid: $u) { person { navn } } person(uuid: $p) { navn cpr } }"
    given = {"u": [by["anna"]], "p": [by["annas person"]]}
    assert await set_af(dsn, by, query, **given) == [(["cpr", "navn"], [by["annas person"]])]


UDEN = {
    "nothing personal": (BRUGER % "uuid brugervendtNoegle", None, "anna"),
    "no right": (BRUGER % "navn cpr", LAES, "anna"),
    "no right to the number": (BRUGER % "cpr", NAVN, "anna"),
    "no person": (BRUGER % "navn", None, "bo"),
}


@pytest.mark.parametrize("query, rettigheder, hvem", UDEN.values(), ids=UDEN)
async def test_what_shows_nothing_of_a_person_is_not_logged(
    dsn: str, by: By, query: str, rettigheder: frozenset[Ret] | None, hvem: str
) -> None:
    assert await set_af(dsn, by, query, rettigheder=rettigheder, u=[by[hvem]]) == []


LISTE = """query ($cvr: CVR!, $f: BrugerFilter) { brugerListe(cvr: $cvr, status: AKTIV, brugerFilter: $f) {
    edges { node { brugernavn person { uuid } } } } }"""
ANTAL = """query ($cvr: CVR!, $f: BrugerFilter) { brugerListe(cvr: $cvr, status: AKTIV, brugerFilter: $f) {
    edges { node { brugernavn } } } }"""
SOEG = 'query ($cvr: CVR!, $t: [Objekttype!]) { soeg(cvr: $cvr, tekst: "an", typer: $t) { edges { node { uuid } } } }'
SOEGNINGER: dict[str, tuple[str, dict[str, Any], list[str] | None]] = {
    "by a number": (LISTE, {"f": {"personFilter": {"cpr": "0101010101"}}}, ["annas person"]),
    "without a word of the person": (ANTAL, {"f": {"personFilter": {"cpr": "0101010101"}}}, ["annas person"]),
    "by a name": (LISTE, {"f": {"personFilter": {"navn": "Anna*"}}}, ["annas person"]),
    "in vain": (LISTE, {"f": {"personFilter": {"cpr": "0202020202"}}}, []),
    "by a user name": (LISTE, {"f": {"brugernavn": "anna"}}, None),
    "in everything": (SOEG, {}, []),
    "in persons": (SOEG, {"t": ["PERSON"]}, []),
    "in units": (SOEG, {"t": ["ORGANISATION_ENHED"]}, None),
}


@pytest.mark.parametrize("query, given, personer", SOEGNINGER.values(), ids=SOEGNINGER)
async def test_a_search_by_name_or_number_is_logged_also_when_it_finds_nobody(
    dsn: str, by: By, query: str, given: dict[str, Any], personer: list[str] | None
) -> None:
    expected = [] if personer is None else [(["soegning"], [by[one] for one in personer])]
    assert await set_af(dsn, by, query, cvr=by.kommune.cvr, **given) == expected


async def test_an_operation_that_is_refused_is_no_search(dsn: str, by: By) -> None:
    given = {"cvr": by.kommune.cvr, "f": {"personFilter": {"cpr": "0101010101"}}}
    assert await set_af(dsn, by, LISTE, rettigheder=NAVN, **given) == []


@pytest.mark.parametrize("rettigheder, set_", [(NAVN, True), (CPR, True), (LAES, False)])
async def test_what_was_recorded_of_a_person_is_logged(
    dsn: str, by: By, rettigheder: frozenset[Ret], set_: bool
) -> None:
    by.add("recorded", recorded(by, "PERSON", by["annas person"]))
    by.add("unit", recorded(by, "ORGANISATION_ENHED", by["boern"]))
    query = """query ($u: UUID!, $e: UUID!) { registrering(objekttype: PERSON, uuid: $u) { edges { node { indhold } } }
        enhed: registrering(objekttype: ORGANISATION_ENHED, uuid: $e) { edges { node { indhold } } } }"""
    found = await set_af(dsn, by, query, rettigheder=rettigheder, u=by["annas person"], e=by["boern"])
    assert found == ([(["indhold"], [by["annas person"]])] if set_ else [])


@pytest.mark.parametrize("tidspunkt", ["virkningstid", "registreringstid"])
async def test_the_time_that_is_asked_about_makes_no_difference(dsn: str, by: By, tidspunkt: str) -> None:
    query = BRUGER.replace(" { bruger", f' @tidspunkt({tidspunkt}: "2026-02-01T00:00:00Z") {{ bruger', 1) % "navn"
    assert await set_af(dsn, by, query, u=[by["anna"]]) == [(["navn"], [by["annas person"]])]


async def test_without_the_log_nothing_of_persons_is_shown_and_the_rest_is(dsn: str, by: By) -> None:
    husker = Husker()
    husker.borte = True
    query = "query ($u: [UUID!]!) { bruger(uuid: $u) { brugernavn person { uuid navn cpr } } }"

    async with kalder(dsn, by, opslag=husker) as k:
        svar = await k.svar(query, u=[by["anna"]])

    person = {"uuid": by["annas person"], "navn": None, "cpr": None}
    assert orjson.loads(svar.data or b"") == {"bruger": [{"brugernavn": "anna", "person": person}]}
    first, *rest = svar.errors
    assert (first["message"], first["extensions"]["kode"]) == (UDEN_OPSLAG, "UNAVAILABLE")
    assert {one["extensions"]["classification"] for one in rest} == {"Unauthorized"}


async def test_without_the_log_nobody_is_searched_for(dsn: str, by: By) -> None:
    husker = Husker()
    husker.borte = True
    async with kalder(dsn, by, opslag=husker) as k:
        svar = await k.svar(LISTE, cvr=by.kommune.cvr, f={"personFilter": {"cpr": "0101010101"}})
    assert orjson.loads(svar.data or b"") == {"brugerListe": None}
    assert svar.errors[0]["message"] == UDEN_OPSLAG


async def test_an_answer_waits_until_its_row_lasts(dsn: str, by: By) -> None:
    released, asked = asyncio.Event(), asyncio.Event()

    class Slow(Husker):
        async def skriv(self, et: Opslag) -> None:
            asked.set()
            await released.wait()

    async with kalder(dsn, by, opslag=Slow()) as k:
        answer = asyncio.create_task(k.svar(BRUGER % "navn", u=[by["anna"]]))
        await asked.wait()
        await asyncio.sleep(0.05)
        assert not answer.done()
        released.set()
        assert b"Anna" in ((await answer).data or b"")


async def test_many_answers_share_a_commit_and_each_has_its_row(
    dsn: str, by: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits, real = [], opslag.skriv

    async def counted(connection: Any, some: Any) -> None:
        commits.append(len(some))
        await real(connection, some)

    monkeypatch.setattr(opslag, "skriv", counted)
    async with await Pool.open(dsn) as pool:
        log = Opslagslog(pool)
        await asyncio.gather(*(log.skriv(et(by, f"caller {nr}", by["annas person"])) for nr in range(100)))
        rows = await pool.fetch("select caller, personer from access_log")

    assert sum(commits) == len(rows) == 100
    assert len(commits) <= 3
    assert {row["caller"] for row in rows} == {f"caller {nr}" for nr in range(100)}


async def test_when_it_cannot_be_written_each_hears_of_it_and_the_next_may_go(dsn: str, by: By) -> None:
    async with await Pool.open(dsn, size=1) as pool:
        log = Opslagslog(pool)
        await pool.execute("alter table access_log rename to elsewhere")
        with pytest.raises(Exception, match="access_log"):
            await log.skriv(et(by, "a", by["annas person"]))
        await pool.execute("alter table elsewhere rename to access_log")
        await log.skriv(et(by, "b", by["annas person"]))
        assert [row["caller"] for row in await pool.fetch("select caller from access_log")] == ["b"]


async def test_a_database_that_is_away_is_unavailable(dsn: str, by: By) -> None:
    async with await Pool.open(dsn) as pool:
        log = Opslagslog(pool)
    with pytest.raises(Unavailable):
        await log.skriv(et(by, "a", by["annas person"]))


@pytest.fixture
async def spoerger(dsn: str, by: By) -> AsyncIterator[Kalder]:
    """Who may ask who has seen whom, after three reads of Anna, a minute apart, and one of somebody else."""
    async with a_log(dsn) as log:
        pool = log.database
        writing = Opslagslog(pool)
        for nr in range(3):
            read = et(by, f"system {nr}", by["annas person"])
            await writing.skriv(replace(read, tidspunkt=NOW + timedelta(minutes=nr), operation="Vis" if nr else None))
        await writing.skriv(et(by, "another", by["boern"]))
        changes = Changes(log, Freshness(pool))

        def kontekst(principal: Any, now: Any) -> Context:
            async def objekter(*_: Any) -> Any:
                raise AssertionError

            return Context(principal, now, changes, objekter, indsigt=Indsigt(pool))

        async with kalder(dsn, by, INDSIGT, fyld=False, kontekst=kontekst) as k:
            yield k


async def test_who_has_seen_a_person_is_told_the_latest_first(spoerger: Kalder, by: By) -> None:
    found = (await spoerger.data(HVEM, p=by["annas person"]))["hvemHarSetMig"]
    assert [edge["node"] for edge in found["edges"]] == [
        {"tidspunkt": "2026-03-02T12:02:00Z", "system": "system 2", "felter": ["navn"], "operation": "Vis"},
        {"tidspunkt": "2026-03-02T12:01:00Z", "system": "system 1", "felter": ["navn"], "operation": "Vis"},
        {"tidspunkt": "2026-03-02T12:00:00Z", "system": "system 0", "felter": ["navn"], "operation": None},
    ]


async def test_it_is_read_page_by_page(spoerger: Kalder, by: By) -> None:
    first = (await spoerger.data(HVEM, p=by["annas person"], n=2))["hvemHarSetMig"]
    after = first["pageInfo"]["endCursor"]
    second = (await spoerger.data(HVEM, p=by["annas person"], n=2, c=after))["hvemHarSetMig"]
    assert [edge["node"]["system"] for edge in first["edges"]] == ["system 2", "system 1"]
    assert [edge["node"]["system"] for edge in second["edges"]] == ["system 0"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_it_is_asked_between_two_moments(spoerger: Kalder, by: By) -> None:
    given = {"fra": "2026-03-02T12:01:00Z", "til": "2026-03-02T12:01:00Z"}
    found = (await spoerger.data(HVEM, p=by["annas person"], **given))["hvemHarSetMig"]
    assert [edge["node"]["system"] for edge in found["edges"]] == ["system 1"]


async def test_another_municipality_sees_nothing_of_it(spoerger: Kalder, by: By) -> None:
    spoerger.principal = replace(spoerger.principal, cvr="22222222", organisation=Kommune("22222222", "Andeby").uuid)
    found = (await spoerger.data(HVEM, p=by["annas person"]))["hvemHarSetMig"]
    assert found["edges"] == []


REFUSED: dict[str, tuple[frozenset[Ret], dict[str, Any], str]] = {
    "without the right": (frozenset({Ret.LAES, Ret.SENAVN, Ret.SECPR, Ret.DRIFT}), {}, "needs the right INDSIGT"),
    "a page too long": (INDSIGT, {"n": 501}, "first: wanted 0 to 500, found 501"),
    "a cursor of another list": (INDSIGT, {"c": "MTIz"}, "after: wanted a cursor of this list"),
    "no cursor": (INDSIGT, {"c": "ø"}, "after: wanted a cursor of this list"),
}


@pytest.mark.parametrize("rettigheder, given, message", REFUSED.values(), ids=REFUSED)
async def test_it_is_refused(
    spoerger: Kalder, by: By, rettigheder: frozenset[Ret], given: dict[str, Any], message: str
) -> None:
    spoerger.principal = replace(spoerger.principal, rettigheder=rettigheder)
    svar: Svar = await spoerger.svar(HVEM, p=by["annas person"], **given)
    assert orjson.loads(svar.data or b"") == {"hvemHarSetMig": None}
    assert message in svar.errors[0]["message"]


def et(by: By, caller: str, person: str) -> Opslag:
    return Opslag(by.kommune.uuid, NOW, caller, ["navn"], [person])


def recorded(by: By, objekttype: str, uuid: str) -> Any:
    return builders.row(
        tables.registrering,
        by.kommune,
        objekttype=objekttype,
        uuid=uuid,
        reg_ns=builders.REGISTRERET,
        rewind=0,
        tie=0,
        livscyklus="IMPORTERET",
        content={"egenskaber": []},
        content_hash="\\x00",
        kilde="BOOTSTRAP",
        hentet_at="2026-01-01",
    )
