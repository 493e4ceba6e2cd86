"""The municipality as a legal body: Organisation, Virksomhed, Myndighed, Interessefaellesskab."""

from graph import relations
from graph.source import En, Indlejret, Kolonne, Udtryk
from graph.types.field import felt, laest
from graph.types.objekt import Objekt, Tilstand
from graph.types.references import EnhedRef
from graph.types.scalars import CVR
from model import tables


@laest(tables.myndighed, om="An authority: extends an Organisation that exercises public law.")
class Myndighed(Objekt):
    """The authority of an organisation."""

    myndighedskode: str = felt(Kolonne("myndighedskode"), "Three or four digits that name the authority.")
    navn: str | None = felt(Kolonne("navn"), "Its name.")


@laest(tables.virksomhed, om="A company as registered by Erhvervsstyrelsen.")
class Virksomhed(Objekt):
    """The company behind an organisation."""

    cvr_nummer_tekst: CVR = felt(Udtryk(relations.organisationer.cvr_nummer), "Its CVR number.", navn="cvrNummerTekst")


@laest(tables.organisation, om="A legal body, typically a municipality.")
class Organisation(Objekt):
    """The owner of the tree."""

    organisationsnavn: str = felt(
        Kolonne("organisationsnavn", ellers=("brugervendt_noegle", "uuid")), "Name of the organisation."
    )
    brugervendt_noegle: str = felt(
        Kolonne("brugervendt_noegle", ellers=("uuid",)), "The key given by the system that owns the object."
    )
    myndighed: Myndighed | None = felt(En(relations.organisationer.myndighed), "Its authority.")
    virksomhed: Virksomhed = felt(En(relations.organisationer.virksomhed), "Its company, which carries the CVR number.")
    organisation_enhed: EnhedRef = felt(En(relations.enheder.rod), "The root unit of its tree.")


@laest(tables.interessefaellesskab, om="A community of interest between parties.")
class Interessefaellesskab(Objekt):
    """The tenth object type; seldom used."""

    navn: str | None = felt(Kolonne("navn"), "Its name.")
    type: str | None = felt(Kolonne("type"), "What kind it is, in the owner's words.")
    tilstand: Tilstand = felt(Indlejret(), "Its state.")
