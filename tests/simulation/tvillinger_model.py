"""Twins of the guard's, the log's, the walk's and the leader's statements; those of the projection keep nothing."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from model import afstemning, anonymisering, feed_state, leader, relateret, snapshot, state, vedligehold
from model.pool import indsaet_tekst
from model.projection import apply, foelger, glemsel, kort, lager, log, soegetekst, ur
from tests.simulation.hukommelse import HANDLERS, LEVENDE, Row, Tabeller, append, nothing, put_in, twin

for _module in (anonymisering, glemsel, foelger, kort, soegetekst, ur, feed_state, vedligehold):
    twin(_module.SQL, *_module.SQL)(nothing)
HANDLERS[lager.KENDTE_RELATIONER] = ((), nothing)
for _tabel, _tekster in lager.TEKSTER.items():
    for _text in (_tekster.kendte, _tekster.slut, _tekster.slet, indsaet_tekst(_tabel, _tekster.kolonner)):
        HANDLERS[_text] = ((), nothing)
HANDLERS[indsaet_tekst("soegetekst", soegetekst.KOLONNER_SOEGT)] = ((), nothing)
for _tabel, _kolonner in (("registrering", apply.REGISTRERING), ("objekt", apply.OBJEKT)):
    HANDLERS[indsaet_tekst(_tabel, _kolonner)] = (_kolonner, partial(put_in, table=_tabel))
twin(relateret.SQL, "haengende")(nothing)
twin(snapshot.SQL, *(name for name in snapshot.SQL if name.startswith("manglende_")))(nothing)
twin(log.SQL, "ring", "skriv_afledte")(nothing)
twin(leader.SQL, "end_connections")(nothing)


@twin(relateret.SQL, "findes")
def _findes(t: Tabeller, organisation: UUID, uuids: list[UUID]) -> list[Row]:
    return [{"uuid": uuid} for uuid in {key[2] for key in t.objekt if key[0] == organisation} & set(uuids)]


@twin(state.SQL, "secret")
def _secret(t: Tabeller) -> list[Row]:
    return [{"secret": t.secret}]


@twin(log.SQL, "incarnation")
def _incarnation(t: Tabeller) -> list[Row]:
    return [{"incarnation": 1}]


@twin(log.SQL, "skriv")
def _skriv(t: Tabeller, organisation: UUID, now: datetime, aarsag: list[str], **lists: list[Any]) -> list[Row]:
    columns = {**lists, "aarsag": aarsag}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return [append(t, {"organisation": organisation, "anvendt_at": now, **row}) for row in rows]


@twin(apply.SQL, "lagrede")
def lagrede(t: Tabeller, objekttype: list[str], uuid: list[UUID], organisation: UUID) -> list[Row]:
    keys = [(organisation, *one) for one in zip(objekttype, uuid, strict=True)]
    return [t.objekt[key] for key in keys if key in t.objekt]


@twin(apply.SQL, "verificeret")
def _verificeret(t: Tabeller, now: datetime, objekttype: list[str], uuid: list[UUID], organisation: UUID) -> list[Row]:
    for one in zip(objekttype, uuid, strict=True):
        row = t.objekt[organisation, *one]
        t.objekt[organisation, *one] = row | {"verificeret_at": max(row["verificeret_at"] or now, now)}
    return []


@twin(apply.SQL, "gem_objekter")
def _gem_objekter(t: Tabeller, **columns: list[Any]) -> list[Row]:
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        t.objekt[row["organisation"], row["objekttype"], row["uuid"]] = row
    return []


@twin(apply.SQL, "kontekst")
def _rod(t: Tabeller, organisation: UUID) -> list[Row]:
    return [
        {"rod": row["rod"], "secret": t.secret} for row in t.kontekst.values() if row["organisation"] == organisation
    ]


@twin(snapshot.SQL, "kontekst")
def _kontekst(t: Tabeller, cvr: str) -> list[Row]:
    return [t.kontekst[cvr]] if cvr in t.kontekst else []


@twin(snapshot.SQL, "modtagere")
def _modtagere(t: Tabeller, cvrs: list[str]) -> list[Row]:
    none = {"cvr": None, "organisation": None, "rod": None, "tilstand": None}
    found = [t.kontekst[cvr] for cvr in cvrs if cvr in t.kontekst] or [none]
    return [row | {"secret": t.secret} for row in found]


@twin(snapshot.SQL, "kontekster")
def _kontekster(t: Tabeller) -> list[Row]:
    return list(t.kontekst.values())


@twin(snapshot.SQL, "set_tilstand")
def _set_tilstand(t: Tabeller, tilstand: str, organisation: UUID) -> list[Row]:
    for cvr, row in list(t.kontekst.items()):
        if row["organisation"] == organisation:
            t.kontekst[cvr] = row | {"tilstand": tilstand}
    return []


@twin(snapshot.SQL, "running")
def _running(t: Tabeller, organisation: UUID) -> list[Row]:
    rows = [row for row in t.run.values() if row["organisation"] == organisation and row["state"] == "RUNNING"]
    return rows[-1:]


@twin(snapshot.SQL, "begin")
def _begin_run(t: Tabeller, organisation: UUID, now: datetime, phase: str) -> list[Row]:
    row = {
        "id": len(t.run) + 1, "organisation": organisation, "started_seq": len(t.aendring), "started_at": now,
        "phase": phase, "page_token": {}, "state": "RUNNING",
    }  # fmt: skip
    t.run[row["id"]] = row
    return [row]


@twin(snapshot.SQL, "step")
def _step(t: Tabeller, phase: str, page_token: Row, organisation: UUID, id: int) -> list[Row]:
    t.run[id] = t.run[id] | {"phase": phase, "page_token": page_token}
    return []


@twin(snapshot.SQL, "seen")
def _seen(
    t: Tabeller, organisation: UUID, run: int, objekttype: list[str], uuid: list[UUID], reg_ns: list[int | None]
) -> list[Row]:
    for one in zip(objekttype, uuid, strict=True):
        t.seen.setdefault((run, *one), {})
    return []


@twin(snapshot.SQL, "unseen")
def _unseen(t: Tabeller, organisation: UUID, objekttyper: list[str], started_at: datetime, run: int) -> list[Row]:
    return [
        row
        for (_, objekttype, uuid), row in sorted(t.objekt.items())
        if objekttype in objekttyper and row["livscyklus"] in LEVENDE and row["anvendt_at"] < started_at
        and (run, objekttype, uuid) not in t.seen
    ]  # fmt: skip


@twin(snapshot.SQL, "live")
@twin(afstemning.SQL, "levende")
def _live(t: Tabeller, organisation: UUID, objekttyper: list[str]) -> list[Row]:
    return [{"count": sum(row["livscyklus"] in LEVENDE and key[1] in objekttyper for key, row in t.objekt.items())}]


@twin(snapshot.SQL, "finish")
def _finish(t: Tabeller, state: str, now: datetime, organisation: UUID, id: int) -> list[Row]:
    t.run[id] = t.run[id] | {"state": state, "finished_at": now}
    return []


@twin(snapshot.SQL, "forget")
def _forget(t: Tabeller, organisation: UUID, run: int) -> list[Row]:
    for key in [key for key in t.seen if key[0] == run]:
        del t.seen[key]
    return []


def _lead(t: Tabeller, organisation: UUID, role: str) -> Row | None:
    return t.leader.get((organisation, role))


@twin(leader.SQL, "check", "check_alone", "read", "holder")
def _leader(t: Tabeller, organisation: UUID, role: str, epoch: int | None = None) -> list[Row]:
    row = _lead(t, organisation, role)
    if row is None or (epoch is not None and row["epoch"] != epoch):
        return []
    return [row | {"free": row["holder"] == ""}]


@twin(leader.SQL, "first")
def _first(t: Tabeller, organisation: UUID, role: str, holder: str) -> list[Row]:
    if _lead(t, organisation, role) is not None:
        return []
    t.leader[organisation, role] = {"epoch": 1, "holder": holder, "beat_at": t.clock}
    return [t.leader[organisation, role]]


def _change(t: Tabeller, organisation: UUID, role: str, seen: int, **values: object) -> list[Row]:
    row = _lead(t, organisation, role)
    if row is None or row["epoch"] != seen:
        return []
    t.leader[organisation, role] = row | values
    return [t.leader[organisation, role]]


@twin(leader.SQL, "succeed")
def _succeed(t: Tabeller, holder: str, organisation: UUID, role: str, seen: int) -> list[Row]:
    return _change(t, organisation, role, seen, epoch=seen + 1, holder=holder, beat_at=t.clock)


@twin(leader.SQL, "beat")
def _beat(t: Tabeller, organisation: UUID, role: str, epoch: int) -> list[Row]:
    return _change(t, organisation, role, epoch, beat_at=t.clock)


@twin(leader.SQL, "release")
def _let_go(t: Tabeller, organisation: UUID, role: str, epoch: int) -> list[Row]:
    return _change(t, organisation, role, epoch, holder="")
