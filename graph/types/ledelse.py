"""Managers, and the way from the root down to a unit."""

from graph import relations
from graph.source import En, Indlejret, Mange, Slags, Udtryk
from graph.types.bruger import Bruger
from graph.types.enhed import OrganisationEnhed
from graph.types.field import felt, laest
from graph.types.medlemskab import BrugerMedlemskab, OrganisationEnhedMedlemskab
from model import tables


@laest(tables.medlemskab, om="The nearest manager, and where it was found. Only users who exist and are AKTIV count.")
class EffektivLeder:
    """The row of the managing membership with the distance at which it was found."""

    bruger: Bruger = felt(Indlejret(tables.bruger), "The manager.")
    medlemskab: OrganisationEnhedMedlemskab = felt(Indlejret(), "The membership that makes the user so.")
    fra_enhed: OrganisationEnhed = felt(En(relations.medlemskaber.enhed), "The unit that is managed.")
    nedarvet: bool = felt(Udtryk(relations.ledere.nedarvet, Slags.TAL), "True when found above the unit asked about.")
    afstand: int = felt(Udtryk(relations.ledere.afstand, Slags.TAL), "How many levels above; 0 is the unit itself.")


@laest(tables.medlemskab, om="The chain of units of one employment.")
class Enhedssti:
    """The row of the employment."""

    medlemskab: BrugerMedlemskab = felt(Indlejret(), "The employment.")
    sti: list[OrganisationEnhed] = felt(
        Mange(relations.medlemskaber.sti), "From the root unit down to the unit of the employment."
    )
