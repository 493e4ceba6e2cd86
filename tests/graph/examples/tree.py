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


def roots() -> Iterator[tuple[str, Example]]:
    """The root is the unit that the organisation names at the time asked for (domain.md 5)."""
    old = b.en_enhed(BY, "Amt", overordnet=None)
    rod = b.en_enhed(BY, "Kommune", uuid=ROD, overordnet=old["uuid"])
    center = b.en_enhed(BY, "Center")
    leder = str(klassifikation.LEDERROLLE)
    ib, eva = b.en_bruger(BY, "ib"), b.en_bruger(BY, "eva")
    leads = b.et_medlemskab(BY, ib["uuid"], old["uuid"], funktionstype=leder)
    works = b.et_medlemskab(BY, eva["uuid"], center["uuid"])
    named = [
        b.en_organisation(BY, virkning_til="2024-01-01", overordnet=old["uuid"]),
        b.en_organisation(BY, virkning_fra="2024-01-01"),
    ]
    rows = [old, rod, center, ib, eva, leads, works, *named]
    place = "enhedsnavn sti { enhedsnavn } dybde underliggendeEnheder { enhedsnavn } effektivLeder { afstand }"
    text = (
        f'{{ organisationEnhed(uuid: ["{old["uuid"]}", "{ROD}", "{center["uuid"]}"]) {{ {place} }} '
        f'bruger(uuid: "{eva["uuid"]}") {{ lederkaede {{ bruger {{ brugernavn }} afstand }} }} }}'
    )
    yield (
        "the walk ends at the root although a superior is named, which stands outside the tree (domain.md 5)",
        Example(
            rows,
            text,
            {
                "organisationEnhed": [
                    _placed("Amt", [], [], 0),
                    _placed("Kommune", ["Kommune"], ["Center"], None),
                    _placed("Center", ["Kommune", "Center"], [], None),
                ],
                "bruger": [{"lederkaede": []}],
            },
        ),
    )
    yield (
        "when the organisation named another root the tree began there (domain.md 5, rules.md 15)",
        Example(
            rows,
            'query @tidspunkt(virkningstid: "2023-06-01T00:00:00Z") ' + text,
            {
                "organisationEnhed": [
                    _placed("Amt", ["Amt"], ["Kommune"], 0),
                    _placed("Kommune", ["Amt", "Kommune"], ["Center"], 1),
                    _placed("Center", ["Amt", "Kommune", "Center"], [], 2),
                ],
                "bruger": [{"lederkaede": [{"bruger": {"brugernavn": "ib"}, "afstand": 2}]}],
            },
        ),
    )
    under = b.en_enhed(BY, "Team", overordnet=center["uuid"])
    ring = b.en_enhed(BY, "Kommune", uuid=ROD, overordnet=under["uuid"])
    yield (
        "a root that hangs below a unit of its own tree is the root all the same (domain.md 5, rules.md 15)",
        Example(
            [center, under, ring],
            f'{{ organisationEnhed(uuid: ["{ROD}", "{under["uuid"]}"]) {{ {place} efterkommere {{ antal }} }} }}',
            {
                "organisationEnhed": [
                    _placed("Kommune", ["Kommune"], ["Center"], None) | {"efterkommere": {"antal": 2}},
                    _placed("Team", ["Kommune", "Center", "Team"], [], None) | {"efterkommere": {"antal": 0}},
                ]
            },
        ),
    )


def _placed(navn: str, sti: list[str], under: list[str], afstand: int | None) -> dict[str, Any]:
    """A unit as `roots` asks for it; `afstand`: how far up its manager is."""
    return {
        "enhedsnavn": navn,
        "sti": [{"enhedsnavn": n} for n in sti],
        "dybde": len(sti) - 1 if sti else None,
        "underliggendeEnheder": [{"enhedsnavn": n} for n in under],
        "effektivLeder": None if afstand is None else {"afstand": afstand},
    }


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
