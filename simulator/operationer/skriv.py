"""opret, importer, ret, passiver, slet: each one registration in the truth, or a refusal. Source: domain.md 8.

Each runs in one transaction: it is on disk, with its message, before it answers.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid4

from fkorg.catalogue import Objekttype
from fkorg.kvittering import StandardRetur
from fkorg.registrering import UDEN_TIDSPUNKT_NS, Lister, Livscyklus, Registrering
from simulator.operationer import kontrol
from simulator.operationer.ret import RetMaade
from simulator.operationer.ret import ret as rettet
from simulator.operationer.retur import FINDES, FOR_SENT, FREMTIDIG, IKKE_LEVENDE, OK, UKENDT, Afvist
from simulator.sandhed import Sandhed
from simulator.snavs import Saerhed


def opret(
    sandhed: Sandhed, objekttype: Objekttype, sendt: Lister, *, note: str | None = None
) -> tuple[StandardRetur, UUID | None]:
    """A new object; the service picks its UUID."""
    uuid = uuid4()
    try:
        with sandhed.transaktion():
            kontrol.check_lister(objekttype, sendt)
            registrering = Registrering(
                sandhed.naeste_tid(objekttype, uuid),
                Livscyklus.OPSTAAET,
                sendt.egenskaber or (),
                sendt.tilstande or (),
                sendt.relationer or (),
                sandhed.ramme.bruger,
                note,
                sendt.lokal_udvidelse,
            )
            kontrol.check_resultat(objekttype, registrering, sandhed.ur())
            sandhed.skriv(objekttype, uuid, registrering)
    except Afvist as afvist:
        return afvist.retur, None
    return OK, uuid


def importer(
    sandhed: Sandhed, objekttype: Objekttype, uuid: UUID, registreringer: Iterable[Registrering]
) -> StandardRetur:
    """Stores the caller's object with the caller's times; what is passive, deleted or without registration revives."""
    try:
        with sandhed.transaktion():
            stored = _stored(sandhed, objekttype, uuid)
            if stored is not None and stored.livscyklus.levende:
                raise Afvist(FINDES)
            seneste_ns = _seneste_ns(sandhed, objekttype, uuid)
            for given in sorted(registreringer, key=lambda one: one.tidspunkt_ns or sandhed.ur()):
                kontrol.check_lister(objekttype, Lister.af(given))
                kontrol.check_resultat(objekttype, given, sandhed.ur())
                tidspunkt_ns = given.tidspunkt_ns
                if tidspunkt_ns == UDEN_TIDSPUNKT_NS:
                    tidspunkt_ns = sandhed.naeste_tid(objekttype, uuid)
                if tidspunkt_ns > sandhed.ur():
                    raise Afvist(FREMTIDIG)
                if seneste_ns is not None and tidspunkt_ns <= seneste_ns:
                    raise Afvist(FOR_SENT)
                seneste_ns = tidspunkt_ns
                bruger = given.bruger or sandhed.ramme.bruger
                sandhed.skriv(
                    objekttype,
                    uuid,
                    replace(given, tidspunkt_ns=tidspunkt_ns, livscyklus=Livscyklus.IMPORTERET, bruger=bruger, fejl=()),
                )
    except Afvist as afvist:
        return afvist.retur
    return OK


def ret(
    sandhed: Sandhed,
    objekttype: Objekttype,
    uuid: UUID,
    sendt: Lister,
    *,
    note: str | None = None,
    maade: RetMaade = RetMaade.REPLACE,
) -> StandardRetur:
    """A new registration of a live object; the life cycle code stays."""
    try:
        with sandhed.transaktion():
            stored = _stored(sandhed, objekttype, uuid)
            if stored is None:
                raise Afvist(UKENDT)
            if not stored.livscyklus.levende:
                raise Afvist(IKKE_LEVENDE)
            kontrol.check_lister(objekttype, sendt)
            ny = rettet(objekttype, stored, sendt, maade)
            kontrol.check_resultat(objekttype, ny, sandhed.ur())
            sandhed.skriv(objekttype, uuid, _dated(sandhed, objekttype, uuid, ny, note))
    except Afvist as afvist:
        return afvist.retur
    return OK


def passiver(sandhed: Sandhed, objekttype: Objekttype, uuid: UUID, *, note: str | None = None) -> StandardRetur:
    """Life cycle Passiveret; what is passive or deleted already is refused."""
    return _end(sandhed, objekttype, uuid, Livscyklus.PASSIVERET, note)


def slet(sandhed: Sandhed, objekttype: Objekttype, uuid: UUID, *, note: str | None = None) -> StandardRetur:
    """Life cycle Slettet; what is deleted already is refused, what is passive is not."""
    return _end(sandhed, objekttype, uuid, Livscyklus.SLETTET, note)


def _end(
    sandhed: Sandhed, objekttype: Objekttype, uuid: UUID, livscyklus: Livscyklus, note: str | None
) -> StandardRetur:
    try:
        with sandhed.transaktion():
            stored = _stored(sandhed, objekttype, uuid)
            if stored is None:
                raise Afvist(UKENDT)
            if stored.livscyklus in (livscyklus, Livscyklus.SLETTET):
                raise Afvist(IKKE_LEVENDE)
            ny = replace(stored, livscyklus=livscyklus)
            sandhed.skriv(objekttype, uuid, _dated(sandhed, objekttype, uuid, ny, note))
    except Afvist as afvist:
        return afvist.retur
    return OK


def _stored(sandhed: Sandhed, objekttype: Objekttype, uuid: UUID) -> Registrering | None:
    """What is stored; an object that reads return without registration counts as unknown."""
    if sandhed.saerheder.get((objekttype, uuid)) is Saerhed.INGEN_REGISTRERING:
        return None
    return sandhed.nyeste(objekttype, uuid)


def _seneste_ns(sandhed: Sandhed, objekttype: Objekttype, uuid: UUID) -> int | None:
    nyeste = sandhed.nyeste(objekttype, uuid)
    return None if nyeste is None else nyeste.tidspunkt_ns


def _dated(
    sandhed: Sandhed, objekttype: Objekttype, uuid: UUID, registrering: Registrering, note: str | None
) -> Registrering:
    tidspunkt_ns = sandhed.naeste_tid(objekttype, uuid)
    return replace(registrering, tidspunkt_ns=tidspunkt_ns, bruger=sandhed.ramme.bruger, note=note)
