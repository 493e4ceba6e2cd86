"""Twins of the comparison's statements."""

from datetime import datetime
from uuid import UUID

from model import afstemning
from tests.simulation.hukommelse import LEVENDE, Row, Tabeller, twin
from tests.simulation.tvillinger_model import lagrede


@twin(afstemning.SQL, "aaben")
def _aaben(t: Tabeller, organisation: UUID) -> list[Row]:
    names = ("id", "straks", "phase", "page_token", "started_at", "skannet")
    return [{name: row[name] for name in names} for row in t.afstemning.values() if row["finished_at"] is None]


@twin(afstemning.SQL, "viger")
def _viger(t: Tabeller, now: datetime, organisation: UUID) -> list[Row]:
    for row in list(t.afstemning.values()):
        if row["finished_at"] is None and not row["straks"]:
            t.afstemning[row["id"]] = row | {"finished_at": now}
    return []


@twin(afstemning.SQL, "begynd")
def _begynd(t: Tabeller, organisation: UUID, now: datetime, straks: bool, phase: str) -> list[Row]:
    for row in t.afstemning.values():
        if row["finished_at"] is None:
            return [row]
    row = {
        "id": len(t.afstemning) + 1, "started_seq": len(t.aendring), "started_at": now, "finished_at": None,
        "straks": straks, "phase": phase, "page_token": {}, "skannet": 0, "bremset": None, "rettet": None,
    }  # fmt: skip
    t.afstemning[row["id"]] = row
    return [row]


@twin(afstemning.SQL, "skridt")
def _skridt(t: Tabeller, phase: str, page_token: Row, skannet: int, organisation: UUID, id: int) -> list[Row]:
    row = t.afstemning[id]
    t.afstemning[id] = row | {"phase": phase, "page_token": page_token, "skannet": row["skannet"] + skannet}
    return []


@twin(afstemning.SQL, "lagrede")
def _lagrede_da(
    t: Tabeller, spurgt: datetime, objekttype: list[str], uuid: list[UUID], organisation: UUID
) -> list[Row]:
    rows = lagrede(t, objekttype, uuid, organisation)
    return [row | {"senere": row["anvendt_at"] >= spurgt} for row in rows]


@twin(afstemning.SQL, "noter")
def _noter(
    t: Tabeller, organisation: UUID, id: int, objekttype: list[str], uuid: list[UUID], forskel: list[str]
) -> list[Row]:
    for one, difference in zip(zip(objekttype, uuid, strict=True), forskel, strict=True):
        t.forskel.setdefault((id, *one), difference)
    return []


@twin(afstemning.SQL, "uset", "antal_uset")
def _uset(
    t: Tabeller,
    organisation: UUID,
    objekttype: str,
    started_at: datetime,
    id: int,
    efter: UUID | None = None,
    antal: int | None = None,
) -> list[Row]:
    rows = [
        {"uuid": key[2]}
        for key, row in sorted(t.objekt.items())
        if key[1] == objekttype and row["livscyklus"] in LEVENDE and key not in t.dirty
        and (row["verificeret_at"] is None or row["verificeret_at"] < started_at) and row["anvendt_at"] < started_at
        and (id, *key[1:]) not in t.forskel
    ]  # fmt: skip
    if antal is None or efter is None:
        return [{"count": len(rows)}]
    return [row for row in rows if row["uuid"] > efter][:antal]


@twin(afstemning.SQL, "antal_ekstra")
def _antal_ekstra(t: Tabeller, organisation: UUID, id: int) -> list[Row]:
    return [{"count": sum(key[0] == id and one == "EKSTRA" for key, one in t.forskel.items())}]


@twin(afstemning.SQL, "udestaaende")
def _udestaaende(t: Tabeller, organisation: UUID, id: int) -> list[Row]:
    waiting = [key for key in t.forskel if key[0] == id]
    return [{"count": sum((organisation, *k[1:]) in t.dirty or (organisation, *k[1:]) in t.confirm for k in waiting)}]


@twin(afstemning.SQL, "brems")
def _brems(t: Tabeller, fravaerende: int, organisation: UUID, id: int) -> list[Row]:
    t.afstemning[id] = t.afstemning[id] | {"bremset": fravaerende}
    return []


@twin(afstemning.SQL, "afslut")
def _afslut(t: Tabeller, now: datetime, organisation: UUID, id: int) -> list[Row]:
    row = t.afstemning[id]
    changed = {(one["objekttype"], one["uuid"]) for one in t.aendring[row["started_seq"] :]}
    rettet = sum(key[0] == id and key[1:] in changed for key in t.forskel)
    t.afstemning[id] = row | {"finished_at": now, "rettet": rettet}
    return []


@twin(afstemning.SQL, "rapport")
def _rapport(t: Tabeller, organisation: UUID, nummer: int | None) -> list[Row]:
    done = [row for row in t.afstemning.values() if row["rettet"] is not None and nummer in (None, row["id"])]
    if not done:
        return []
    row = done[-1]
    found = [one for key, one in t.forskel.items() if key[0] == row["id"]]
    counts = {"mangler": found.count("MANGLER"), "ekstra": found.count("EKSTRA")}
    renamed = {"startet": row["started_at"], "afsluttet": row["finished_at"]}
    kept = {name: row[name] for name in ("id", "skannet", "rettet", "bremset")}
    return [kept | renamed | counts | {"kort": 0, "foraeldet": len(found) - sum(counts.values())}]


@twin(afstemning.SQL, "rettede")
def _rettede(t: Tabeller, organisation: UUID, id: int) -> list[Row]:
    first: dict[tuple[str, UUID], str] = {}
    for row in t.aendring[t.afstemning[id]["started_seq"] :]:
        first.setdefault((row["objekttype"], row["uuid"]), row["aarsag"])
    return [
        {"objekttype": key[1], "uuid": key[2], "tabt": key[1] in ("ORGANISATION_ENHED", "BRUGER")}
        for key in t.forskel
        if key[0] == id and first.get(key[1:]) == "AFSTEMNING"
    ]
