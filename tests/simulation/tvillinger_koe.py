"""Twins of the queue's statements: what is dirty, to be confirmed, received, set aside."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fkorg.tid import from_datetime
from model import dirty, inbox, parked
from tests.simulation.hukommelse import Handler, Noegle, Row, Tabeller, named, twin


@twin(dirty.SQL, "mark")
def _mark(
    t: Tabeller,
    organisation: list[UUID],
    objekttype: list[str],
    uuid: list[UUID],
    want_ns: list[int],
    now: datetime,
    aarsag: str,
    due_at: datetime,
    bekraeft_at: datetime | None,
) -> list[Row]:
    t.rung = True
    most = from_datetime(now + timedelta(minutes=5))
    for key, want in zip(zip(organisation, objekttype, uuid, strict=True), want_ns, strict=True):
        wanted = min(want, most)
        row, gen = t.dirty.get(key), next(t.generation)
        if row is None:
            row = {"want_ns": wanted, "gen": gen, "aarsag": aarsag, "due_at": due_at, "attempts": 0}
            row["first_marked_at"] = row["wanted_at"] = now
        else:
            keep = row["aarsag"] == "MUTATION" or (row["aarsag"] == "BESKED" and aarsag != "MUTATION")
            row = row | {
                "want_ns": max(row["want_ns"], wanted),
                "gen": gen,
                "wanted_at": now if wanted > row["want_ns"] else row["wanted_at"],
                "due_at": min(row["due_at"], due_at),
                "attempts": 0,
                "aarsag": row["aarsag"] if keep else aarsag,
            }
        t.dirty[key] = row
    if bekraeft_at is not None:
        for key in sorted(zip(organisation, objekttype, uuid, strict=True)):
            look = t.confirm.get(key)
            later = bekraeft_at if look is None else max(look["due_at"], bekraeft_at)
            t.confirm[key] = {"gen": next(t.generation), "aeldre": 0, "due_at": later}
    return []


@twin(dirty.SQL, "laas")
def _laas(t: Tabeller, organisation: list[UUID], objekttype: list[str], uuid: list[UUID]) -> list[Row]:
    """One transaction at a time here: nobody waits."""
    return [{"ventende": 0, "ubekraeftede": 0}]


@twin(dirty.SQL, "confirm_one")
def _confirm_one(
    t: Tabeller, organisation: UUID, objekttype: str, uuid: UUID, due_at: datetime, aeldre: int
) -> list[Row]:
    key = (organisation, objekttype, uuid)
    t.confirm[key] = {"gen": next(t.generation), "aeldre": aeldre, "due_at": due_at}
    return []


@twin(dirty.SQL, "put_off")
def _put_off(
    t: Tabeller, due_at: datetime, organisation: list[UUID], objekttype: list[str], uuid: list[UUID]
) -> list[Row]:
    for key in zip(organisation, objekttype, uuid, strict=True):
        if key in t.confirm:
            t.confirm[key] = t.confirm[key] | {"due_at": max(t.confirm[key]["due_at"], due_at)}
    return []


@twin(dirty.SQL, "claim")
def _claim(t: Tabeller, organisation: UUID, now: datetime, lease_end: datetime, count: int) -> list[Row]:
    return _claimed(t, organisation, now, lease_end, count, lambda want_ns: want_ns > dirty.UANSET)


@twin(dirty.SQL, "claim_rest")
def _claim_rest(t: Tabeller, organisation: UUID, now: datetime, lease_end: datetime, count: int) -> list[Row]:
    return _claimed(t, organisation, now, lease_end, count, lambda want_ns: want_ns == dirty.UANSET)


def _claimed(
    t: Tabeller, organisation: UUID, now: datetime, lease_end: datetime, count: int, which: Callable[[int], bool]
) -> list[Row]:
    due = [
        (row["due_at"], key)
        for key, row in t.dirty.items()
        if key[0] == organisation and row["due_at"] <= now and which(row["want_ns"])
    ]
    claimed = []
    for _, key in sorted(due)[:count]:
        row = t.dirty[key]
        t.dirty[key] = row | {"due_at": lease_end, "attempts": row["attempts"] + 1}
        planned = t.confirm.get(key)
        aeldre = planned["aeldre"] if planned is not None and planned["due_at"] <= now else 0
        claimed.append(named(key, t.dirty[key] | {"aeldre": aeldre}))
    return claimed


@twin(dirty.SQL, "claim_confirm")
def _claim_confirm(t: Tabeller, organisation: UUID, now: datetime, lease_end: datetime, count: int) -> list[Row]:
    due = [
        (row["due_at"], key)
        for key, row in t.confirm.items()
        if key[0] == organisation and row["due_at"] <= now and key not in t.dirty
    ]
    claimed = []
    for _, key in sorted(due)[:count]:
        t.confirm[key] = t.confirm[key] | {"due_at": lease_end}
        claimed.append(named(key, t.confirm[key]))
    return claimed


@twin(dirty.SQL, "release")
def _release(t: Tabeller, organisation: UUID, now: datetime) -> list[Row]:
    for key, row in list(t.dirty.items()):
        if key[0] == organisation and row["due_at"] > now:
            t.dirty[key] = row | {"due_at": now}
    return []


def _clear(of: Callable[[Tabeller], dict[Noegle, Row]]) -> Handler:
    def clear(
        t: Tabeller, organisation: list[UUID], objekttype: list[str], uuid: list[UUID], gen: list[int]
    ) -> list[Row]:
        table = of(t)
        for key, number in zip(zip(organisation, objekttype, uuid, strict=True), gen, strict=True):
            if key in table and table[key]["gen"] == number:
                del table[key]
        return []

    return clear


twin(dirty.SQL, "clear")(_clear(lambda t: t.dirty))
twin(dirty.SQL, "clear_confirm")(_clear(lambda t: t.confirm))


@twin(dirty.SQL, "forlaeng")
def _forlaeng(
    t: Tabeller, due_at: datetime, organisation: list[UUID], objekttype: list[str], uuid: list[UUID], gen: list[int]
) -> list[Row]:
    for key, number in zip(zip(organisation, objekttype, uuid, strict=True), gen, strict=True):
        if key in t.dirty and t.dirty[key]["gen"] == number:
            t.dirty[key] = t.dirty[key] | {"due_at": due_at}
    return []


def _again(of: Callable[[Tabeller], dict[Noegle, Row]], marked_since: Callable[[Row], Row]) -> Handler:
    def again(
        t: Tabeller,
        organisation: list[UUID],
        objekttype: list[str],
        uuid: list[UUID],
        gen: list[int],
        due_at: list[datetime],
    ) -> list[Row]:
        table = of(t)
        for key, number, due in zip(zip(organisation, objekttype, uuid, strict=True), gen, due_at, strict=True):
            if key in table:
                row = table[key]
                table[key] = row | {"due_at": due} if row["gen"] == number else marked_since(row)
        return []

    return again


twin(dirty.SQL, "again")(_again(lambda t: t.dirty, lambda row: row | {"due_at": row["first_marked_at"]}))
twin(dirty.SQL, "again_confirm")(_again(lambda t: t.confirm, lambda row: row))


@twin(dirty.SQL, "pending")
def _pending(t: Tabeller, organisation: UUID) -> list[Row]:
    return [{"count": sum(key[0] == organisation for key in t.dirty)}]


@twin(dirty.SQL, "next_due")
def _next_due(t: Tabeller, organisation: UUID) -> list[Row]:
    due = [row["due_at"] for key, row in t.dirty.items() if key[0] == organisation]
    due += [row["due_at"] for key, row in t.confirm.items() if key[0] == organisation and key not in t.dirty]
    return [{"least": min(due, default=None)}]


@twin(dirty.SQL, "generations")
def _generations(t: Tabeller, organisation: UUID) -> list[Row]:
    return [named(key, {"gen": row["gen"]}) for key, row in t.dirty.items() if key[0] == organisation]


@twin(inbox.SQL, "put")
def _put(
    t: Tabeller, organisation: list[UUID], besked_id: list[str], kanal: str, now: datetime, **columns: list[Any]
) -> list[Row]:
    stored = []
    for place, key in enumerate(zip(organisation, besked_id, strict=True)):
        if old := t.inbox.get(key):
            stored.append({"organisation": key[0], "besked_id": key[1], "body_hash": old["body_hash"]})
        else:
            row = {name: values[place] for name, values in columns.items()}
            t.inbox[key] = row | {"kanal": kanal, "now": now, "status": "MODTAGET"}
    return stored


@twin(inbox.SQL, "anvendt")
def _anvendt(t: Tabeller, uuid: list[UUID], reg_ns: list[int], organisation: UUID) -> list[Row]:
    for one, up_to in zip(uuid, reg_ns, strict=True):
        for key, row in list(t.inbox.items()):
            ours = key[0] == organisation and row["status"] == "MODTAGET" and row["uuid"] == one
            if ours and (row["reg_ns"] is None or row["reg_ns"] <= up_to):
                t.inbox[key] = row | {"status": "ANVENDT", "body": None}
    return []


@twin(parked.SQL, "put")
def _park(t: Tabeller, organisation: UUID, besked_id: str, **values: Any) -> list[Row]:
    t.parked[organisation, besked_id] = values
    return []


@twin(parked.SQL, "remove")
def _unpark(t: Tabeller, organisation: UUID, besked_ider: list[str]) -> list[Row]:
    gone = [t.parked.pop((organisation, one), None) for one in besked_ider]
    return [one for one in gone if one is not None]
