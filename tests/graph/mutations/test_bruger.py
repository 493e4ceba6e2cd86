"""The five writes of a user against the simulator, in both ways of `ret`."""

from uuid import uuid4

import pytest

from fkorg import klassifikation
from fkorg.registrering import Livscyklus
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    BRUGER,
    I_MORGEN,
    KUN_REPLACE,
    en_bruger,
    en_person,
    felter,
    importer,
    livsende,
    ny,
    opret,
    peger,
    perioder,
    rettelse,
    sendte,
    status,
)
from tests.graph.mutations.plads import Plads

EMAIL = str(klassifikation.BRUGER_EMAIL)
INTERN, EKSTERN = str(klassifikation.INTERN_BRUGER), str(klassifikation.EKSTERN_BRUGER)
RET = rettelse("Bruger")


async def test_a_new_user_has_all_that_makes_it_seen(plads: Plads) -> None:
    person = await en_person(plads)
    svar = await plads.goer(
        opret("Bruger"),
        input={
            "cvr": "11111111",
            "brugervendtNoegle": "mads",
            "brugernavn": "mads",
            "brugerTypeUuid": INTERN,
            "person": person,
            "adresser": [{"rolle": EMAIL, "tekst": "mads@korsbaek.dk"}],
        },
    )
    uuid = ny(svar, BRUGER)

    assert felter(plads, BRUGER, uuid) == {"brugervendtnoegle": "mads", "brugernavn": "mads"}
    assert status(plads, BRUGER, uuid) == "AKTIV"
    assert peger(plads, BRUGER, uuid, "Tilhoerer") == [str(plads.organisation)]
    assert peger(plads, BRUGER, uuid, "BrugerTyper") == [INTERN]
    assert peger(plads, BRUGER, uuid, "TilknyttedePersoner") == [person]
    assert peger(plads, BRUGER, uuid, "Adresser") == [ny(svar, ADRESSE)]
    entry = plads.nyeste(BRUGER, uuid).relation("Adresser")[0]
    assert entry.type is not None
    assert entry.type.uuid == klassifikation.BRUGERADRESSE


async def test_import_and_the_end_of_a_life(plads: Plads) -> None:
    uuid = str(uuid4())
    given = {"cvr": "11111111", "brugervendtNoegle": "i", "brugernavn": "i"}
    await plads.goer(importer("Bruger"), uuid=uuid, tid=None, input=given)

    await plads.goer(livsende("passiver", "Bruger"), uuid=uuid)
    passive = plads.nyeste(BRUGER, uuid).livscyklus
    await plads.goer(livsende("slet", "Bruger"), uuid=uuid)

    assert (passive, plads.nyeste(BRUGER, uuid).livscyklus) == (Livscyklus.PASSIVERET, Livscyklus.SLETTET)


async def test_a_change_of_person_and_type_ends_the_old_ones(plads: Plads) -> None:
    first, second = await en_person(plads), await en_person(plads, brugervendtNoegle="p2", cpr=None)
    uuid = await en_bruger(plads, person=first, brugerTypeUuid=INTERN)
    plads.om_to_dage()

    await plads.goer(
        RET,
        input={"uuid": uuid, "person": second, "brugerTypeUuid": EKSTERN, "brugernavn": "mads2", "status": "INAKTIV"},
    )

    assert perioder(plads, BRUGER, uuid, "TilknyttedePersoner") == [
        (first, "2026-09-21", "2026-09-23"),
        (second, "2026-09-23", None),
    ]
    assert peger(plads, BRUGER, uuid, "BrugerTyper") == [EKSTERN]
    assert felter(plads, BRUGER, uuid) == {"brugervendtnoegle": "mads", "brugernavn": "mads2"}
    assert status(plads, BRUGER, uuid) == "INAKTIV"


async def test_null_ends_the_person_and_again_changes_nothing(plads: Plads) -> None:
    uuid = await en_bruger(plads, person=await en_person(plads))
    plads.om_to_dage()

    first = await plads.goer(RET, input={"uuid": uuid, "person": None})
    second = await plads.goer(RET, input={"uuid": uuid, "person": None})

    assert peger(plads, BRUGER, uuid, "TilknyttedePersoner") == []
    assert (sendte(first), sendte(second)) == ([True], [False])


async def test_a_person_can_be_planned(plads: Plads) -> None:
    person = await en_person(plads)
    uuid = await en_bruger(plads)

    await plads.goer(RET, input={"uuid": uuid, "person": person, "fra": I_MORGEN})

    assert perioder(plads, BRUGER, uuid, "TilknyttedePersoner") == [(person, "2026-09-22", None)]


@KUN_REPLACE
@pytest.mark.parametrize(
    "given, argument",
    [({"brugernavn": None}, "brugernavn"), ({"person": str(uuid4())}, "person"), ({"brugernavn": ""}, "brugernavn")],
)
async def test_a_bad_argument_is_named(plads: Plads, given: dict[str, object], argument: str) -> None:
    uuid = await en_bruger(plads)

    fejl = (await plads.goer(RET, input={"uuid": uuid, **given})).fejl

    assert fejl["message"].startswith(f"{argument}:")
