"""Memberships, contact places, and the order of lists (rules.md 11, 16, 18)."""

from collections.abc import Iterator

from model import tables
from tests import builders as b
from tests.builders import Row
from tests.graph.examples.example import (
    BY,
    UKENDT,
    Example,
    ask_unit,
    ask_user,
    error,
    unit,
    user,
    warning,
)


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
