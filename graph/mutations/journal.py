"""What the record of a write keeps, as JSON: receipts, objects touched, what is under way, outcome; no value written.

Owns its form, both ways: a repeated call with the same key is answered from it, and carried on from it.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable, Uncertain
from fkorg.kvittering import UDFOERT, Kvittering
from graph.mutations import hensigt as hensigter
from graph.mutations.fejl import Kode, Skrivefejl, oversat, ugyldig
from graph.mutations.forloeb import Forloeb, Maal, Roert, Skrevet, uaendret
from graph.mutations.hensigt import Fund, Hensigt
from model.writes import Status, Tidligere

UNDERVEJS: Final = "undervejs"
AFBRUDT: Final = "the write was broken off: what it has done stands; call again with the same key to carry it on"


def write(forloeb: Forloeb, maal: Maal | None = None, fejl: Skrivefejl | None = None) -> dict[str, Any]:
    """What a run has done so far, and how it ended."""
    told = None
    if fejl is not None:
        told = {navn: value for navn, value in fejl.extensions.items() if navn != "kvitteringer"}
    return {
        "kvitteringer": [from_kvittering(one) for one in forloeb.kvitteringer],
        "roert": [[r.objekttype.value, str(r.uuid), r.want_ns, r.sendt] for r in forloeb.roert],
        "skridt": [[s.operation, s.objekttype.value, str(s.uuid)] for s in forloeb.skrevet],
        "maal": [_text(maal.uuid), _text(maal.medlemskab)] if maal else None,
        "fejl": told,
        UNDERVEJS: hensigter.write(forloeb.undervejs),
    }


def read(earlier: Tidligere) -> tuple[Maal, list[Kvittering | None], list[Roert]]:
    """The stored outcome of the write that holds the key. Raises Skrivefejl when it was no success."""
    if not earlier.samme:
        raise ugyldig("valg.idempotensnoegle", "wanted a new key: this one stands for another input")
    stored = earlier.kvitteringer
    if earlier.status is not Status.UDFOERT:
        raise _fejl(earlier.status, stored)
    uuid, medlemskab = stored["maal"]
    forloeb = _forloeb(stored)
    return Maal(_uuid(uuid), _uuid(medlemskab)), forloeb.kvitteringer, forloeb.roert


def gjort(stored: Mapping[str, Any]) -> Forloeb:
    """What an earlier try of a write did: the steps that took effect, with their receipts."""
    all_of_it = _forloeb(stored)
    written = {(s.objekttype, s.uuid) for s in all_of_it.skrevet}
    return Forloeb(
        [kvittering for kvittering in all_of_it.kvitteringer if kvittering is not None],
        [r for r in all_of_it.roert if r.sendt and (r.objekttype, r.uuid) in written],
        all_of_it.skrevet,
    )


def undervejs(stored: Mapping[str, Any]) -> list[Hensigt]:
    """What was about to be done when the record was last written."""
    return hensigter.read(stored.get(UNDERVEJS))


def afbrudt(stored: Mapping[str, Any], funde: Mapping[Hensigt, Fund]) -> tuple[dict[str, Any], list[Roert], Forloeb]:
    """The record of a write that nobody carries on, what it touched, and what it did. `funde`: what of the step under
    way took effect, and what that made."""
    forloeb, touched = _forloeb(stored), []
    for hensigt in list(forloeb.undervejs):
        if (fund := funde.get(hensigt)) is not None:
            forloeb.udfoert(hensigt, fund.uuid, read_back(hensigt), fund.tidspunkt_ns)
        else:
            touched += uaendret(hensigt)
    forloeb.undervejs = []
    return write(forloeb, fejl=oversat(Unavailable(AFBRUDT))), forloeb.roert + touched, forloeb


def read_back(hensigt: Hensigt) -> Kvittering:
    """The receipt of a write whose answer was not seen and whose effect was."""
    return Kvittering(UDFOERT, None, hensigt.transaktion)


def from_kvittering(kvittering: Kvittering | None) -> dict[str, Any]:
    """A receipt as the API writes it; None = nothing was sent."""
    return {
        "statusKode": kvittering.status_kode if kvittering else None,
        "tekst": kvittering.tekst if kvittering else None,
        "transaktionsId": kvittering.transaktions_id if kvittering else None,
        "sendt": kvittering is not None,
    }


def _forloeb(stored: Mapping[str, Any]) -> Forloeb:
    return Forloeb(
        [_kvittering(one) for one in stored.get("kvitteringer", ())],
        [Roert(Objekttype(kind), UUID(key), want_ns, sendt) for kind, key, want_ns, sendt in stored.get("roert", ())],
        [Skrevet(operation, Objekttype(kind), UUID(key)) for operation, kind, key in stored.get("skridt", ())],
        undervejs(stored),
    )


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
        fejl = oversat(
            Uncertain("the outcome of the write with this key is not known yet: call again with the same key")
        )
    fejl.kvitteringer = stored.get("kvitteringer", ())
    return fejl


def _text(uuid: UUID | None) -> str | None:
    return None if uuid is None else str(uuid)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
