"""What must hold when a world has come to rest: the promises of ingest.md 8 that need no Postgres to be broken."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fkorg.catalogue import Objekttype
from model.indhold import indhold
from tests.simulation.hukommelse import Row
from tests.simulation.kilde import Noegle
from tests.simulation.sted import HEMMELIGHED, ORG

if TYPE_CHECKING:
    from tests.simulation.verden import Verden

URETS: Final = ("KALENDER", "AFLEDT")
Version: TypeAlias = tuple[int, int, int]


def brud(verden: "Verden", undtagen: Collection[Noegle] = ()) -> list[str]:
    """Every promise that is broken, in words. `undtagen`: objects that need not be as the source has them yet."""
    by_object: defaultdict[Noegle, list[Row]] = defaultdict(list)
    for row in verden.database.tables.aendring:
        if row["aarsag"] not in URETS:
            by_object[Objekttype(row["objekttype"]), row["uuid"]].append(row)
    return [
        *_som_kilden(verden, undtagen),
        *(one for key, rows in by_object.items() for one in _i_orden(key, rows)),
        *(one for key, rows in by_object.items() for one in _var_sandt(verden, key, rows)),
    ]


def _navn(key: Noegle) -> str:
    return f"{key[0].value} {key[1].int}"


def _som_kilden(verden: "Verden", undtagen: Collection[Noegle]) -> Iterator[str]:
    """The final state is the source's."""
    for key in verden.sandhed.udgaver.keys() - undtagen:
        true = verden.sandhed.nu(key)
        row = verden.database.tables.objekt.get((ORG, key[0].value, key[1]))
        known = row is not None and row["livscyklus"] in ("OPSTAAET", "IMPORTERET")
        if true is None or not true.livscyklus.levende:
            if known:
                yield f"{_navn(key)} is gone at the source and lives here"
        elif row is None or not known:
            yield f"{_navn(key)} lives at the source and not here"
        elif row["content_hash"] != indhold(true, HEMMELIGHED).hash or row["reg_ns"] != true.tidspunkt_ns:
            yield f"{_navn(key)} is not as at the source"


def _i_orden(key: Noegle, rows: list[Row]) -> Iterator[str]:
    """(rewind, registration time, tie) strictly rises (rules.md 29): so no change is told twice."""
    for before, after in ude_af_orden(rows):
        yield f"{_navn(key)} is logged as {after} after {before}"


def ude_af_orden(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Version, Version]]:
    """Of one object's rows of the log, in a reader's order: those whose version is not newer than the one before."""
    versions = [(row["rewind"], row["reg_ns"], row["tie"]) for row in rows]
    return ((before, after) for before, after in pairwise(versions) if not before < after)


def _var_sandt(verden: "Verden", key: Noegle, rows: list[Row]) -> Iterator[str]:
    """What is logged was true at the source before: nothing is deleted by absence, nothing is made up."""
    for row in rows:
        true = (one.registrering for one in verden.sandhed.udgaver.get(key, ()) if one.fra <= row["committed"])
        if row["content_hash"] not in {indhold(reg, HEMMELIGHED).hash for reg in true}:
            yield f"{_navn(key)} is logged as {row['art']} at {row['committed']:.2f} s, which was never true"
