"""Adresse: one text, and what it is to the object that was asked about."""

from graph import relations
from graph.source import Indlejret, Klassefelt, Kolonne, Mange
from graph.types.field import felt, laest
from graph.types.objekt import KlassifikationRelation, Objekt
from graph.types.references import BrugerRef, EnhedRef
from model import tables


@laest(
    tables.adresse,
    om="An address: a street address, an e-mail, a phone number, opening hours. Its role and index belong to the "
    "relation it was reached by, so that one uuid has other content under another parent; reached by uuid, they are "
    "those of its first owner.",
)
class Adresse(Objekt):
    """The row of the address together with that of the relation to it."""

    adresse_tekst: str = felt(
        Kolonne("adressetekst", ellers=("brugervendt_noegle", "uuid")),
        'The text, e.g. "Halfdansgade 10, 2., 2300 København S".',
    )
    adresse_rolle_titel: str | None = felt(
        Klassefelt("rolle", tabel=tables.adressering),
        'Title of the role, e.g. "Postadresse". Null with a warning when the class is unknown.',
    )
    klassifikation: KlassifikationRelation = felt(
        Indlejret(tables.adressering, findes="rolle"), "The relation by which the address was reached."
    )
    enheder: list[EnhedRef] = felt(Mange(relations.adresser.enheder), "The units that use this address, by name.")
    brugere: list[BrugerRef] = felt(Mange(relations.adresser.brugere), "The users that use this address, by user name.")
