"""The answer of a mutation by the real way: written at the source, applied by ingest, read by plan."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from graph import schema
from graph.answer import Spoergsmaal
from graph.caller import Principal, Ret
from graph.context import Context
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from ingest import kommune
from ingest.worker import Worker
from model import dirty, leader
from model.lease import Lease
from model.pool import Pool
from simulator.operationer.ret import RetMaade
from tests.graph.mutations.dokumenter import en_bruger, en_enhed, en_person, rod
from tests.graph.mutations.plads import SKRIVER, Plads

OM = "kvitteringer { statusKode sendt } stand"


@pytest.fixture
def maade() -> RetMaade:
    return RetMaade.REPLACE


@dataclass(repr=False)
class Hus:
    """The writers of `plads`, with ingest's worker and the query path."""

    plads: Plads
    worker: Worker
    udfoerer: Udfoerer
    advarsler: list[Mapping[str, Any]] = field(default_factory=list)
    """What the answers warned of, so far."""

    async def spoerg(self, query: str, rettigheder: frozenset[Ret] = SKRIVER, **variables: Any) -> dict[str, Any]:
        """The answer's data; the test expects no errors."""
        now, plads = self.plads.now, self.plads
        caller = Principal("et", "11111111", plads.organisation, rettigheder, now + timedelta(hours=1))
        svar = await self.udfoerer.besvar(Spoergsmaal(query, None, variables), caller, now)
        assert [e for e in svar.errors if e["extensions"]["type"] == "ERROR"] == []
        self.advarsler += svar.errors
        found: dict[str, Any] = orjson.loads(svar.data or b"null")
        return found

    async def run(self) -> None:
        while True:
            await self.worker.once(self.plads.now)
            await asyncio.sleep(0.01)


@pytest.fixture
async def hus(plads: Plads, dsn: str) -> AsyncIterator[Hus]:
    """A database of its own, with the municipality and its root unit in it."""
    async with await Pool.open(dsn) as pool, Lease(dsn, 2) as lease:
        plads.brug(pool)
        plads.ingest = False
        kontekst = await kommune.find(pool, plads.klient, "11111111", plads.now, organisation=plads.organisation)
        leder = await leader.take(pool, plads.organisation, "test", seen_epoch=None)
        assert leder is not None
        assert kontekst.rod is not None
        worker = Worker(pool, plads.klient, leder)

        def opened(principal: Principal, now: Any) -> Context:
            return Context(principal, now, None, udfoerer.objekter, plads.skrivere)  # type: ignore[arg-type]  # no log

        udfoerer = Udfoerer(Dokumenter(schema.core(schema.build())), lease, opened)
        hus = Hus(plads, worker, udfoerer)
        async with pool.transaction() as tx:
            for kind, uuid in (
                (Objekttype.ORGANISATION, plads.organisation),
                (Objekttype.ORGANISATION_ENHED, kontekst.rod),
            ):
                await dirty.mark(tx, Objekt(plads.organisation, kind, uuid), aarsag="AFSTEMNING", now=plads.now)
        ingest = asyncio.create_task(hus.run())
        yield hus
        ingest.cancel()


async def test_a_new_unit_is_answered_with_its_place_in_the_tree_and_its_address(hus: Hus) -> None:
    found = await hus.spoerg(
        f"mutation($i: OpretOrganisationEnhed!) {{ opretOrganisationEnhed(input: $i) {{ {OM} organisationEnhed "
        "{ enhedsnavn tilstand { status } sti { uuid } tilhoerer { uuid } adresser { adresseTekst } "
        "meta { aarsag } } } }",
        i={
            "cvr": "11111111",
            "brugervendtNoegle": "N",
            "enhedsnavn": "Ådalen",
            "overordnetEnhed": rod(hus.plads),
            "adresser": [{"rolle": str(klassifikation.ENHED_EMAIL), "tekst": "a@korsbaek.dk"}],
        },
    )

    enhed = found["opretOrganisationEnhed"]["organisationEnhed"]
    assert enhed["sti"].pop()["uuid"]
    assert enhed == {
        "enhedsnavn": "Ådalen",
        "tilstand": {"status": "AKTIV"},
        "sti": [{"uuid": rod(hus.plads)}],
        "tilhoerer": {"uuid": str(hus.plads.organisation)},
        "adresser": [{"adresseTekst": "a@korsbaek.dk"}],
        "meta": {"aarsag": "MUTATION"},
    }


async def test_an_employment_is_answered_with_its_membership_from_both_sides(hus: Hus) -> None:
    bruger, enhed = await en_bruger(hus.plads, "mads"), await en_enhed(hus.plads, "Skolen")

    found = await hus.spoerg(
        f'mutation($b: UUID!, $e: UUID!) {{ ansaetBruger(bruger: $b, enhed: $e, titel: "Lærer") {{ {OM} '
        "medlemskab { uuid medlemskabRolleTitel medlemAf { enhedsnavn } } bruger { harMedlemskab { uuid } } } "
        "udpegLeder(enhed: $e, bruger: $b) { medlemskab { bruger { brugernavn } } "
        "organisationEnhed { effektivLeder { bruger { brugernavn } nedarvet } } } }",
        b=bruger,
        e=enhed,
    )

    ansat, leder = found["ansaetBruger"], found["udpegLeder"]
    assert ansat["medlemskab"]["medlemskabRolleTitel"] == "Lærer"
    assert ansat["medlemskab"]["medlemAf"] == {"enhedsnavn": "Skolen"}
    assert ansat["bruger"] == {"harMedlemskab": [{"uuid": ansat["medlemskab"]["uuid"]}]}
    assert leder["medlemskab"] == {"bruger": {"brugernavn": "mads"}}
    assert leder["organisationEnhed"] == {"effektivLeder": {"bruger": {"brugernavn": "mads"}, "nedarvet": False}}


async def test_a_moved_unit_shows_its_new_place_and_a_deleted_one_nothing(hus: Hus) -> None:
    over, uuid = await en_enhed(hus.plads, "Over"), await en_enhed(hus.plads, "Under")

    found = await hus.spoerg(
        f"mutation($e: UUID!, $o: UUID!) {{ flytEnhed(uuid: $e, nyOverordnet: $o) {{ {OM} organisationEnhed "
        "{ dybde overordnetEnhed { enhedsnavn } } } sletOrganisationEnhed(uuid: $e) { organisationEnhed { uuid } } }",
        e=uuid,
        o=over,
    )

    assert found["flytEnhed"]["organisationEnhed"] == {"dybde": 2, "overordnetEnhed": {"enhedsnavn": "Over"}}
    assert found["sletOrganisationEnhed"] == {"organisationEnhed": None}


async def test_a_person_is_shown_by_the_rights_of_who_wrote(hus: Hus) -> None:
    uuid = await en_person(hus.plads)
    document = "mutation($i: RetPerson!) { retPerson(input: $i) { person { uuid navn cpr } } }"

    bare = await hus.spoerg(document, i={"uuid": uuid, "navn": "Ingeborg Skjern"})
    full = await hus.spoerg(document, SKRIVER | {Ret.SENAVN, Ret.SECPR}, i={"uuid": uuid, "navn": "Inge Skjern"})

    assert bare["retPerson"]["person"] == {"uuid": uuid, "navn": None, "cpr": None}
    assert [(told["path"], told["extensions"]["type"]) for told in hus.advarsler] == [
        (["retPerson", "person", "navn"], "WARNING"),
        (["retPerson", "person", "cpr"], "WARNING"),
    ]
    assert full["retPerson"]["person"] == {"uuid": uuid, "navn": "Inge Skjern", "cpr": "0102031234"}


async def test_the_stand_of_a_write_is_not_before_it(hus: Hus) -> None:
    uuid = UUID(await en_enhed(hus.plads, "Gl"))

    first = await hus.spoerg(
        f'mutation($e: UUID!) {{ omdoebEnhed(uuid: $e, enhedsnavn: "A") {{ {OM} }} }}', e=str(uuid)
    )
    second = await hus.spoerg(
        f'mutation($e: UUID!) {{ omdoebEnhed(uuid: $e, enhedsnavn: "B") {{ {OM} }} }}', e=str(uuid)
    )

    stands = [hus.plads.stand(found["omdoebEnhed"]["stand"]) for found in (first, second)]
    logged = await hus.plads.pool.fetch("select xid, seq from aendring where uuid = $1 order by seq desc limit 2", uuid)
    assert [(s.xid, s.seq) for s in reversed(stands)] == [(row["xid"], row["seq"]) for row in logged]
