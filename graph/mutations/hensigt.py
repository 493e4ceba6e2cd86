"""What one write is about to do, so that it can be told later whether it took effect. Pure; holds no personal data.

Owns what a write is known by (its mark): a keyed hash of what the object is to say. Source: rules.md 35, domain.md 8.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID, uuid4

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Oejebliksbillede, Reference, Registrering
from model.indhold import indhold

OPRET: Final = "opret"
IMPORTER: Final = "importer"
RET: Final = "ret"
PASSIVER: Final = "passiver"
SLET: Final = "slet"
ANONYMISER: Final = "anonymiser"


@dataclass(frozen=True, slots=True)
class Hensigt:
    """One write on its way. `foer_ns`: the registration time read before it; for opret, where to begin to look.

    `uuid` is None for opret: the source chooses it. `maerke` is None for the end of a life: its code tells; for
    anonymiser it is that of what is to be said no more.
    `transaktion`: the id that the call carries, kept for the receipt.
    """

    operation: str
    objekttype: Objekttype
    uuid: UUID | None
    foer_ns: int
    want_ns: int
    maerke: str | None
    transaktion: str

    @classmethod
    def om(
        cls, operation: str, objekttype: Objekttype, uuid: UUID | None, foer_ns: int, want_ns: int, maerke: str | None
    ) -> "Hensigt":
        """A new one, with a transaction of its own."""
        return cls(operation, objekttype, uuid, foer_ns, want_ns, maerke, str(uuid4()))


@dataclass(frozen=True, slots=True)
class Fund:
    """The registration that a write made."""

    uuid: UUID
    tidspunkt_ns: int


def maerke(registrering: Registrering, secret: bytes) -> str:
    """The keyed hash of what an object says: what a source may add or drop on its own is left out.

    That is who answers for an entry, labels of references, empty periods, and LokalUdvidelse.
    """
    said = replace(
        registrering,
        egenskaber=tuple(replace(e, ansvar=None) for e in registrering.egenskaber if not e.virkning.tom),
        tilstande=tuple(replace(t, ansvar=None) for t in registrering.tilstande if not t.virkning.tom),
        relationer=tuple(
            replace(
                r,
                ansvar=None,
                reference=_uden_label(r.reference),
                rolle=_uden_label(r.rolle),
                type=_uden_label(r.type),
            )
            for r in registrering.relationer
            if not r.virkning.tom
        ),
        lokal_udvidelse={},
    )
    return indhold(said, secret).hash.hex()


def genkend(hensigt: Hensigt, registreringer: Iterable[Registrering], secret: bytes) -> Fund | None:
    """The registration of the write's own object that the write made; None when none of them is."""
    assert hensigt.uuid is not None
    if hensigt.operation == ANONYMISER:  # whether it is a registration of its own is up to the source (domain.md 12)
        nyeste = max(registreringer, key=lambda r: r.tidspunkt_ns, default=None)
        glemt = nyeste is not None and maerke(nyeste, secret) != hensigt.maerke
        return Fund(hensigt.uuid, nyeste.tidspunkt_ns) if nyeste is not None and glemt else None
    ny = min(
        (r.tidspunkt_ns for r in registreringer if r.tidspunkt_ns > hensigt.foer_ns and _er(hensigt, r, secret)),
        default=None,
    )
    return None if ny is None else Fund(hensigt.uuid, ny)


def genkend_ny(
    hensigt: Hensigt, billeder: Iterable[Oejebliksbillede], taget: Iterable[UUID], secret: bytes
) -> Fund | None:
    """The oldest of these objects that says what an opret wanted, and is not another write's."""
    others = set(taget)
    found = [
        Fund(billede.uuid, r.tidspunkt_ns)
        for billede in billeder
        if billede.uuid not in others
        for r in billede.registreringer
        if _er(hensigt, r, secret)
    ]
    return min(found, key=lambda fund: (fund.tidspunkt_ns, fund.uuid), default=None)


def write(undervejs: Sequence[Hensigt]) -> dict[str, Any] | list[dict[str, Any]] | None:
    """As the record of a write keeps what is under way: nothing, one, or, of an import alone, more."""
    written = [_write(one) for one in undervejs]
    return written if len(written) > 1 else next(iter(written), None)


def read(stored: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> list[Hensigt]:
    """What `write` wrote."""
    if stored is None:
        return []
    return [_read(one) for one in ([stored] if isinstance(stored, Mapping) else stored)]


def _write(hensigt: Hensigt) -> dict[str, Any]:
    return {
        "operation": hensigt.operation,
        "objekttype": hensigt.objekttype.value,
        "uuid": None if hensigt.uuid is None else str(hensigt.uuid),
        "foerNs": hensigt.foer_ns,
        "wantNs": hensigt.want_ns,
        "maerke": hensigt.maerke,
        "transaktion": hensigt.transaktion,
    }


def _read(stored: Mapping[str, Any]) -> Hensigt:
    uuid = stored["uuid"]
    return Hensigt(
        stored["operation"],
        Objekttype(stored["objekttype"]),
        None if uuid is None else UUID(uuid),
        stored["foerNs"],
        stored["wantNs"],
        stored["maerke"],
        stored["transaktion"],
    )


def _er(hensigt: Hensigt, registrering: Registrering, secret: bytes) -> bool:
    if hensigt.operation == PASSIVER:
        return registrering.livscyklus is Livscyklus.PASSIVERET
    if hensigt.operation == SLET:
        return registrering.livscyklus is Livscyklus.SLETTET
    return maerke(registrering, secret) == hensigt.maerke


def _uden_label(reference: Reference | None) -> Reference | None:
    return None if reference is None else Reference(reference.id)
