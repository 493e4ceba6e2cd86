"""Freshness as the API shows it: what the model deduces (model/freshness.py), with the position of the answer."""

from datetime import timedelta

import strawberry

from graph.types.scalars import Stand, Tidspunkt, af_datetime
from model import freshness
from model.afstemning import Rapport
from model.freshness import Friskhedsstatus

strawberry.enum(
    Friskhedsstatus,
    name="Friskhedsstatus",
    description="FRISK: up to date. BAGUD: behind, or cut off from its source for a moment. FORAELDET: too old to be "
    "relied on. BOOTSTRAP: the first fill is running.",
)


@strawberry.type(description="A finished comparison of the whole read model with the source.")
class Afstemning:
    """What a reconciliation run reports (ingest.md 6)."""

    afsluttet: Tidspunkt = strawberry.field(description="When it ended.")
    gennemgaaet: int = strawberry.field(description="Objects compared.")
    manglende: int = strawberry.field(description="Objects of the source that were missing here.")
    foraeldede: int = strawberry.field(description="Objects that were older here.")
    overskydende: int = strawberry.field(description="Objects that the source no longer has.")
    rettede: int = strawberry.field(description="Objects put right.")
    bremse: bool = strawberry.field(description="True when so much was absent that nothing was removed.")


@strawberry.type(description="How fresh the read model is. It never claims later than the truth.")
class Friskhed:
    """Also in every answer's `extensions.friskhed`, in short."""

    status: Friskhedsstatus = strawberry.field(description="The whole in one word.")
    stand: Stand = strawberry.field(
        description="The position that this answer has reached: start `aendringer` here to miss nothing."
    )
    beskeder_til: Tidspunkt | None = strawberry.field(
        description="Messages up to this moment are in. Never later than the truth; null: nothing can be said yet."
    )
    verificeret_til: Tidspunkt | None = strawberry.field(description="The oldest verification of any live object.")
    aeldste_ventende: float = strawberry.field(description="Age in seconds of the oldest object that waits to be read.")
    ventende: int = strawberry.field(description="Objects that wait to be read.")
    parkerede: int = strawberry.field(description="Messages and objects set aside, because they could not be read.")
    kanal_forbundet: bool = strawberry.field(description="True while a channel of messages is connected.")
    kilde_tilgaengelig: bool = strawberry.field(description="True when the source answered last time.")
    seneste_afstemning: Afstemning | None = strawberry.field(
        description="The latest finished comparison with the source; null before the first."
    )


def afstemning(rapport: Rapport | None) -> Afstemning | None:
    """A report as the API shows it."""
    if rapport is None:
        return None
    return Afstemning(
        afsluttet=af_datetime(rapport.afsluttet),
        gennemgaaet=rapport.skannet,
        manglende=rapport.mangler,
        foraeldede=rapport.foraeldet,
        overskydende=rapport.ekstra,
        rettede=rapport.rettet,
        bremse=rapport.bremset is not None,
    )


def friskhed(fundet: freshness.Friskhed, stand: str) -> Friskhed:
    """What the model deduced, as the API shows it, at a position."""
    return Friskhed(
        status=fundet.status,
        stand=Stand(stand),
        beskeder_til=None if fundet.beskeder_til is None else af_datetime(fundet.beskeder_til),
        verificeret_til=None if fundet.verificeret_til is None else af_datetime(fundet.verificeret_til),
        aeldste_ventende=fundet.aeldste_ventende / timedelta(seconds=1),
        ventende=fundet.ventende,
        parkerede=fundet.parkerede,
        kanal_forbundet=fundet.kanal_forbundet,
        kilde_tilgaengelig=fundet.kilde_tilgaengelig,
        seneste_afstemning=None,
    )
