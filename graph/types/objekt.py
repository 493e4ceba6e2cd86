"""What objects share: the interface Objekt, its meta, and the small parts that several types hold."""

from uuid import UUID

import strawberry

from graph import relations
from graph.source import En, Kolonne, Slags, Udtryk
from graph.types.enums import Aarsag, Gyldighed, Livscyklus
from graph.types.field import felt, laest
from graph.types.scalars import Tidspunkt
from model.tables import objekt


@laest(objekt, om="How well we know this object.")
class Objektmeta:
    """Read from the version guard of the object."""

    registreringstid: Tidspunkt = felt(Kolonne("reg_ns", Slags.REGTID), "When the source registered what is shown.")
    anvendt: Tidspunkt = felt(Kolonne("anvendt_at", Slags.TID), "When we took it in.")
    verificeret: Tidspunkt | None = felt(Kolonne("verificeret_at", Slags.TID), "When we last compared with the source.")
    livscyklus: Livscyklus = felt(Kolonne("livscyklus", Slags.ENUM), "How the registration arose.")
    aarsag: Aarsag = felt(Kolonne("aarsag", Slags.ENUM), "Why we took it in.")
    afventer: bool = felt(Udtryk(relations.meta.afventer, Slags.TAL), "True while a newer version waits to be read.")


@strawberry.interface(description="What all ten object types share.")
class Objekt:
    """The interface; its fields read the columns that each type's table has."""

    uuid: UUID = felt(Kolonne("uuid", Slags.UUID), "The object's id, never changed.")
    brugervendt_noegle: str | None = felt(
        Kolonne("brugervendt_noegle"), "The key given by the system that owns the object. Not unique."
    )
    meta: Objektmeta = felt(En(relations.meta.meta), "How well we know this object.")


@laest(om="The state of an object with the period in which it is in effect [fraTidspunkt, tilTidspunkt[.")
class Tilstand:
    """Part of the row of the object."""

    status: Gyldighed = felt(Kolonne("status", Slags.STATUS), "The state.")
    fra_tidspunkt: Tidspunkt | None = felt(
        Kolonne("status_fra", Slags.TID), "In effect from this moment, itself included. Null: since always."
    )
    til_tidspunkt: Tidspunkt | None = felt(
        Kolonne("status_til", Slags.TID), "In effect until this moment, itself excluded. Null: no end."
    )


@laest(om="What a relation is in the classification: kind of relation, role, and place in the list.")
class KlassifikationRelation:
    """Part of the row of a relation."""

    type: UUID = felt(Kolonne("type", Slags.UUID), "Class of the kind of relation, e.g. unit address.")
    rolle: UUID = felt(Kolonne("rolle", Slags.UUID), "Class of the role, e.g. postal address.")
    indeks: str = felt(Kolonne("indeks"), "Unique within the list; any text.")
