"""What laes, list, soeg and the export return: filters, pages, dirt. domain.md 4.5 and 7, FACTS.md 4 and 5."""

from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import ENHEDSROLLE
from fkorg.operationer import (
    ALT,
    Anmodning,
    Filtre,
    Hierarki,
    HierarkiSvar,
    Laes,
    LaesSvar,
    List,
    ListSvar,
    Passiver,
    Ret,
    Slet,
    Soeg,
    SoegRegistrering,
    SoegSvar,
    SoegVirkning,
)
from fkorg.registrering import Egenskab, Gyldighed, Lister, Livscyklus, Reference, Registrering, Relation, Tilstand
from fkorg.tid import ALTID_NS, UENDELIG_NS, midnat_ns
from fkorg.virkning import ALTID, Virkning
from simulator import snavs
from simulator.fejl import Fejl
from simulator.kommune.byg import PLANLAGT
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import NOW_NS, SEED, ask

ENHED, BRUGER, FUNKTION = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION
SNAVS = snavs.katalog(SEED)
ALTID_SOEG = SoegVirkning(ALTID_NS, UENDELIG_NS)
KUN_ENHEDER = Hierarki(
    0,
    500,
    egenskaber={
        BRUGER: Egenskab(ALTID, {"brugernavn": "EXCLUDE!"}),
        FUNKTION: Egenskab(ALTID, {"funktionsnavn": "EXCLUDE!"}),
    },
)
NU_OG_FREM = Filtre(NOW_NS, UENDELIG_NS)


def laest(tjeneste: Tjeneste, objekttype: Objekttype, uuid: UUID, filtre: Filtre = ALT) -> tuple[Registrering, ...]:
    svar = ask(tjeneste, Laes(objekttype, uuid, filtre))
    assert isinstance(svar, LaesSvar)
    assert svar.billede is not None
    return svar.billede.registreringer


def fundet(tjeneste: Tjeneste, anmodning: Soeg) -> tuple[UUID, ...]:
    svar = ask(tjeneste, anmodning)
    assert isinstance(svar, SoegSvar)
    assert svar.retur.status_kode == (20 if svar.uuids else 44)
    return svar.uuids or ()


def eksporteret(tjeneste: Tjeneste, anmodning: Hierarki) -> dict[Objekttype, list[UUID]]:
    svar = ask(tjeneste, anmodning)
    assert isinstance(svar, HierarkiSvar)
    assert svar.retur.status_kode == 20
    return {objekttype: [one.uuid for one in billeder] for objekttype, billeder in svar.objekter.items()}


def test_an_unlimited_read_is_the_stored_registration(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    for navn, kort in (("udloebet_relation", "enhed"), ("tom_periode", "enhed"), ("fra_uendelig", "enhed")):
        uuid = SNAVS[navn].uuid(kort)
        stored = sandhed.nyeste(ENHED, uuid)
        assert stored is not None

        (read,) = laest(tjeneste, ENHED, uuid)

        assert set(read.relationer) == set(stored.relationer)
        assert (read.tidspunkt_ns, read.egenskaber, read.tilstande) == (
            stored.tidspunkt_ns,
            stored.egenskaber,
            stored.tilstande,
        )


WINDOWS = {
    # dirt, relation, filter, how many entries of the relation are seen
    "without filter, what is in effect now": ("udloebet_relation", "Adresser", Filtre(), 1),
    "unlimited, all": ("udloebet_relation", "Adresser", ALT, 2),
    "from now on, not the ended": ("udloebet_relation", "Adresser", NU_OG_FREM, 1),
    "up to now, both": ("udloebet_relation", "Adresser", Filtre(None, NOW_NS), 2),
    "planned, not now": ("planlagt_enhed", "Overordnet", Filtre(), 0),
    "planned, from now on": ("planlagt_enhed", "Overordnet", NU_OG_FREM, 1),
    "planned, before it begins": ("planlagt_enhed", "Overordnet", Filtre(NOW_NS, midnat_ns(PLANLAGT)), 0),
    "an empty period is not in effect now": ("tom_periode", "Adresser", Filtre(), 0),
    "an empty period, unlimited": ("tom_periode", "Adresser", ALT, 1),
    "a reversed period, unlimited": ("omvendt_periode", "Adresser", ALT, 1),
    "infinite start, now": ("fra_uendelig", "Overordnet", Filtre(), 1),
}


@pytest.mark.parametrize("navn, relation, filtre, expected", WINDOWS.values(), ids=WINDOWS)
def test_effect_filters(navn: str, relation: str, filtre: Filtre, expected: int, tjeneste: Tjeneste) -> None:
    (read,) = laest(tjeneste, ENHED, SNAVS[navn].uuid("enhed"), filtre)

    assert len(read.relation(relation)) == expected


def test_registration_filters_give_older_registrations(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    uuid = SNAVS["passiveret_enhed"].uuid("enhed")
    first, second = (reg.tidspunkt_ns for reg in sandhed.registreringer(ENHED, uuid))
    cases = {
        (ALTID_NS, UENDELIG_NS): [first, second],
        (None, second): [first],
        (second, None): [second],
        (first + 1, first + 2): [first],
        (None, first): [],
    }
    for (fra, til), expected in cases.items():
        read = laest(tjeneste, ENHED, uuid, Filtre(ALTID_NS, UENDELIG_NS, fra, til))
        assert [reg.tidspunkt_ns for reg in read] == expected


def test_laes_of_an_unknown_object_is_44(tjeneste: Tjeneste) -> None:
    svar = ask(tjeneste, Laes(ENHED, UUID(int=1)))

    assert isinstance(svar, LaesSvar)
    assert (svar.retur.status_kode, svar.billede) == (44, None)


def test_list_leaves_out_the_unknown_and_keeps_the_order(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    known = [sandhed.ramme.uuid("enhed", n) for n in (5, 2, 9)]

    svar = ask(tjeneste, List(ENHED, (known[0], UUID(int=1), *known[1:], known[0])))

    assert isinstance(svar, ListSvar)
    assert [one.uuid for one in svar.billeder] == known


def test_list_of_none_is_44(tjeneste: Tjeneste) -> None:
    svar = ask(tjeneste, List(ENHED, (UUID(int=1),)))

    assert isinstance(svar, ListSvar)
    assert svar.retur.status_kode == 44


ODD = {"nul_registreringer": 0, "to_registreringer": 2, "uden_gyldighed": 1}


@pytest.mark.parametrize("navn, expected", ODD.items(), ids=ODD)
def test_how_many_registrations_a_read_returns(navn: str, expected: int, tjeneste: Tjeneste) -> None:
    assert len(laest(tjeneste, ENHED, SNAVS[navn].uuid("enhed"))) == expected


def test_laes_behind_its_message(tjeneste: Tjeneste, sandhed: Sandhed, fejl: Fejl) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    before = laest(tjeneste, ENHED, uuid)
    fejl.set({"lag": "2.5"})

    assert ask(tjeneste, Ret(ENHED, uuid, Lister()))
    assert laest(tjeneste, ENHED, uuid) == before

    sandhed.ur.go(3 * 10**9)  # type: ignore[attr-defined]  # the clock of the tests
    assert laest(tjeneste, ENHED, uuid) != before


def _peger(navn: str, maal: UUID, virkning: Virkning = ALTID) -> Lister:
    return Lister(relationer=(Relation(navn, virkning, Reference(str(maal))),))


def test_soeg_by_cvr_finds_the_company_and_its_organisation(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    cvr = Lister(egenskaber=(Egenskab(ALTID, {"cvrnummer": "11111111"}),))

    (virksomhed,) = fundet(tjeneste, Soeg(Objekttype.VIRKSOMHED, cvr))
    (organisation,) = fundet(tjeneste, Soeg(Objekttype.ORGANISATION, _peger("Virksomhed", virksomhed)))

    assert organisation == sandhed.organisation


def test_soeg_by_unit_and_type_finds_the_employments(tjeneste: Tjeneste) -> None:
    found = SNAVS["funktion_mange_brugere"]
    unit = _peger("TilknyttedeEnheder", found.uuid("enhed"))
    both = Lister(relationer=(unit.relationer or ()) + (_peger("Funktionstype", ENHEDSROLLE).relationer or ()))

    assert fundet(tjeneste, Soeg(FUNKTION, unit)) == (found.uuid("funktion"),)
    assert fundet(tjeneste, Soeg(FUNKTION, both)) == (found.uuid("funktion"),)


PLANNED = {
    "not without a window": (ALTID, None, False),
    "with an effect on the relation": (Virkning(NOW_NS, UENDELIG_NS), None, True),
    "with SoegVirkning": (ALTID, SoegVirkning(NOW_NS, UENDELIG_NS), True),
}


@pytest.mark.parametrize("virkning, soeg_virkning, expected", PLANNED.values(), ids=PLANNED)
def test_soeg_finds_the_planned(
    virkning: Virkning, soeg_virkning: SoegVirkning | None, expected: bool, tjeneste: Tjeneste
) -> None:
    found = SNAVS["fremtidig_ansaettelse"]
    kriterier = _peger("TilknyttedeBrugere", found.uuid("bruger"), virkning)

    uuids = fundet(tjeneste, Soeg(FUNKTION, kriterier, virkning=soeg_virkning))

    assert uuids == ((found.uuid("funktion"),) if expected else ())


def test_soeg_by_state(tjeneste: Tjeneste) -> None:
    inaktive = fundet(tjeneste, Soeg(ENHED, Lister(tilstande=(Tilstand(ALTID, Gyldighed.INAKTIV),))))

    assert SNAVS["inaktiv_enhed"].uuid("enhed") in inaktive
    assert SNAVS["uden_gyldighed"].uuid("enhed") not in inaktive


def test_soeg_skips_the_passive_unless_asked(tjeneste: Tjeneste) -> None:
    passiv = SNAVS["passiveret_enhed"].uuid("enhed")
    asked = Soeg(ENHED, registrering=SoegRegistrering(livscyklus=Livscyklus.PASSIVERET))

    assert passiv not in fundet(tjeneste, Soeg(ENHED))
    assert fundet(tjeneste, asked) == (passiv,)


def test_soeg_pages_to_the_end(tjeneste: Tjeneste) -> None:
    pages, offset = [], 0
    while page := fundet(tjeneste, Soeg(BRUGER, fra_nummer=offset, antal=700)):
        pages.append(page)
        offset += 700

    assert [len(page) for page in pages[:-1]] == [700] * (len(pages) - 1)
    assert len({uuid for page in pages for uuid in page}) == sum(map(len, pages)) > 1_800


def test_soeg_gives_at_most_a_thousand(tjeneste: Tjeneste) -> None:
    assert len(fundet(tjeneste, Soeg(BRUGER))) == 1_000
    assert len(fundet(tjeneste, Soeg(BRUGER, antal=5_000))) == 1_000


def test_the_export_pages_every_list_by_one_offset(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    seen: dict[Objekttype, list[UUID]] = {}
    offset = 0
    while page := eksporteret(tjeneste, Hierarki(offset, 500, virkning=ALTID_SOEG)):
        assert all(len(uuids) <= 500 for uuids in page.values())
        for objekttype, uuids in page.items():
            seen.setdefault(objekttype, []).extend(uuids)
        offset += 500

    antal = sandhed.antal()
    assert {objekttype: len(uuids) for objekttype, uuids in seen.items()} == {
        objekttype: antal[objekttype]
        for objekttype in (Objekttype.ORGANISATION, ENHED, FUNKTION, BRUGER, Objekttype.IT_SYSTEM)
    }
    assert all(len(set(uuids)) == len(uuids) for uuids in seen.values())
    assert seen[ENHED][0] == sandhed.ramme.uuid("enhed", 0)


def test_a_page_beyond_500_is_cut_to_it(tjeneste: Tjeneste) -> None:
    assert len(eksporteret(tjeneste, Hierarki(0, 2_000))[BRUGER]) == 500


def test_users_and_functions_are_left_out_by_a_name_nobody_has(tjeneste: Tjeneste) -> None:
    page = eksporteret(tjeneste, KUN_ENHEDER)

    assert set(page) == {Objekttype.ORGANISATION, ENHED, Objekttype.IT_SYSTEM}


EXPORTED = {
    "fremmed_tilhoerer": True,
    "passiveret_enhed": True,
    "nul_registreringer": True,
    "planlagt_enhed": True,
    "inaktiv_enhed": False,
}


@pytest.mark.parametrize("navn, expected", EXPORTED.items(), ids=EXPORTED)
def test_what_the_export_of_now_shows(navn: str, expected: bool, tjeneste: Tjeneste) -> None:
    """A unit whose Tilhoerer has ended drops out, as clients deactivate it. Source: domain.md 7, deletion."""
    page = eksporteret(tjeneste, KUN_ENHEDER)

    assert (SNAVS[navn].uuid("enhed") in page[ENHED]) is expected


def test_a_deleted_unit_is_seen_by_its_absence(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    passiv, slettet = sandhed.ramme.uuid("enhed", 3), sandhed.ramme.uuid("enhed", 4)
    ask(tjeneste, Passiver(ENHED, passiv))
    ask(tjeneste, Slet(ENHED, slettet))

    page = eksporteret(tjeneste, KUN_ENHEDER)

    assert passiv in page[ENHED]
    assert slettet not in page[ENHED]


def test_a_truncated_export_answers_20(tjeneste: Tjeneste, fejl: Fejl) -> None:
    full = eksporteret(tjeneste, KUN_ENHEDER)
    fejl.set({"truncate": "0.5"})
    half = eksporteret(tjeneste, KUN_ENHEDER)
    fejl.set({"truncate": "1"})
    empty = eksporteret(tjeneste, KUN_ENHEDER)

    assert len(half[ENHED]) == len(full[ENHED]) // 2
    assert empty == {}


def test_upper_case_uuids_are_read_as_the_same(tjeneste: Tjeneste) -> None:
    found = SNAVS["versaler"]
    anmodning: Anmodning = List(ENHED, (found.uuid("enhed"), found.uuid("barn")))

    svar = ask(tjeneste, anmodning)

    assert isinstance(svar, ListSvar)
    assert [one.uuid for one in svar.billeder] == [found.uuid("enhed"), found.uuid("barn")]
