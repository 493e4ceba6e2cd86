"""The one way objects get into the read model: guard, store, project, replace rows and cards, log, ring. One
transaction's part.

Works on batches of one municipality: one object of a message and a page of the export go the same way. Owns the order
of these steps. Refuses to know SOAP, queues and why an object was read (`aarsag` is passed through).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Registrering
from fkorg.tid import from_datetime
from model import leader, sql
from model.anonymisering import uden_personer
from model.indhold import FRAVAER, Indhold, indhold
from model.leader import Leder
from model.pool import Connection, indsaet
from model.projection import foelger, kort, lager, log, project, soegetekst
from model.projection.felter import aendrede
from model.projection.foelger import Skifte
from model.projection.kort import Beroert
from model.projection.lager import Kendt, Udskiftning
from model.projection.log import Linje
from model.projection.raekker import HOVEDTABEL, KOLONNER, Kontekst, Rows, naeste_graense
from model.projection.vaern import Laest, Lagret, Udfald, Version, afgoer, afgoer_fravaer

SQL: Final = sql.load(__file__)
STOERSTE_NS: Final = 2**63 - 2
REGISTRERING: Final = (
    "organisation", "objekttype", "uuid", "rewind", "reg_ns", "tie", "livscyklus", "bruger", "note", "content",
    "content_hash", "kilde", "hentet_at",
)  # fmt: skip

OBJEKT: Final = (
    "organisation", "objekttype", "uuid", "reg_ns", "rewind", "tie", "livscyklus", "content_hash", "aarsag",
    "anvendt_at", "verificeret_at", "naeste_graense",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """One object as read; no registration = the source does not know it.

    `bekraefter`: a confirm read, which may overwrite at the same time. `tilbage`: it is believed when it is older than
    what is stored, so that the source has gone back, or finds nothing, so that the object is gone (ingest.md 4).
    `mindst_ns`: the registration time that a receipt named, for a tombstone.
    """

    objekttype: Objekttype
    uuid: UUID
    registrering: Registrering | None
    aarsag: str
    bekraefter: bool = False
    tilbage: bool = False
    mindst_ns: int = 0


@dataclass(slots=True)
class Anvendt:
    """What became of a batch: the outcome per object, and what in the objects projected nothing."""

    udfald: dict[tuple[Objekttype, UUID], Udfald] = field(default_factory=dict)
    lagret_ns: dict[tuple[Objekttype, UUID], int] = field(default_factory=dict)
    afvigelser: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: "Anvendt") -> None:
        """Of one batch and the next."""
        self.udfald |= other.udfald
        self.lagret_ns |= other.lagret_ns
        self.afvigelser += other.afvigelser


@dataclass(frozen=True, slots=True)
class _Ny:
    """A read that is to be stored."""

    post: Post
    version: Version
    indhold: Indhold
    foer: Lagret | None

    @property
    def livscyklus(self) -> Livscyklus:
        return Livscyklus.SLETTET if self.post.registrering is None else self.post.registrering.livscyklus


async def anvend(
    tx: Connection,
    leder: Leder,
    kontekst: Kontekst,
    poster: Sequence[Post],
    now: datetime,
    *,
    mange: bool = False,
) -> Anvendt:
    """Apply a batch in the caller's transaction. Raises Afloest when somebody else leads.

    An object comes at most once in a batch. `mange`: a first fill; paths are left to `foelger.genopbyg` at its end and
    cards to `kort.Vandring`, the log tells neither what follows for other units nor the fields of new objects (which
    are all they have).
    """
    await leader.check(tx, leder, alene=True)
    ud = Anvendt()
    anonyme = await uden_personer(
        tx, kontekst.organisation, ((post.objekttype, post.uuid, post.registrering) for post in poster)
    )
    if anonyme:
        poster = [
            replace(post, registrering=anonyme.get((post.objekttype, post.uuid), post.registrering)) for post in poster
        ]
    nye = await _vaelg(tx, kontekst, poster, ud)
    if samme := [noegle for noegle, udfald in ud.udfald.items() if udfald is Udfald.SAMME]:
        await verificeret(tx, kontekst.organisation, samme, now)
    if nye:
        await _gem(tx, kontekst, nye, now)
        skifter, graenser = await _erstat(tx, kontekst, nye, now, ud, mange)
        await _objekter(tx, kontekst, nye, graenser, now)
        await _log(tx, kontekst, nye, skifter, now, mange)
    return ud


async def verificeret(
    tx: Connection, organisation: UUID, noegler: Sequence[tuple[Objekttype, UUID]], now: datetime
) -> None:
    """These were read at the source, and are what is stored."""
    await SQL["verificeret"].execute(
        tx,
        organisation=organisation,
        now=now,
        objekttype=[objekttype.value for objekttype, _ in noegler],
        uuid=[uuid for _, uuid in noegler],
    )


async def kontekst_af(tx: Connection, organisation: UUID) -> Kontekst:
    """The municipality as applying sees it. Raises LookupError when it is not served here."""
    row = await SQL["kontekst"].fetchrow(tx, organisation=organisation)
    if row is None:
        raise LookupError(f"organisation {organisation} is not served here: run `orgraf bootstrap` for its CVR first")
    return Kontekst(organisation, row["rod"], row["secret"])


async def ny_rod(tx: Connection, kontekst: Kontekst, skifter: Iterable[Skifte], now: datetime) -> Kontekst:
    """Follow Organisation.Overordnet: another root unit sorts first, and all paths hang under it."""
    place = KOLONNER["organisation"].index("overordnet")
    for skifte in skifter:
        if skifte.uuid == kontekst.organisation and skifte.objekttype is Objekttype.ORGANISATION:
            rod = next((row[place] for row in skifte.efter.get("organisation", ())), None)
            if rod is not None and rod != kontekst.rod:
                await SQL["ny_rod"].execute(tx, organisation=kontekst.organisation, rod=rod)
                await SQL["ny_roddens_plads"].execute(tx, organisation=kontekst.organisation, rod=rod)
                kontekst = replace(kontekst, rod=rod)
                await foelger.genopbyg(tx, kontekst, now)
    return kontekst


def art_af(skifte: Skifte) -> str:
    """AENDRET, or INAKTIV when the object's Gyldighed has just become that."""
    hoved = HOVEDTABEL[skifte.objekttype]
    if "status" not in KOLONNER[hoved]:
        return "AENDRET"
    place = KOLONNER[hoved].index("status")
    foer = {row[place] for row in skifte.foer.get(hoved, ())}
    efter = {row[place] for row in skifte.efter.get(hoved, ())}
    return "INAKTIV" if efter == {"INAKTIV"} and foer != {"INAKTIV"} else "AENDRET"


async def _vaelg(tx: Connection, kontekst: Kontekst, poster: Sequence[Post], ud: Anvendt) -> list[_Ny]:
    """The guard: outcomes go into `ud`, what is to be stored comes back."""
    if kontekst.secret is None:
        raise TypeError("wanted the municipality as `kontekst_af` gives it, found one without the key of hashes")
    lagrede = await _lagrede(tx, kontekst.organisation, poster)
    nye = []
    for post in poster:
        key = (post.objekttype, post.uuid)
        lagret = lagrede.get(key)
        found = indhold(post.registrering, kontekst.secret)
        if post.registrering is None:
            udfald, version = afgoer_fravaer(lagret, tilbage=post.tilbage, mindst_ns=post.mindst_ns)
        else:
            reg_ns = max(-STOERSTE_NS, min(STOERSTE_NS, post.registrering.tidspunkt_ns))
            udfald, version = afgoer(lagret, Laest(reg_ns, found.hash, post.bekraefter, post.tilbage))
        ud.udfald[key] = udfald
        if udfald is Udfald.NY:
            nye.append(_Ny(post, version, found, lagret))
            ud.lagret_ns[key] = version.reg_ns
        elif lagret is not None:
            ud.lagret_ns[key] = lagret.reg_ns
    return nye


async def _lagrede(tx: Connection, organisation: UUID, poster: Iterable[Post]) -> dict[tuple[Objekttype, UUID], Lagret]:
    listed = list(poster)
    rows = await SQL["lagrede"].fetch(
        tx,
        organisation=organisation,
        objekttype=[post.objekttype.value for post in listed],
        uuid=[post.uuid for post in listed],
    )
    return {
        (Objekttype(row["objekttype"]), row["uuid"]): Lagret(
            row["reg_ns"],
            row["rewind"],
            row["tie"],
            row["content_hash"],
            Livscyklus(row["livscyklus"]).levende,
        )
        for row in rows
    }


async def _gem(tx: Connection, kontekst: Kontekst, nye: Sequence[_Ny], now: datetime) -> None:
    """The registrations themselves."""
    records = []
    for ny in nye:
        reg, version = ny.post.registrering, ny.version
        kilde = FRAVAER if reg is None else ny.post.aarsag
        bruger = reg.bruger.id if reg is not None and reg.bruger is not None else None
        records.append((
            kontekst.organisation, ny.post.objekttype.value, ny.post.uuid, version.rewind, version.reg_ns, version.tie,
            ny.livscyklus.value, bruger, reg.note if reg is not None else None, ny.indhold.json, ny.indhold.hash,
            kilde, now,
        ))  # fmt: skip
    await indsaet(tx, "registrering", REGISTRERING, records)


async def _erstat(
    tx: Connection, kontekst: Kontekst, nye: Sequence[_Ny], now: datetime, ud: Anvendt, mange: bool
) -> tuple[dict[tuple[Objekttype, UUID], tuple[Skifte, list[str]]], list[int | None]]:
    """Project, and make the known rows and cards into the projected ones; per object what was in effect before and
    after, and its next effect boundary."""
    kendte = await _kendte(tx, kontekst, nye)
    now_ns = from_datetime(now)
    udskiftning, beroert = Udskiftning.tom(), Beroert()
    skifter: dict[tuple[Objekttype, UUID], tuple[Skifte, list[str]]] = {}
    graenser: list[int | None] = []
    ord_gamle: list[tuple[Objekttype, UUID]] = []
    ord_nye: list[tuple[object, ...]] = []
    for ny in nye:
        objekttype, uuid = ny.post.objekttype, ny.post.uuid
        key = (objekttype, uuid)
        rows: Rows = {}
        if ny.post.registrering is not None:
            projektion = project(objekttype, uuid, ny.post.registrering, kontekst)
            rows = projektion.rows
            ud.afvigelser.update((a.art, a.sted) for a in projektion.afvigelser)
        kendt = kendte.get(key, {})
        gamle = lager.rows_of(kendt)
        udskiftning.objekt(kendt, rows, ny.version.reg_ns)
        graenser.append(naeste_graense(rows, now_ns))
        felter = [] if mange and ny.foer is None else aendrede(gamle, rows)
        beroert.aendret(objekttype, uuid, gamle, rows, felter, now_ns)
        skifter[key] = (foelger.skifte(objekttype, uuid, gamle, now_ns, rows, now_ns), felter)
        if ny.foer is not None:
            ord_gamle.append(key)
        ord_nye += [
            (kontekst.organisation, objekttype.value, uuid, felt, ord_)
            for felt, ord_ in soegetekst.soegeord_nu(objekttype, rows, now_ns)
        ]
    await udskiftning.udfoer(tx)
    await soegetekst.udskift(tx, kontekst.organisation, ord_gamle, ord_nye)
    if mange:
        await kort.glem(tx, kontekst.organisation, beroert)
    else:
        await kort.opfrisk(tx, kontekst.organisation, beroert, now)
    return skifter, graenser


async def _kendte(
    tx: Connection, kontekst: Kontekst, nye: Sequence[_Ny]
) -> dict[tuple[Objekttype, UUID], dict[str, list[Kendt]]]:
    """Known rows of the objects that were stored before."""
    by_type: dict[Objekttype, list[UUID]] = {}
    for ny in nye:
        if ny.foer is not None:
            by_type.setdefault(ny.post.objekttype, []).append(ny.post.uuid)
    return {
        (objekttype, uuid): found
        for objekttype, uuids in by_type.items()
        for uuid, found in (await lager.kendte(tx, kontekst.organisation, objekttype, uuids)).items()
    }


async def _objekter(
    tx: Connection, kontekst: Kontekst, nye: Sequence[_Ny], graenser: Sequence[int | None], now: datetime
) -> None:
    """The guard's own rows: those of new objects by COPY, the others in place."""
    rows = [
        (
            kontekst.organisation, ny.post.objekttype.value, ny.post.uuid, ny.version.reg_ns, ny.version.rewind,
            ny.version.tie, ny.livscyklus.value, ny.indhold.hash, ny.post.aarsag, now, now, graense,
        )
        for ny, graense in zip(nye, graenser, strict=True)
    ]  # fmt: skip
    first = [row for ny, row in zip(nye, rows, strict=True) if ny.foer is None]
    again = [row for ny, row in zip(nye, rows, strict=True) if ny.foer is not None]
    await indsaet(tx, "objekt", OBJEKT, first)
    if again:
        await SQL["gem_objekter"].execute(tx, **dict(zip(OBJEKT, map(list, zip(*again, strict=True)), strict=True)))


async def _log(
    tx: Connection,
    kontekst: Kontekst,
    nye: Sequence[_Ny],
    skifter: Mapping[tuple[Objekttype, UUID], tuple[Skifte, list[str]]],
    now: datetime,
    mange: bool,
) -> None:
    """The change log, and what follows from the changes for other units."""
    linjer = []
    for ny in nye:
        skifte, felter = skifter[ny.post.objekttype, ny.post.uuid]
        art = _art(ny, skifte)
        linjer.append(Linje(ny.post.objekttype, ny.post.uuid, art, ny.post.aarsag, ny.version, felter, ny.indhold.hash))
    if mange:
        await log.kopier(tx, kontekst.organisation, linjer, now)
        return
    seq = await log.skriv(tx, kontekst.organisation, linjer, now)
    kontekst = await ny_rod(tx, kontekst, (skifte for skifte, _ in skifter.values()), now)
    await foelger.udfoer(tx, kontekst, (skifte for skifte, _ in skifter.values()), seq, now)


def _art(ny: _Ny, skifte: Skifte) -> str:
    """Source: rules.md 28."""
    if not ny.livscyklus.levende:
        return "SLETTET"
    if ny.foer is None or not ny.foer.levende:
        return "OPSTAAET"
    return art_af(skifte)
