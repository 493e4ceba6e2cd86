"""The rules of answering as examples: one small municipality each, with an answer worked out by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fkorg import klassifikation
from model import tables
from tests import builders as b
from tests.builders import Kommune, Row
from tests.graph.chance import UKENDTE

UKENDT = UKENDTE[5]
NULL_VALUE, NOT_FOUND, UNAUTHORIZED = "NullValueInNonNullableField", "NotFound", "Unauthorized"


@dataclass
class Example:
    """Rows beside those that every municipality has, a query, its answer, and its errors: path, class, type, count."""

    rows: list[Row]
    query: str
    data: dict[str, Any]
    errors: tuple[tuple[tuple[str | int, ...], str, str, int], ...] = ()
    navn: bool = True
    cpr: bool = True


BY = Kommune("11111111")
ROD = str(BY.rod)


def warning(*path: str | int, why: str = NULL_VALUE, count: int = 1) -> tuple[tuple[str | int, ...], str, str, int]:
    return (path, why, "WARNING", count)


def error(*path: str | int, why: str = NOT_FOUND) -> tuple[tuple[str | int, ...], str, str, int]:
    return (path, why, "ERROR", 1)


def ask_unit(uuid: Any, selection: str) -> str:
    return f'{{ organisationEnhed(uuid: "{uuid}") {{ {selection} }} }}'


def ask_user(uuid: Any, selection: str) -> str:
    return f'{{ bruger(uuid: "{uuid}") {{ {selection} }} }}'


def unit(**answer: Any) -> dict[str, Any]:
    return {"organisationEnhed": [answer]}


def user(**answer: Any) -> dict[str, Any]:
    return {"bruger": [answer]}


def examples() -> Iterator[tuple[str, Example]]:
    yield from names()
    yield from relations()
    yield from the_tree()
    yield from managers()
    yield from memberships()
    yield from order()


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


def the_tree() -> Iterator[tuple[str, Example]]:
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


def memberships() -> Iterator[tuple[str, Example]]:
    enhed, mads = b.en_enhed(BY, "Skolen"), b.en_bruger(BY, "mads")
    post = b.et_medlemskab(BY, None, enhed["uuid"], titel="Ledig", start="2021-01-01")
    works = b.et_medlemskab(BY, mads["uuid"], enhed["uuid"], titel="Lærer", start="2020-01-01", slut="2030-01-01")
    later = b.et_medlemskab(BY, mads["uuid"], enhed["uuid"], titel="Leder", virkning_fra="2027-01-01")
    rows = [enhed, mads, post, works, later]
    selection = "medlemskaber { medlemskabRolleTitel start slut bruger { brugernavn } }"
    yield (
        "a unit shows its vacant posts, and nothing that has not begun (rules.md 16)",
        Example(
            rows,
            ask_unit(enhed["uuid"], selection),
            unit(
                medlemskaber=[
                    {
                        "medlemskabRolleTitel": "Lærer",
                        "start": "2020-01-01T00:00:00Z",
                        "slut": "2030-01-01T00:00:00Z",
                        "bruger": {"brugernavn": "mads"},
                    },
                    {"medlemskabRolleTitel": "Ledig", "start": "2021-01-01T00:00:00Z", "slut": None, "bruger": None},
                ]
            ),
        ),
    )
    yield (
        "at a later time the planned one shows (rules.md 5.2: one time for the whole query)",
        Example(
            rows,
            'query @tidspunkt(virkningstid: "2028-01-01T00:00:00Z") '
            + ask_user(mads["uuid"], "harMedlemskab { medlemskabRolleTitel }"),
            user(harMedlemskab=[{"medlemskabRolleTitel": "Leder"}, {"medlemskabRolleTitel": "Lærer"}]),
        ),
    )
    reception = b.en_enhed(BY, "Borgerservice")
    sted = b.en_funktion(BY, "Skranken", brugervendt_noegle=None)
    lost = b.en_funktion(BY, "Borte")
    task = b.en_klasse(BY.en_uuid("27"), "Social service", "27")
    point = [b.en_tilknytning(BY, enhed, "TilknyttedeFunktioner", f["uuid"]) for f in (sted, lost)]
    to = b.en_tilknytning(BY, sted, "TilknyttedeEnheder", reception["uuid"])
    nowhere = b.en_tilknytning(BY, lost, "TilknyttedeEnheder", UKENDT)
    place = "navn opgave { kleEmneNummer opgaveRolleTitel klassifikation { rolle } }"
    shown = {"navn": "Skranken", "opgave": {"kleEmneNummer": "27", "opgaveRolleTitel": None, "klassifikation": None}}
    yield (
        "a contact place is one per function and task; without its unit it is left out with a warning (rules.md 11)",
        Example(
            [enhed, reception, sted, lost, task, *point, to, nowhere, b.en_opgave(BY, sted, task["uuid"])],
            ask_unit(enhed["uuid"], f"henvendelsessteder {{ {place} henvendelsesOrganisationEnhed {{ enhedsnavn }} }}"),
            unit(henvendelsessteder=[shown | {"henvendelsesOrganisationEnhed": {"enhedsnavn": "Borgerservice"}}]),
            (warning("organisationEnhed", 0, "henvendelsessteder"),),
        ),
    )


def order() -> Iterator[tuple[str, Example]]:
    enhed = b.en_enhed(BY, "Skolen")
    tasks = [b.en_opgave(BY, enhed, BY.en_uuid(f"KLE {n}"), indeks=f"{n:04}") for n in range(2001)]
    yield (
        "an unpaged list ends at 2,000, with a typed error (rules.md 18)",
        Example(
            [enhed, *tasks],
            ask_unit(enhed["uuid"], "opgaver { uuid }"),
            unit(opgaver=[{"uuid": task["klasse"]} for task in tasks[:2000]]),
            (error("organisationEnhed", 0, "opgaver", why="ValidationError"),),
        ),
    )
    users = [b.en_bruger(BY, navn) for navn in ("bo 9", "bo", "bo A", "\U0001f600")]
    posts = [b.et_medlemskab(BY, None if user is None else user["uuid"], enhed["uuid"]) for user in (None, *users)]
    yield (
        "members stand by user name, the shorter name first, vacant posts last",
        Example(
            [enhed, *users, *posts],
            ask_unit(enhed["uuid"], "medlemmer { edges { node { bruger { brugernavn } } } }"),
            unit(
                medlemmer={
                    "edges": [{"node": {"bruger": {"brugernavn": n}}} for n in ("bo", "bo 9", "bo A", "\U0001f600")]
                    + [{"node": {"bruger": None}}]
                }
            ),
        ),
    )
    hits = [b.en_bruger(BY, navn) for navn in ("jdoe2", "jdoe", "a jdoe")]
    texts = [_search_text(hit, felt) for hit in hits for felt in ("brugervendtNoegle", "brugernavn")]
    yield (
        "what begins with the words comes first, the shorter text before the longer; each object once (storage.md 6)",
        Example(
            [*hits, *texts],
            '{ soeg(cvr: "11111111", tekst: "JDOE", first: 2) '
            "{ edges { felt node { ... on Bruger { brugernavn } } } pageInfo { hasNextPage } } }",
            {
                "soeg": {
                    "edges": [{"felt": "brugernavn", "node": {"brugernavn": navn}} for navn in ("jdoe", "jdoe2")],
                    "pageInfo": {"hasNextPage": True},
                }
            },
        ),
    )
    like = [b.en_bruger(BY, navn) for navn in ("a_b%1", "axbx1")]
    yield (
        "signs that Postgres reads as wildcards are only signs",
        Example(
            [*like, *(_search_text(user, "brugernavn") for user in like)],
            '{ soeg(cvr: "11111111", tekst: "a_b%") { edges { node { ... on Bruger { brugernavn } } } } '
            'brugerListe(cvr: "11111111", status: AKTIV, brugerFilter: {brugernavn: "A_B%*"}) { antal } }',
            {"soeg": {"edges": [{"node": {"brugernavn": "a_b%1"}}]}, "brugerListe": {"antal": 1}},
        ),
    )


def _search_text(bruger: Row, felt: str) -> Row:
    values = {"objekttype": "BRUGER", "uuid": bruger["uuid"], "felt": felt, "ord": f" {bruger['brugernavn']}"}
    return b.row(tables.soegetekst, BY, **values)
