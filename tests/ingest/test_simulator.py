"""A whole municipality from the running simulator: filled by SOAP, and every kind of dirt in the state it is to have.

The table is the answer to "what becomes of it": life cycle, Gyldighed, whether it hangs in the tree, how many of its
addresses and memberships count now. Source: domain.md 11, rules.md 2, 4, 11, 15 and 16.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from fkorg.catalogue import Objekttype
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from ingest import bootstrap, kommune
from model import leader
from model.pool import Pool
from simulator import snavs
from tests.simulator.fixtures import SEED, Ur, sandhed_in
from tests.simulator.live import live

KATALOG = snavs.katalog(SEED)
NOT_POINTED_AT = 2
"""A person whom no user points at, and one of two persons of one user."""
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TILSTAND = """
select coalesce(o.livscyklus, 'ukendt')
       || coalesce(' ' || (select coalesce(e.status, 'uden') from organisation_enhed e where e.uuid = $2 and NU(e)), '')
       || coalesce(' ' || (select coalesce(e.status, 'uden') from bruger e
                                 where e.uuid = $2 and NU(e) and $1 = 'BRUGER'), '')
       || case when exists (select from enhed_sti s where s.enhed = $2) then ' træ' else '' end
       || coalesce((select ' adr' || count(*) from adressering a where a.ejer = $2 and NU(a) having count(*) > 0), '')
       || coalesce((select ' led' || count(*) from medlemskab m where m.uuid = $2 and NU(m) having count(*) > 0), '')
  from (select) x left join objekt o on o.objekttype = $1 and o.uuid = $2
"""
HELD = "x.registreret_til = 9223372036854775807 and x.virkning_fra <= $3 and x.virkning_til > $3"
FINDES, AKTIV, I_TRAEET = "IMPORTERET", "IMPORTERET AKTIV", "IMPORTERET AKTIV træ"
SLUTTILSTAND: dict[str, dict[str, str]] = {
    "flere_roedder": {"gammel": AKTIV, "barn": AKTIV, "anden": AKTIV},
    "dinglende_overordnet": {"enhed": AKTIV},
    "cyklus": {"a": AKTIV, "b": AKTIV},
    "dinglende_adresse": {"enhed": I_TRAEET + " adr1"},
    "dinglende_funktion": {"enhed": I_TRAEET},
    "dobbelt_adresse": {"enhed": I_TRAEET + " adr2", "adresse": FINDES},
    "ukendt_adresserolle": {"enhed": I_TRAEET + " adr1", "adresse": FINDES},
    "ukendt_enhedstype": {"enhed": I_TRAEET},
    "urn_reference": {"enhed": I_TRAEET},
    "uden_gyldighed": {"enhed": FINDES + " uden træ"},
    "overlappende_gyldighed": {"enhed": FINDES + " INAKTIV træ"},
    "inaktiv_enhed": {"enhed": FINDES + " INAKTIV", "barn": AKTIV},
    "nul_registreringer": {"enhed": "ukendt"},
    "to_registreringer": {"enhed": I_TRAEET},
    "udloebet_relation": {"enhed": I_TRAEET + " adr1", "ny": FINDES, "gammel": FINDES},
    "fra_uendelig": {"enhed": I_TRAEET},
    "tom_periode": {"enhed": I_TRAEET},
    "omvendt_periode": {"enhed": I_TRAEET},
    "planlagt_enhed": {"enhed": FINDES},
    "versaler": {"enhed": I_TRAEET + " adr1", "barn": I_TRAEET, "adresse": FINDES},
    "fremmed_tilhoerer": {"enhed": AKTIV},
    "passiveret_enhed": {"enhed": "PASSIVERET"},
    "danske_bogstaver": {"enhed": I_TRAEET},
    "navnloes_enhed": {"uden_navn": I_TRAEET, "uden_noegle": I_TRAEET, "uden_egenskab": I_TRAEET},
    "lange_adresser": {"enhed": I_TRAEET + " adr2", "lang": FINDES, "for_lang": FINDES},
    "robot": {"bruger": AKTIV, "person": FINDES},
    "bruger_uden_person": {"bruger": AKTIV},
    "dinglende_person": {"bruger": AKTIV},
    "dinglende_brugeradresse": {"bruger": AKTIV + " adr1"},
    "to_brugere_en_person": {"a": AKTIV, "b": AKTIV, "person": FINDES},
    "to_personer": {"bruger": AKTIV, "foerste": FINDES, "anden": "ukendt"},
    "faelles_uuid": {"bruger": AKTIV, "person": FINDES},
    "person_uden_bruger": {"person": "ukendt"},
    "udloebet_brugeradresse": {"bruger": AKTIV, "gammel": FINDES, "ny": FINDES},
    "bruger_uden_gyldighed": {"bruger": FINDES + " uden"},
    "bruger_uden_type": {"bruger": AKTIV},
    "ukendt_brugertype": {"bruger": AKTIV},
    "bruger_versaler": {"bruger": AKTIV},
    "bruger_nul_registreringer": {"bruger": "ukendt"},
    "bruger_to_registreringer": {"bruger": AKTIV},
    "passiveret_bruger": {"bruger": "PASSIVERET"},
    "inaktiv_bruger": {"bruger": FINDES + " INAKTIV"},
    "slettet_adresse": {"adresse": "SLETTET", "bruger": AKTIV + " adr1"},
    "dinglende_enhed": {"funktion": FINDES + " led1", "bruger": AKTIV},
    "dinglende_bruger": {"funktion": FINDES + " led1", "enhed": I_TRAEET},
    "funktion_uden_enhed": {"funktion": FINDES, "bruger": AKTIV},
    "funktion_to_enheder": {"funktion": FINDES + " led1", "foerste": I_TRAEET, "anden": I_TRAEET, "bruger": AKTIV},
    "funktion_mange_brugere": {
        "funktion": FINDES + " led5",
        "enhed": I_TRAEET,
        "bruger0": AKTIV,
        "bruger1": AKTIV,
        "bruger2": AKTIV,
        "bruger3": AKTIV,
        "bruger4": AKTIV,
        "bruger5": AKTIV,
    },
    "ubesat_stilling": {"funktion": FINDES + " led1", "enhed": I_TRAEET},
    "to_ledere": {
        "enhed": I_TRAEET,
        "leder_a": AKTIV,
        "leder_b": AKTIV,
        "funktion_a": FINDES + " led1",
        "funktion_b": FINDES + " led1",
    },
    "leder_fra_anden_enhed": {
        "enhed": I_TRAEET,
        "hjemme": I_TRAEET,
        "bruger": AKTIV,
        "ansaettelse": FINDES + " led1",
        "leder": FINDES + " led1",
    },
    "ukendt_funktionstype": {"funktion": FINDES, "enhed": I_TRAEET, "bruger": AKTIV},
    "systemrolle": {"funktion": FINDES, "enhed": I_TRAEET},
    "fremtidig_ansaettelse": {"funktion": FINDES, "enhed": I_TRAEET, "bruger": AKTIV},
    "funktion_uden_enhed_mere": {"funktion": FINDES, "enhed": I_TRAEET, "bruger": AKTIV},
    "aldrig_medlem": {"funktion": FINDES, "enhed": I_TRAEET, "bruger": AKTIV},
}
"""Kind of dirt -> object -> its state. `uden`: no Gyldighed known; `ukendt`: not stored."""


@dataclass(frozen=True)
class Fyldt:
    """A filled database, and what filling it came to."""

    dsn: str
    fyldning: bootstrap.Fyldning
    antal: int


@pytest.fixture(scope="module")
def fyldt(new_dsn: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fyldt]:
    sandhed = sandhed_in(tmp_path_factory.mktemp("sim") / "sandhed", Ur())
    with live(sandhed) as sim:
        antal = sum(sandhed.antal().values())
        yield asyncio.run(_fyld(new_dsn(), f"{sim.url}/organisation", sandhed.cvr, antal))
    sandhed.close()


async def _fyld(dsn: str, url: str, cvr: str, antal: int) -> Fyldt:
    async with aclosing(Transport()) as transport, await Pool.open(dsn) as pool:
        klient = Klient(transport, url, cvr=cvr)
        kontekst = await kommune.find(pool, klient, cvr, NOW)
        async with leader.hold(pool, kontekst.organisation, "test") as leder:
            fyldning = await bootstrap.run(pool, klient, leder, clock=lambda: NOW)
    return Fyldt(dsn, fyldning, antal)


async def tilstand(pool: Pool, objekttype: Objekttype, uuid: object) -> str:
    sql = TILSTAND
    for alias in "eam":
        held = HELD.replace("x.", f"{alias}.")
        sql = sql.replace(f"NU({alias})", held)
    found: str = await pool.fetchval(sql, objekttype.value, uuid, NOW)
    return found


async def test_all_that_has_a_registration_and_is_pointed_at_is_stored(fyldt: Fyldt) -> None:
    ud = fyldt.fyldning

    assert (ud.uden_registrering, ud.bremset, ud.fravaerende) == (2, False, 0)
    assert ud.anvendt == fyldt.antal - ud.uden_registrering - NOT_POINTED_AT
    assert ud.resultat.afvigelser == {
        ("uden_reference", "Enhedstype"): 1,
        ("tom", "Adresser"): 1,
        ("omvendt", "Adresser"): 1,
        ("flere_enheder", "TilknyttedeEnheder"): 1,
    }


@pytest.mark.parametrize("navn", KATALOG)
async def test_every_dirty_record_ends_in_a_defined_state(fyldt: Fyldt, navn: str) -> None:
    async with await Pool.open(fyldt.dsn, size=1) as pool:
        found = {kort: await tilstand(pool, *key) for kort, key in KATALOG[navn].objekter.items()}

    assert found == SLUTTILSTAND[navn]


async def test_units_in_the_tree_have_an_unbroken_path_to_the_root(fyldt: Fyldt) -> None:
    async with await Pool.open(fyldt.dsn, size=1) as pool:
        row = await pool.fetchrow(
            "select count(*), bool_and(s.sti[1] = k.rod), bool_and(s.sti[s.dybde + 1] = s.enhed), max(s.dybde) > 2"
            "  from enhed_sti s, anvenderkontekst k"
        )

    assert row is not None
    assert row[0] > 150
    assert tuple(row)[1:] == (True, True, True)
