"""The tree of units and who manages them (rules.md 4, 15, 17; domain.md 5)."""

from collections.abc import Iterator
from typing import Any

from fkorg import klassifikation
from tests import builders as b
from tests.builders import Row
from tests.graph.examples.example import (
    BY,
    ROD,
    UKENDT,
    Example,
    ask_unit,
    ask_user,
    unit,
    user,
)


def units() -> Iterator[tuple[str, Example]]:
    center = b.en_enhed(BY, "Center")
    team = b.en_enhed(BY, "Team", overordnet=center["uuid"])
    closed = b.en_enhed(BY, "Lukket", overordnet=center["uuid"], status="INAKTIV")
    foreign = b.en_enhed(BY, "Fremmed", overordnet=center["uuid"], tilhoerer=UKENDT)
    old_root = b.en_enhed(BY, "Gammel rod", overordnet=None)
    under_old = b.en_enhed(BY, "Under gammel rod", overordnet=old_root["uuid"])
    rows = [center, team, closed, foreign, old_root, under_old]
    yield (
        "a path is root first and ends in the unit; children are active and our own (rules.md 4)",
        Example(
            rows,
            ask_unit(center["uuid"], "dybde sti { uuid } underliggendeEnheder { enhedsnavn }"),
            unit(dybde=1, sti=[{"uuid": ROD}, {"uuid": center["uuid"]}], underliggendeEnheder=[{"enhedsnavn": "Team"}]),
        ),
    )
    yield (
        "a unit outside the tree is read by uuid, with an empty path and no children (rules.md 15)",
        Example(
            rows,
            ask_unit(old_root["uuid"], "enhedsnavn sti { uuid } dybde underliggendeEnheder { uuid }"),
            unit(enhedsnavn="Gammel rod", sti=[], dybde=None, underliggendeEnheder=[]),
        ),
    )
    lists = '{{ organisationEnhedListe(cvr: "11111111", status: {}) {{ edges {{ node {{ enhedsnavn }} }} }} }}'
    yield (
        "the list of active units holds the tree, the root first (rules.md 15, design.md 5.1)",
        Example(rows, lists.format("AKTIV"), {"organisationEnhedListe": _edges("Korsbæk Kommune", "Center", "Team")}),
    )
    yield (
        "the list of inactive ones goes by whom they belonged to (rules.md 4)",
        Example(rows, lists.format("INAKTIV"), {"organisationEnhedListe": _edges("Lukket")}),
    )
    circle = [b.en_enhed(BY, name) for name in "ab"]
    circle = [row.but(overordnet=other["uuid"]) for row, other in zip(circle, reversed(circle), strict=True)]
    yield (
        "a circle of units ends, and lies outside the tree",
        Example(
            circle,
            ask_unit(circle[0]["uuid"], "sti { uuid } overordnetEnhed { overordnetEnhed { enhedsnavn } }"),
            unit(sti=[], overordnetEnhed={"overordnetEnhed": {"enhedsnavn": "a"}}),
        ),
    )
    klasser = [b.en_klasse(BY.en_uuid(n), n, n) for n in ("00", "00.01", "00.01.10")]
    tasks = [b.en_opgave(BY, center, klasser[0]["uuid"]), b.en_opgave(BY, team, klasser[1]["uuid"])]
    yield (
        "the unit for a task has its number, else that of its group, else of its main group (domain.md 5)",
        Example(
            [*rows, *klasser, *tasks],
            '{ a: ansvarligEnhed(cvr: "11111111", kleNummer: "00.01.10") { enhedsnavn } '
            'b: ansvarligEnhed(cvr: "11111111", kleNummer: "00.02") { enhedsnavn } }',
            {"a": {"enhedsnavn": "Team"}, "b": {"enhedsnavn": "Center"}},
        ),
    )


def _edges(*names: str) -> dict[str, Any]:
    return {"edges": [{"node": {"enhedsnavn": name}} for name in names]}


def managers() -> Iterator[tuple[str, Example]]:
    center, leder = b.en_enhed(BY, "Center"), str(klassifikation.LEDERROLLE)
    team = b.en_enhed(BY, "Team", overordnet=center["uuid"])
    ib, eva, bo = (b.en_bruger(BY, navn) for navn in ("ib", "eva", "bo"))
    gone = b.en_bruger(BY, "gone", status="INAKTIV")

    def leads(who: Row, what: Row, start: str | None = "2020-01-01") -> Row:
        return b.et_medlemskab(BY, who["uuid"], what["uuid"], funktionstype=leder, start=start)

    def works(who: Row, where: Row, start: str | None = "2020-01-01") -> Row:
        return b.et_medlemskab(BY, who["uuid"], where["uuid"], start=start)

    people = [center, team, ib, eva, bo, gone]
    nearest = "effektivLeder { bruger { brugernavn } fraEnhed { enhedsnavn } nedarvet afstand }"
    inherited = {"bruger": {"brugernavn": "ib"}, "fraEnhed": {"enhedsnavn": "Center"}, "nedarvet": True, "afstand": 1}
    yield (
        "a unit without an active manager has that of the unit above (rules.md 17)",
        Example(
            [*people, leads(ib, center), leads(gone, team)],
            ask_unit(team["uuid"], f"ledere {{ uuid }} {nearest}"),
            unit(ledere=[], effektivLeder=inherited),
        ),
    )
    yield (
        "of several managers the one who started first counts; all are shown in that order (rules.md 17)",
        Example(
            [*people, leads(bo, team, "2021-01-01"), leads(eva, team, "2019-01-01"), leads(ib, team, None)],
            ask_unit(team["uuid"], "ledere { bruger { brugernavn } } effektivLeder { bruger { brugernavn } afstand }"),
            unit(
                ledere=[{"bruger": {"brugernavn": navn}} for navn in ("ib", "eva", "bo")],
                effektivLeder={"bruger": {"brugernavn": "ib"}, "afstand": 0},
            ),
        ),
    )
    shown = "{ bruger { brugernavn } fraEnhed { enhedsnavn } }"
    above = {"bruger": {"brugernavn": "ib"}, "fraEnhed": {"enhedsnavn": "Center"}}
    yield (
        "who manages the unit, alone or with others, is given the level above (rules.md 17)",
        Example(
            [*people, leads(ib, center), leads(eva, team), leads(bo, team, "2021-01-01"), works(bo, team)],
            ask_user(bo["uuid"], f"ledere {shown} lederkaede {shown}"),
            user(ledere=[above], lederkaede=[above]),
        ),
    )
    own = {"bruger": {"brugernavn": "eva"}, "fraEnhed": {"enhedsnavn": "Team"}}
    yield (
        "the chain goes on upwards from the unit where each manager was found (rules.md 17)",
        Example(
            [*people, leads(ib, center), leads(eva, team), works(bo, team)],
            ask_user(bo["uuid"], f"ledere {shown} lederkaede {shown}"),
            user(ledere=[own], lederkaede=[own, above]),
        ),
    )
    staff = "{ edges { node { brugernavn } } antal }"
    yield (
        "one's own people are those one is the nearest manager of; all levels add theirs",
        Example(
            [*people, leads(ib, center), leads(eva, team), works(bo, team), works(eva, team), works(gone, center)],
            ask_user(ib["uuid"], f"a: medarbejdere {staff} b: medarbejdere(alleNiveauer: true) {staff}"),
            user(a=_staff("eva", "gone"), b=_staff("bo", "eva", "gone")),
        ),
    )


def _staff(*names: str) -> dict[str, Any]:
    return {"edges": [{"node": {"brugernavn": name}} for name in names], "antal": len(names)}
