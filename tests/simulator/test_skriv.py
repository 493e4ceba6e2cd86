"""The write operations on the truth, over their XML: status codes, life cycle, times. domain.md 8, rules.md 5 and 7."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from fkorg.catalogue import Objekttype
from fkorg.operationer import (
    Anmodning,
    Importer,
    Laes,
    LaesSvar,
    Opret,
    OpretSvar,
    Passiver,
    Ret,
    Slet,
    Svar,
)
from fkorg.registrering import (
    UDEN_TIDSPUNKT_NS,
    Egenskab,
    Gyldighed,
    Lister,
    Livscyklus,
    Oejebliksbillede,
    Registrering,
    Tilstand,
)
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from simulator import snavs
from simulator.fejl import Fejl
from simulator.operationer.ret import RetMaade
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import DAG_NS, NOW_NS, SEED, Ur, adresse, ask, enhed_lister

ENHED = Objekttype.ORGANISATION_ENHED
KENDT = UUID(int=99)
ALTID = Virkning(NOW_NS - DAG_NS, UENDELIG_NS)


def kode(tjeneste: Tjeneste, anmodning: Anmodning) -> int:
    svar = ask(tjeneste, anmodning)
    assert isinstance(svar, Svar | OpretSvar | LaesSvar)
    return svar.retur.status_kode


def billede(uuid: UUID, tidspunkt_ns: int = UDEN_TIDSPUNKT_NS, lister: Lister | None = None) -> Oejebliksbillede:
    lister = lister or enhed_lister()
    reg = Registrering(
        tidspunkt_ns,
        Livscyklus.IMPORTERET,
        lister.egenskaber or (),
        lister.tilstande or (),
        lister.relationer or (),
    )
    return Oejebliksbillede(uuid, (reg,))


def test_opret_picks_the_uuid(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    svar = ask(tjeneste, Opret(ENHED, enhed_lister("Ny enhed"), note="en note"))

    assert isinstance(svar, OpretSvar)
    assert svar.uuid is not None
    stored = sandhed.nyeste(ENHED, svar.uuid)
    assert stored is not None
    assert (stored.livscyklus, stored.note) == (Livscyklus.OPSTAAET, "en note")
    assert stored.egenskaber[0].tekst("enhedsnavn") == "Ny enhed"


def test_importer_takes_the_callers_uuid_and_time(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    assert kode(tjeneste, Importer(ENHED, billede(KENDT, NOW_NS - 5))) == 20

    stored = sandhed.nyeste(ENHED, KENDT)
    assert stored is not None
    assert (stored.tidspunkt_ns, stored.livscyklus) == (NOW_NS - 5, Livscyklus.IMPORTERET)


INCONSISTENT = {
    "no Egenskab": Lister((), (), ()),
    "no name": Lister((Egenskab(ALTID, {"brugervendtnoegle": "k"}),), (), ()),
    "no key": Lister((Egenskab(ALTID, {"enhedsnavn": "n"}),), (), ()),
    "a key of 51 signs": enhed_lister("navn", noegle="k" * 51),
    "a period that ends before it begins": Lister(
        (Egenskab(Virkning(9, 3), {"brugervendtnoegle": "k", "enhedsnavn": "n"}),), (), ()
    ),
    "the same address twice": replace(
        enhed_lister(), relationer=(adresse(KENDT, "1", KENDT, ALTID), adresse(KENDT, "2", KENDT, ALTID))
    ),
    "the same Indeks twice": replace(
        enhed_lister(), relationer=(adresse(KENDT, "1", KENDT, ALTID), adresse(uuid4(), "1", KENDT, ALTID))
    ),
    "two states at once": replace(
        enhed_lister(), tilstande=(Tilstand(ALTID, Gyldighed.AKTIV), Tilstand(ALTID, Gyldighed.INAKTIV))
    ),
}


@pytest.mark.parametrize("lister", INCONSISTENT.values(), ids=INCONSISTENT)
def test_inconsistent_input_is_40_and_writes_nothing(lister: Lister, tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    before = sandhed.antal()

    assert kode(tjeneste, Opret(ENHED, lister)) == 40
    assert kode(tjeneste, Importer(ENHED, billede(KENDT, lister=lister))) == 40
    assert sandhed.antal() == before


def test_an_address_that_ended_may_come_again(tjeneste: Tjeneste) -> None:
    ended = adresse(KENDT, "1", KENDT, Virkning(1, 5))
    again = adresse(KENDT, "2", KENDT, Virkning(5, UENDELIG_NS))

    assert kode(tjeneste, Opret(ENHED, replace(enhed_lister(), relationer=(ended, again)))) == 20


WHEN_UNKNOWN = {"ret": Ret(ENHED, KENDT, Lister()), "passiver": Passiver(ENHED, KENDT), "slet": Slet(ENHED, KENDT)}


@pytest.mark.parametrize("anmodning", WHEN_UNKNOWN.values(), ids=WHEN_UNKNOWN)
def test_an_unknown_object_is_44(anmodning: Anmodning, tjeneste: Tjeneste) -> None:
    assert kode(tjeneste, anmodning) == 44


LIFE = {
    # before: what was done to it; then the code of ret, passiver, slet, importer
    "live": ([], 20, 20, 20, 49),
    "passive": ([Passiver(ENHED, KENDT)], 49, 49, 20, 20),
    "deleted": ([Slet(ENHED, KENDT)], 49, 49, 49, 20),
    "passive, then deleted": ([Passiver(ENHED, KENDT), Slet(ENHED, KENDT)], 49, 49, 49, 20),
    "passive, then revived": ([Passiver(ENHED, KENDT), Importer(ENHED, billede(KENDT))], 20, 20, 20, 49),
}


@pytest.mark.parametrize("operation", ["ret", "passiver", "slet", "importer"])
@pytest.mark.parametrize("case", LIFE.values(), ids=LIFE)
def test_life_cycle(case: tuple[list[Anmodning], int, int, int, int], operation: str, tjeneste: Tjeneste) -> None:
    before, ret, passiver, slet, importer = case
    for done in (Importer(ENHED, billede(KENDT)), *before):
        assert kode(tjeneste, done) == 20

    tried, expected = {
        "ret": (Ret(ENHED, KENDT, Lister()), ret),
        "passiver": (Passiver(ENHED, KENDT), passiver),
        "slet": (Slet(ENHED, KENDT), slet),
        "importer": (Importer(ENHED, billede(KENDT)), importer),
    }[operation]

    assert kode(tjeneste, tried) == expected


def test_a_deleted_object_is_still_read_with_its_life_cycle(tjeneste: Tjeneste) -> None:
    ask(tjeneste, Importer(ENHED, billede(KENDT)))
    ask(tjeneste, Slet(ENHED, KENDT))

    svar = ask(tjeneste, Laes(ENHED, KENDT))

    assert isinstance(svar, LaesSvar)
    assert svar.billede is not None
    assert svar.billede.registreringer[0].livscyklus is Livscyklus.SLETTET


TIMES = {"in the future": (NOW_NS + 1, 45), "now": (NOW_NS, 20), "long ago": (1, 20), "not given": (0, 20)}


@pytest.mark.parametrize("tidspunkt_ns, expected", TIMES.values(), ids=TIMES)
def test_importer_checks_the_time(tidspunkt_ns: int, expected: int, tjeneste: Tjeneste) -> None:
    assert kode(tjeneste, Importer(ENHED, billede(KENDT, tidspunkt_ns))) == expected


def test_a_revival_older_than_the_end_is_47(tjeneste: Tjeneste) -> None:
    ask(tjeneste, Importer(ENHED, billede(KENDT, NOW_NS - 100)))
    ask(tjeneste, Passiver(ENHED, KENDT))

    assert kode(tjeneste, Importer(ENHED, billede(KENDT, NOW_NS - 50_000_000))) == 47


def test_several_registrations_are_imported_together(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    one, other = billede(KENDT, NOW_NS - 100), billede(KENDT, NOW_NS - 200)
    both = Oejebliksbillede(KENDT, one.registreringer + other.registreringer)

    assert kode(tjeneste, Importer(ENHED, both)) == 20
    assert [reg.tidspunkt_ns for reg in sandhed.registreringer(ENHED, KENDT)] == [NOW_NS - 200, NOW_NS - 100]


def test_of_two_registrations_with_one_time_nothing_is_stored(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    both = Oejebliksbillede(KENDT, billede(KENDT, 7).registreringer * 2)

    assert kode(tjeneste, Importer(ENHED, both)) == 47
    assert sandhed.registreringer(ENHED, KENDT) == ()


def test_ret_makes_a_newer_registration(tjeneste: Tjeneste, sandhed: Sandhed, ur: Ur) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    ny = Egenskab(Virkning(NOW_NS, UENDELIG_NS), {"brugervendtnoegle": "ny", "enhedsnavn": "Ny"})

    for _ in range(5):
        assert kode(tjeneste, Ret(ENHED, uuid, Lister(egenskaber=(ny,)))) == 20

    times = [reg.tidspunkt_ns for reg in sandhed.registreringer(ENHED, uuid)]
    assert times == sorted(set(times))
    assert times[-1] <= ur() + 1_000


def test_ret_of_a_nameless_object_is_40_until_it_is_named(tjeneste: Tjeneste) -> None:
    uuid = snavs.katalog(SEED)["navnloes_enhed"].uuid("uden_navn")
    navn = Egenskab(Virkning(NOW_NS, UENDELIG_NS), {"brugervendtnoegle": "k", "enhedsnavn": "Navn"})

    assert kode(tjeneste, Ret(ENHED, uuid, Lister(relationer=()))) == 40
    assert kode(tjeneste, Ret(ENHED, uuid, Lister(egenskaber=(navn,)))) == 20


def test_the_unit_with_a_double_address_cannot_be_sent_back(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    """As clients meet it; passiver and importer is the way out. Source: domain.md 8.4, code 40."""
    uuid = snavs.katalog(SEED)["dobbelt_adresse"].uuid("enhed")
    stored = sandhed.nyeste(ENHED, uuid)
    assert stored is not None

    assert kode(tjeneste, Ret(ENHED, uuid, Lister.af(stored))) == 40


@pytest.mark.parametrize("maade", RetMaade)
def test_the_way_of_ret_is_an_option(maade: RetMaade, sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    before = sandhed.nyeste(ENHED, uuid)

    assert kode(Tjeneste(sandhed, Fejl(1), maade=maade), Ret(ENHED, uuid, Lister(relationer=()))) == 20

    after = sandhed.nyeste(ENHED, uuid)
    assert before is not None
    assert after is not None
    assert after.relationer == (before.relationer if maade is RetMaade.MERGE else ())


def test_an_object_without_registration_is_unknown_to_writers_until_imported(
    tjeneste: Tjeneste, sandhed: Sandhed
) -> None:
    uuid = snavs.katalog(SEED)["nul_registreringer"].uuid("enhed")

    assert kode(tjeneste, Ret(ENHED, uuid, Lister())) == 44
    assert kode(tjeneste, Importer(ENHED, billede(uuid))) == 20

    svar = ask(tjeneste, Laes(ENHED, uuid))
    assert isinstance(svar, LaesSvar)
    assert svar.billede is not None
    assert len(svar.billede.registreringer) == 1
