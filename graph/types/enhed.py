"""OrganisationEnhed, and the contact places of units."""

from uuid import UUID

from graph import relations
from graph.source import Connection, En, Indlejret, Klassefelt, Kolonne, Mange, Slags, Udtryk
from graph.types.arguments import AFTER, FIRST, FUNKTIONSTYPER, ROLLE
from graph.types.enums import Gyldighed
from graph.types.field import Argument, felt, laest
from graph.types.objekt import Objekt, Tilstand
from graph.types.references import (
    AdresseRef,
    EffektivLederRef,
    EnhedConnectionRef,
    EnhedMedlemskabRef,
    EnhedRef,
    FunktionConnectionRef,
    HenvendelsesstedRef,
    ItSystemRef,
    MedlemskabConnectionRef,
    OpgaveRef,
    OrganisationRef,
)
from model import tables


@laest(tables.organisation_enhed, om="A unit of the municipality: a department, section, school, team.")
class OrganisationEnhed(Objekt):
    """A node of the tree."""

    enhedsnavn: str = felt(Kolonne("enhedsnavn", ellers=("brugervendt_noegle", "uuid")), "Name of the unit.")
    underliggende_enheder: list[EnhedRef] = felt(
        Mange(relations.enheder.underliggende), "The active units right below, by name."
    )
    overordnet_enhed: EnhedRef | None = felt(En(relations.enheder.overordnet), "The unit right above.")
    tilstand: Tilstand = felt(Indlejret(), "Its state.")
    tilhoerer: OrganisationRef = felt(
        En(relations.enheder.tilhoerer), "The organisation it belongs to; the last known one when that has ended."
    )
    adresser: list[AdresseRef] = felt(Mange(relations.adresser.adresser), "Its addresses, by index.", ROLLE)
    opgaver: list[OpgaveRef] = felt(Mange(relations.opgaver.opgaver), "Its tasks, by index.")
    it_systemer: list[ItSystemRef] = felt(Mange(relations.opgaver.it_systemer), "The IT systems it uses, by name.")
    medlemskaber: list[EnhedMedlemskabRef] = felt(
        Mange(relations.medlemskaber.enhedens), "Its memberships that are active now, by start.", FUNKTIONSTYPER
    )
    henvendelsessteder: list[HenvendelsesstedRef] = felt(
        Mange(relations.funktioner.henvendelsessteder), "Where citizens go for its tasks; one per function and task."
    )
    henvendelsessted_for: list[HenvendelsesstedRef] = felt(
        Mange(relations.funktioner.henvendelsessted_for), "Tasks for which it is the contact place of others."
    )
    udbetalende_enhed: EnhedRef | None = felt(
        En(relations.funktioner.udbetalende_enhed), "The unit that makes its payments."
    )
    sti: list[EnhedRef] = felt(
        Mange(relations.enheder.sti),
        "From the root unit down to this unit, itself included. Empty when the chain does not end at the root.",
    )
    dybde: int | None = felt(Udtryk(relations.enheder.dybde, Slags.TAL), "0 for the root. Null outside its tree.")
    efterkommere: EnhedConnectionRef = felt(
        Connection(relations.enheder.efterkommere),
        "All units below, nearest first, then by name.",
        Argument("maksDybde", int | None, "So many levels down; absent: all."),
        Argument("status", Gyldighed | None, "In this state; null: in any.", Gyldighed.AKTIV),
        FIRST,
        AFTER,
    )
    ledere: list[EnhedMedlemskabRef] = felt(
        Mange(relations.ledere.enhedens), "Its own managers (Lederrolle), by start. None or one is normal."
    )
    effektiv_leder: EffektivLederRef | None = felt(
        En(relations.ledere.effektiv), "The nearest manager: its own, else that of the unit above, and so on."
    )
    medlemmer: MedlemskabConnectionRef = felt(
        Connection(relations.medlemskaber.medlemmer),
        "Its memberships by page; `medlemskaber` gives all.",
        FUNKTIONSTYPER,
        Argument("medEfterkommere", bool | None, "Also those of all units below.", False),
        FIRST,
        AFTER,
    )
    enhedstype_uuid: UUID | None = felt(Kolonne("enhedstype", Slags.UUID), "Class of the kind of unit.")
    enhedstype_titel: str | None = felt(
        Klassefelt("enhedstype"), "Title of that class. Null with a warning when it is unknown."
    )
    funktioner: FunktionConnectionRef = felt(
        Connection(relations.funktioner.enhedens),
        "All functions that point at it, by name; whatever their type and state.",
        Argument("type", list[UUID] | None, "Only these types of function; absent: all."),
        FIRST,
        AFTER,
    )


@laest(tables.funktion, om="Where citizens go for a task. One per function and task.")
class Henvendelsessted:
    """The row of the function together with that of its task."""

    uuid: UUID = felt(Kolonne("uuid", Slags.UUID), "The function behind it.")
    navn: str = felt(Kolonne("funktionsnavn", ellers=("brugervendt_noegle", "uuid")), "Its name.")
    henvendelses_organisation_enhed: EnhedRef = felt(
        En(relations.funktioner.enhed), "The unit to go to.", navn="henvendelsesOrganisationEnhed"
    )
    opgave: OpgaveRef | None = felt(Indlejret(tables.opgave, findes="klasse"), "The task.")
