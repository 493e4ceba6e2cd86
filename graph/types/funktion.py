"""OrganisationFunktion, Opgave and ItSystem: what units do, and with what."""

from uuid import UUID

from graph import relations
from graph.source import Connection, Indlejret, Klassefelt, Kolonne, Mange, Slags
from graph.types.arguments import AFTER, FIRST, ROLLE
from graph.types.field import felt, laest
from graph.types.objekt import KlassifikationRelation, Objekt, Tilstand
from graph.types.references import AdresseRef, BrugerRef, EnhedConnectionRef, EnhedRef
from graph.types.scalars import KLE
from model import tables


@laest(tables.opgave, om="A task: a KLE class, and what it is to its owner.")
class Opgave:
    """One relation to a class; uuid, number and title are the class's."""

    uuid: UUID = felt(Kolonne("klasse", Slags.UUID), "The KLE class.")
    kle_emne_nummer: KLE | None = felt(Klassefelt("klasse", "nummer"), 'Its number, e.g. "04.05.00".')
    kle_emne_titel: str | None = felt(Klassefelt("klasse"), "Its title. Null with a warning when the class is unknown.")
    opgave_rolle_titel: str | None = felt(
        Klassefelt("rolle"), '"Ansvarlig", "Udførende", "Informeret". Null on contact places and functions.'
    )
    klassifikation: KlassifikationRelation | None = felt(
        Indlejret(findes="rolle"), "The relation to the class. Null on contact places and functions."
    )


@laest(tables.it_system, om="A logical IT system, registered in Fælleskommunalt Administrationsmodul.")
class ItSystem(Objekt):
    """Kept centrally."""

    it_system_navn: str | None = felt(Kolonne("it_system_navn"), "Its name.")
    enheder: EnhedConnectionRef = felt(
        Connection(relations.opgaver.enheder_med_it_system), "The units that use it, by name.", FIRST, AFTER
    )


@laest(tables.funktion, om="A function: a role object. Every one is here, also of types we do not know.")
class OrganisationFunktion(Objekt):
    """The relations are those in effect, whatever the state of the function."""

    funktionsnavn: str | None = felt(Kolonne("funktionsnavn"), "Its name; of an employment the job title.")
    funktions_type_uuid: UUID | None = felt(
        Kolonne("funktionstype", Slags.UUID), "Class that decides what the function means."
    )
    funktions_type_titel: str | None = felt(
        Klassefelt("funktionstype"), "Title of that class. Null with a warning when it is unknown."
    )
    tilstand: Tilstand = felt(Indlejret(), "Its state.")
    enheder: list[EnhedRef] = felt(Mange(relations.funktioner.enheder), "Its units, by name.")
    brugere: list[BrugerRef] = felt(Mange(relations.funktioner.brugere), "Its users, by user name.")
    opgaver: list[Opgave] = felt(Mange(relations.opgaver.opgaver), "Its tasks, by index.")
    it_systemer: list[ItSystem] = felt(Mange(relations.opgaver.it_systemer), "Its IT systems, by name.")
    adresser: list[AdresseRef] = felt(Mange(relations.adresser.adresser), "Its addresses, by index.", ROLLE)
