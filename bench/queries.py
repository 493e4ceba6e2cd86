"""The five questions, as orgraf and its peer are asked, with variables chosen from the data; when answers are equal.

Q1 a unit with what stands beside it. Q2 a unit, the units below, their members with persons and addresses. Q3 a
user's memberships with the chain of units up to the root. Q4 the first 500 users with person, addresses and
memberships. Q5 the whole tree with the managers' names. Source: performance.md.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from model.pool import Connection

CVR: Final = "11111111"
MANY: Final = 100
"""So many sets of variables each, so that a key is not always a warm one."""
LEVELS: Final = 9
Q2_OBJEKTER: Final = 1400
Q2_ENHEDER: Final = 40
"""So many units have about so many objects below them at M1, and as many at M10: answers of one size in both."""
UNORDERED: Final = ("postgraphile-views",)
"""A view has no order to give; the page of users is asked for by its order."""
NAMELESS: Final = ("orgraf-genbrug",)
"""Is not asked for names of persons: those are to be logged each time, and no answer with them is given again."""
PERSON: Final = ("person { uuid navn }", "person { uuid }")
ADRESSE: Final = "adresser { uuid adresseTekst klassifikation { rolle } }"
OP: Final = "uuid enhedsnavn " + "overordnetEnhed { uuid enhedsnavn " * (LEVELS - 1) + "} " * (LEVELS - 1)
NED: Final = "uuid enhedsnavn ledere { bruger { brugernavn } } "
Q1: Final = f"""uuid enhedsnavn overordnetEnhed {{ uuid enhedsnavn }}
    ledere {{ bruger {{ uuid brugernavn }} }} {ADRESSE}"""
Q2: Final = f"""uuid enhedsnavn underliggendeEnheder {{ uuid enhedsnavn
    medlemskaber {{ uuid funktionsTypeUuid start slut
        bruger {{ uuid brugernavn person {{ uuid navn }} {ADRESSE} }} }} }}"""
Q3: Final = f"uuid brugernavn harMedlemskab {{ uuid funktionsTypeUuid medlemAf {{ {OP} }} }}"
Q4: Final = f"""edges {{ node {{ uuid brugernavn person {{ uuid navn }} {ADRESSE}
    harMedlemskab {{ uuid funktionsTypeUuid medlemAf {{ enhedsnavn }} }} }} }} pageInfo {{ hasNextPage endCursor }}"""
Q5: Final = NED + f"underliggendeEnheder {{ {NED}" * (LEVELS - 1) + "} " * (LEVELS - 1)


@dataclass(frozen=True)
class Query:
    """One question. `ours`, `peer`: the documents; `choose`: one uuid or number a row, the first being the one shown.

    `seconds`: of a window with one caller and with sixteen, long enough for many times 16 answers of the slower ones.
    """

    name: str
    ours: str
    peer: str
    choose: str
    variables: Callable[[Any], Mapping[str, Any]]
    peer_variables: Callable[[Any], Mapping[str, Any]]
    seconds: tuple[int, int]


def _enhed(name: str, selection: str, choose: str, seconds: tuple[int, int]) -> Query:
    return Query(
        name,
        f"query {name}($uuid: [UUID!]!) {{ organisationEnhed(uuid: $uuid) {{ {selection} }} }}",
        f"query {name}($uuid: UUID!) {{ organisationEnhed: enhedByUuid(uuid: $uuid) {{ {_flat(selection)} }} }}",
        choose,
        lambda uuid: {"uuid": [str(uuid)]},
        lambda uuid: {"uuid": str(uuid)},
        seconds,
    )


def _flat(selection: str) -> str:
    """The peer has the role beside the text: it knows no objects within a row."""
    return selection.replace("klassifikation { rolle }", "rolle")


QUERIES: Final = (
    _enhed(
        "Q1",
        Q1,
        """select e.uuid from tabeller.enhed e where e.overordnet_uuid is not null
            and (select count(*) from tabeller.adresse a where a.enhed_uuid = e.uuid) = 3
            and exists (select from tabeller.leder l where l.enhed_uuid = e.uuid) order by e.uuid limit $1""",
        (2, 3),
    ),
    _enhed(
        "Q2",
        Q2,
        f"""select o.uuid from tabeller.enhed o
             join (select e.overordnet_uuid as uuid,
                          count(distinct e.uuid) + 3 * count(distinct m.nr) + count(a.nr) as n
                     from tabeller.enhed e left join tabeller.medlemskab m on m.enhed_uuid = e.uuid
                     left join tabeller.adresse a on a.bruger_uuid = m.bruger_uuid group by 1) s on s.uuid = o.uuid
            order by abs(s.n - {Q2_OBJEKTER}), o.uuid limit least($1, {Q2_ENHEDER})""",
        (3, 6),
    ),
    Query(
        "Q3",
        f"query Q3($uuid: [UUID!]!) {{ bruger(uuid: $uuid) {{ {Q3} }} }}",
        f"query Q3($uuid: UUID!) {{ bruger: brugerByUuid(uuid: $uuid) {{ {Q3} }} }}",
        """with recursive t as (select uuid, 0 as n from tabeller.enhed where overordnet_uuid is null
             union all select e.uuid, t.n + 1 from tabeller.enhed e join t on t.uuid = e.overordnet_uuid)
           select b.uuid from tabeller.bruger b join tabeller.medlemskab m on m.bruger_uuid = b.uuid
             join t on t.uuid = m.enhed_uuid group by b.uuid order by max(t.n) desc, b.uuid limit $1""",
        lambda uuid: {"uuid": [str(uuid)]},
        lambda uuid: {"uuid": str(uuid)},
        (2, 3),
    ),
    Query(
        "Q4",
        f'query Q4($first: Int!) {{ brugerListe(cvr: "{CVR}", status: AKTIV, first: $first) {{ {Q4} }} }}',
        f"query Q4($first: Int!) {{ brugerListe: allBrugers(first: $first) {{ {_flat(Q4)} }} }}",
        "select 500 - n from generate_series(0, $1 - 1) n",
        lambda first: {"first": first},
        lambda first: {"first": first},
        (4, 8),
    ),
    _enhed(
        "Q5",
        Q5,
        "select uuid from tabeller.enhed where overordnet_uuid is null order by nr limit least($1, 1)",
        (4, 8),
    ),
)


async def chosen(connection: Connection, query: Query) -> list[Any]:
    """The keys to ask with."""
    found = [row[0] for row in await connection.fetch(query.choose, MANY)]
    if not found:
        raise SystemExit(f"bench: the data has nothing to ask {query.name} about")
    return found


def body(query: Query, key: Any, contender: str) -> bytes:
    """One request's body, on one line."""
    peer = contender.startswith("postgraphile")
    document, variables = (query.peer, query.peer_variables) if peer else (query.ours, query.variables)
    if contender in UNORDERED:
        document = document.replace("(first: $first)", "(first: $first, orderBy: SORTERING_ASC)")
    if contender in NAMELESS:
        document = document.replace(*PERSON)
    return json.dumps({"query": " ".join(document.split()), "variables": variables(key)}, ensure_ascii=False).encode()


def equal(answers: Mapping[str, bytes]) -> int:
    """The number of objects in the answer. Raises SystemExit when one differs from the first, or tells of an error;
    warnings of dirty data are the product's own.

    Compared by their data: orgraf gives lists of one for lists of one uuid, and the role within the relation; where a
    page ends is each one's own. Lists of those that are UNORDERED are compared as sets.
    """
    shown: dict[str, Any] = {}
    for name, answer in answers.items():
        found = json.loads(answer)
        errors = [one for one in found.get("errors", ()) if one.get("extensions", {}).get("type") != "WARNING"]
        if errors:
            raise SystemExit(f"bench: {name} answered with errors: {json.dumps(errors)[:500]}")
        shown[name] = _plain(next(iter(found["data"].values())))
    first, *others = shown
    for name in others:
        both = [shown[first], shown[name]]
        if name in NAMELESS:
            both = [_without(one, "navn") for one in both]
        a, b = (json.dumps(_sorted(one) if name in UNORDERED else one, indent=0) for one in both)
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            raise SystemExit(
                f"bench: {first} and {name} answer differently; nothing was measured:\n"
                f"{a[max(at - 300, 0) : at + 200]}\n---\n{b[max(at - 300, 0) : at + 200]}"
            )
    return json.dumps(shown[first]).count("{")


def _plain(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        return _plain(value[0]) if "edges" not in value[0] else value
    return _without(value)


def _without(value: Any, *names: str) -> Any:
    if isinstance(value, list):
        return [_without(one, *names) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _without(one, *names) for name, one in value.items() if name not in ("endCursor", *names)}
    inner = found.pop("klassifikation", None)
    return found | inner if inner else found


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_sorted(one) for one in value), key=json.dumps)
    return {name: _sorted(one) for name, one in value.items()} if isinstance(value, dict) else value
