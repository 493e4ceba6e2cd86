"""Names, classes, uuids, and relations to what is not there (rules.md 6, 11, 12, 14)."""

from collections.abc import Iterator

from tests import builders as b
from tests.graph.chance import UKENDTE
from tests.graph.examples.example import (
    BY,
    NOT_FOUND,
    UKENDT,
    UNAUTHORIZED,
    Example,
    ask_unit,
    ask_user,
    error,
    unit,
    user,
    warning,
)


def names() -> Iterator[tuple[str, Example]]:
    unnamed = b.en_enhed(BY, None, brugervendt_noegle="K7")
    bare = b.en_enhed(BY, None, brugervendt_noegle=None)
    both = f'{{ organisationEnhed(uuid: ["{unnamed["uuid"]}", "{bare["uuid"]}"]) {{ enhedsnavn }} }}'
    yield (
        "a missing name is answered by the key, else by the uuid, with one warning that counts (rules.md 11, 12)",
        Example(
            [unnamed, bare],
            both,
            {"organisationEnhed": [{"enhedsnavn": "K7"}, {"enhedsnavn": bare["uuid"]}]},
            (warning("organisationEnhed", 0, "enhedsnavn", count=2),),
        ),
    )
    mads = b.en_person(BY, "Mads Skjern", cpr="0102031234")
    bruger = b.en_bruger(BY, "mads", person=mads["uuid"])
    yield (
        "name and CPR number are null with a warning without the right to them (rules.md 27, design.md 5.1)",
        Example(
            [mads, bruger],
            ask_user(bruger["uuid"], "person { uuid navn cpr }"),
            user(person={"uuid": mads["uuid"], "navn": None, "cpr": "0102031234"}),
            (warning("bruger", 0, "person", "navn", why=UNAUTHORIZED),),
            navn=False,
        ),
    )
    stranger = b.en_bruger(BY, "x", brugertype=UKENDT, status=None)
    yield (
        "an unknown class has a null title, an unknown state is INAKTIV, both with a warning (rules.md 6)",
        Example(
            [stranger],
            ask_user(stranger["uuid"], "brugerTypeUuid brugerTypeTitel tilstand { status }"),
            user(brugerTypeUuid=UKENDT, brugerTypeTitel=None, tilstand={"status": "INAKTIV"}),
            (
                warning("bruger", 0, "brugerTypeTitel", why=NOT_FOUND),
                warning("bruger", 0, "tilstand", "status"),
            ),
        ),
    )
    yield (
        "an unknown uuid is null with NotFound, each of them (rules.md 12)",
        Example(
            [],
            f'{{ bruger(uuid: ["{UKENDT}", "{UKENDTE[4]}"]) {{ uuid }} }}',
            {"bruger": [None, None]},
            (error("bruger", 0), error("bruger", 1)),
        ),
    )
    yield (
        "another municipality looks as if it did not exist (domain.md 10)",
        Example([], '{ organisation(cvr: "22222222") { uuid } }', {"organisation": None}, (error("organisation"),)),
    )


def relations() -> Iterator[tuple[str, Example]]:
    enhed = b.en_enhed(BY, "Skolen")
    here = b.en_adresse(BY, "Algade 1")
    links = [b.en_adressering(BY, enhed, UKENDT, indeks="0"), b.en_adressering(BY, enhed, here["uuid"], indeks="1")]
    yield (
        "an address that is not there is left out with a warning; the others stay (rules.md 11)",
        Example(
            [enhed, here, *links],
            ask_unit(enhed["uuid"], "adresser { adresseTekst klassifikation { indeks } }"),
            unit(adresser=[{"adresseTekst": "Algade 1", "klassifikation": {"indeks": "1"}}]),
            (warning("organisationEnhed", 0, "adresser"),),
        ),
    )
    lonely = b.en_bruger(BY, "mads", person=UKENDT)
    yield (
        "a person that is not there is null (rules.md 11)",
        Example([lonely], ask_user(lonely["uuid"], "uuid person { navn }"), user(uuid=lonely["uuid"], person=None)),
    )
    owners = [b.en_enhed(BY, "A", uuid=f"0000000{n}-0000-4000-8000-000000000000") for n in (2, 1)]
    used = [b.en_adressering(BY, owner, here["uuid"], indeks=owner["uuid"][7]) for owner in owners]
    yield (
        "an address reached by uuid has the relation of its first owner (rules.md 14)",
        Example(
            [here, *owners, *used],
            f'{{ adresse(uuid: "{here["uuid"]}") {{ klassifikation {{ indeks }} adresseRolleTitel }} }}',
            {"adresse": [{"klassifikation": {"indeks": "1"}, "adresseRolleTitel": "Postadresse"}]},
        ),
    )
    yield (
        "an address without an owner has no relation, and without that it can't be answered (rules.md 14)",
        Example(
            [here],
            f'{{ adresse(uuid: "{here["uuid"]}") {{ adresseTekst klassifikation {{ indeks }} }} }}',
            {"adresse": [None]},
            (warning("adresse", 0),),
        ),
    )
