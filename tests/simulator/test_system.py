"""import, anonymiser, fysiskslet. domain.md 8.1 and 10, FACTS.md 5 and 6."""

from uuid import UUID, uuid4

from fkorg.catalogue import Objekttype
from fkorg.operationer import Anonymiser, FysiskSlet, ImporterHierarki, ImporterHierarkiSvar, Laes, LaesSvar, Svar
from fkorg.registrering import Egenskab, Livscyklus, Oejebliksbillede, Registrering
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import ask, enhed_lister

ENHED, PERSON = Objekttype.ORGANISATION_ENHED, Objekttype.PERSON


def _med_cpr(sandhed: Sandhed) -> tuple[UUID, str]:
    return next(
        (uuid, cpr)
        for uuid, reg in sandhed.objekter(PERSON)
        if (cpr := reg.egenskaber[0].tekst("cpr")) is not None and len(reg.egenskaber) > 1
    )


def test_anonymiser_forgets_in_every_registration(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    uuid, _ = _med_cpr(sandhed)
    before = sandhed.registreringer(PERSON, uuid)

    svar = ask(tjeneste, Anonymiser(person=uuid))

    assert isinstance(svar, Svar)
    assert svar.retur.status_kode == 20
    after = sandhed.registreringer(PERSON, uuid)
    assert len(after) == len(before) + 1
    assert {one.tekst("cpr") for reg in after for one in reg.egenskaber} == {None}
    assert {one.tekst("navn") for reg in after for one in reg.egenskaber} == {"RemovedObject"}


def test_anonymiser_finds_by_cpr_number(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    uuid, cpr = _med_cpr(sandhed)

    ask(tjeneste, Anonymiser(cpr=cpr))

    stored = sandhed.nyeste(PERSON, uuid)
    assert stored is not None
    assert stored.egenskaber[0].tekst("cpr") is None


def test_anonymiser_of_nobody_is_44_and_gives_no_message(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    svar = ask(tjeneste, Anonymiser(person=UUID(int=1)))

    assert isinstance(svar, Svar)
    assert svar.retur.status_kode == 44
    assert sandhed.beskeder() == []


def test_fysiskslet_leaves_nothing_and_tells_nobody(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)

    svar = ask(tjeneste, FysiskSlet(sandhed.organisation, uuid))

    assert isinstance(svar, Svar)
    assert svar.retur.status_kode == 20
    read = ask(tjeneste, Laes(ENHED, uuid))
    assert isinstance(read, LaesSvar)
    assert read.retur.status_kode == 44
    assert sandhed.beskeder() == []


def test_fysiskslet_of_another_organisation_is_44(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    svar = ask(tjeneste, FysiskSlet(uuid4(), sandhed.ramme.uuid("enhed", 3)))

    assert isinstance(svar, Svar)
    assert svar.retur.status_kode == 44


def test_import_says_what_became_of_each(tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    lister = enhed_lister()
    reg = Registrering(0, Livscyklus.IMPORTERET, lister.egenskaber or ())
    navn = Egenskab(Virkning(0, UENDELIG_NS), {"brugervendtnoegle": "k"})
    organisation = Oejebliksbillede(sandhed.organisation, (Registrering(0, Livscyklus.IMPORTERET, (navn,)),))
    nye = tuple(Oejebliksbillede(uuid4(), (reg,)) for _ in range(2))

    svar = ask(tjeneste, ImporterHierarki(organisation, nye))

    assert isinstance(svar, ImporterHierarkiSvar)
    assert [(one.type, one.status_kode) for one in svar.unikke] == [
        ("Organisation", 49),
        ("OrganisationEnhed", 20),
        ("OrganisationEnhed", 20),
    ]
    assert all(sandhed.nyeste(ENHED, one.uuid) for one in nye)
