"""Bruger and Person: the account, and the human being behind it."""

from uuid import UUID

from graph import relations
from graph.source import Connection, En, Indlejret, Klassefelt, Kolonne, Mange, Slags
from graph.types.arguments import AFTER, FIRST, FUNKTIONSTYPER, ROLLE
from graph.types.directives import PersonDataConstraint, PersonDataConstraintType
from graph.types.field import Argument, felt, laest
from graph.types.objekt import Objekt, Tilstand
from graph.types.references import (
    AdresseRef,
    BrugerConnectionRef,
    BrugerMedlemskabRef,
    EffektivLederRef,
    EnhedRef,
    EnhedsstiRef,
    PersonRef,
)
from graph.types.scalars import CPR
from model import tables


@laest(tables.bruger, om="A user: an account, which need not be a human being.")
class Bruger(Objekt):
    """The uuid equals the user's identity in the federated login token."""

    brugernavn: str = felt(
        Kolonne("brugernavn", ellers=("brugervendt_noegle", "uuid")),
        "Name used to sign in, unique in the organisation.",
    )
    bruger_type_uuid: UUID | None = felt(Kolonne("brugertype", Slags.UUID), "Class of the kind of user.")
    bruger_type_titel: str | None = felt(
        Klassefelt("brugertype"), "Title of that class: Intern bruger, Ekstern bruger, Non-Person Entity bruger."
    )
    tilstand: Tilstand = felt(Indlejret(), "Its state.")
    person: PersonRef | None = felt(En(relations.brugere.person), "The person behind the user.")
    adresser: list[AdresseRef] = felt(Mange(relations.adresser.adresser), "Its addresses, by index.", ROLLE)
    har_medlemskab: list[BrugerMedlemskabRef] = felt(
        Mange(relations.medlemskaber.brugerens), "Its memberships that are active now, by start.", FUNKTIONSTYPER
    )
    enhedsstier: list[EnhedsstiRef] = felt(
        Mange(relations.medlemskaber.ansaettelser), "One chain of units per current employment, by start."
    )
    ledere: list[EffektivLederRef] = felt(
        Mange(relations.ledere.brugerens),
        "The effective manager of each current employment: distinct, and never the user's own.",
    )
    lederkaede: list[EffektivLederRef] = felt(
        Mange(relations.ledere.kaede), "Manager, manager's manager, to the top, from the primary employment."
    )
    leder_af: list[EnhedRef] = felt(Mange(relations.ledere.leder_af), "The units this user manages, by name.")
    medarbejdere: BrugerConnectionRef = felt(
        Connection(relations.medarbejdere.medarbejdere),
        "Everyone whose effective manager is this user.",
        Argument("alleNiveauer", bool | None, "Also everyone further down.", False),
        FIRST,
        AFTER,
    )


@laest(tables.person, om="A person: name and perhaps CPR number behind one or more users.")
class Person(Objekt):
    """Alive only through a user that points at it."""

    navn: str | None = felt(
        Kolonne("navn"),
        "The name. Null with a warning without the right SeNavn.",
        directives=(PersonDataConstraint(constraint=PersonDataConstraintType.SENAVN),),
    )
    cpr: CPR | None = felt(
        Kolonne("cpr"),
        "The CPR number. Null with a warning without the right SeCPR.",
        directives=(PersonDataConstraint(constraint=PersonDataConstraintType.SECPR),),
    )
    brugere: list[Bruger] = felt(Mange(relations.brugere.personens), "The users of this person, by user name.")
