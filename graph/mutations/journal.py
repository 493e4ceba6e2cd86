"""What the record of a write keeps, as JSON: receipts, objects touched, outcome; no value that was written.

Owns its form, both ways: a repeated call with the same key is answered from it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import Uncertain
from fkorg.kvittering import Kvittering
from graph.mutations.fejl import Kode, Skrivefejl, oversat, ugyldig
from graph.mutations.gang import Gang, Maal, Roert
from model.writes import Status, Tidligere


def write(gang: Gang, maal: Maal | None = None, fejl: Skrivefejl | None = None) -> dict[str, Any]:
    """What a run has done so far, and how it ended."""
    told = None
    if fejl is not None:
        told = {navn: value for navn, value in fejl.extensions.items() if navn != "kvitteringer"}
    return {
        "kvitteringer": [from_kvittering(one) for one in gang.kvitteringer],
        "roert": [[r.objekttype.value, str(r.uuid), r.want_ns, r.sendt] for r in gang.roert],
        "maal": [_text(maal.uuid), _text(maal.medlemskab)] if maal else None,
        "fejl": told,
    }


def read(earlier: Tidligere) -> tuple[Maal, list[Kvittering | None], list[Roert]]:
    """The stored outcome of the write that holds the key. Raises Skrivefejl when it was no success."""
    if not earlier.samme:
        raise ugyldig("valg.idempotensnoegle", "wanted a new key: this one stands for another input")
    stored = earlier.kvitteringer
    if earlier.status is not Status.UDFOERT:
        raise _fejl(earlier.status, stored)
    uuid, medlemskab = stored["maal"]
    return (
        Maal(_uuid(uuid), _uuid(medlemskab)),
        [_kvittering(one) for one in stored["kvitteringer"]],
        [Roert(Objekttype(kind), UUID(key), want_ns, sendt) for kind, key, want_ns, sendt in stored["roert"]],
    )


def from_kvittering(kvittering: Kvittering | None) -> dict[str, Any]:
    """A receipt as the API writes it; None = nothing was sent."""
    return {
        "statusKode": kvittering.status_kode if kvittering else None,
        "tekst": kvittering.tekst if kvittering else None,
        "transaktionsId": kvittering.transaktions_id if kvittering else None,
        "sendt": kvittering is not None,
    }


def _kvittering(stored: Mapping[str, Any]) -> Kvittering | None:
    return Kvittering(stored["statusKode"], stored["tekst"], stored["transaktionsId"]) if stored["sendt"] else None


def _fejl(status: Status, stored: Mapping[str, Any]) -> Skrivefejl:
    told = stored.get("fejl")
    if status is Status.AFVIST and told:
        fejl = Skrivefejl(
            told["message"],
            told["classification"],
            Kode(told["kode"]) if told.get("kode") else None,
            status_kode=told.get("statusKode"),
            tekst=told.get("tekst"),
        )
    else:
        fejl = oversat(Uncertain("the outcome of the write with this key was not seen: read the object, then decide"))
    fejl.kvitteringer = stored.get("kvitteringer", ())
    return fejl


def _text(uuid: UUID | None) -> str | None:
    return None if uuid is None else str(uuid)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
