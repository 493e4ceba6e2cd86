"""The root of reading."""

from uuid import UUID

import strawberry

from graph import relations
from graph.source import Connection, En, VedUuid
from graph.types.adresse import Adresse
from graph.types.arguments import AFTER, CVR_ARGUMENT, FIRST, SIDER, UUIDER
from graph.types.bruger import Bruger, Person
from graph.types.enhed import OrganisationEnhed
from graph.types.enums import Gyldighed, Objekttype
from graph.types.field import Argument, felt
from graph.types.filters import BrugerFilter, KleFilter
from graph.types.funktion import ItSystem, OrganisationFunktion
from graph.types.lists import BrugerConnection, OrganisationEnhedConnection
from graph.types.organisation import Interessefaellesskab, Myndighed, Organisation, Virksomhed
from graph.types.scalars import KLE, Tidspunkt
from graph.types.search import RegistreringConnection, SoegConnection

_STATUS = Argument("status", Gyldighed, "INAKTIV also gives those whose state is unknown.")
_VED = "By uuid; an unknown one is null with a NotFound."


@strawberry.type(description="Reading the organisation of one municipality: that of the caller's token.")
class Query:
    """The fields that a plan answers; those with resolvers are added in graph/schema.py."""

    organisation: Organisation | None = felt(En(relations.rod.organisation), "The municipality itself.", CVR_ARGUMENT)
    organisation_enhed_liste: OrganisationEnhedConnection | None = felt(
        Connection(relations.rod.enhedsliste),
        "The units of the tree, the root unit first, then by name.",
        CVR_ARGUMENT,
        _STATUS,
        Argument("opgaver", KleFilter | None, "Only units with one of these tasks."),
        Argument("itSystemer", list[UUID] | None, "Only units that use one of these IT systems."),
        *SIDER,
    )
    organisation_enhed: list[OrganisationEnhed | None] | None = felt(VedUuid(relations.rod.enhed), _VED, UUIDER)
    bruger: list[Bruger | None] | None = felt(VedUuid(relations.rod.bruger), _VED, UUIDER)
    bruger_liste: BrugerConnection | None = felt(
        Connection(relations.rod.brugerliste),
        "The users, by user name.",
        CVR_ARGUMENT,
        _STATUS,
        Argument("brugerFilter", BrugerFilter | None, "Only users that fit all of this."),
        *SIDER,
    )
    person: list[Person | None] | None = felt(VedUuid(relations.rod.person), _VED, UUIDER)
    adresse: list[Adresse | None] | None = felt(VedUuid(relations.rod.adresse), _VED, UUIDER)
    organisation_funktion: list[OrganisationFunktion | None] | None = felt(
        VedUuid(relations.rod.funktion), _VED, UUIDER
    )
    it_system: list[ItSystem | None] | None = felt(VedUuid(relations.rod.it_system), _VED, UUIDER)
    virksomhed: list[Virksomhed | None] | None = felt(VedUuid(relations.rod.virksomhed), _VED, UUIDER)
    myndighed: list[Myndighed | None] | None = felt(VedUuid(relations.rod.myndighed), _VED, UUIDER)
    interessefaellesskab: list[Interessefaellesskab | None] | None = felt(
        VedUuid(relations.rod.interessefaellesskab), _VED, UUIDER
    )
    bruger_ved_navn: Bruger | None = felt(
        En(relations.rod.bruger_ved_navn),
        "The user with this name, upper and lower case alike; an active one before an inactive one.",
        CVR_ARGUMENT,
        Argument("brugernavn", str, "The whole name."),
    )
    soeg: SoegConnection | None = felt(
        Connection(relations.soegning.soeg),
        "Ranked search in names, user names, keys, e-mail, phone. Persons only with the right SeNavn.",
        CVR_ARGUMENT,
        Argument("tekst", str, "Words or beginnings of words; a telephone number of eight digits however written."),
        Argument("typer", list[Objekttype] | None, "Only these; absent: all. PERSON warns without the right SeNavn."),
        Argument("status", Gyldighed | None, "In this state; null: in any.", Gyldighed.AKTIV),
        FIRST,
        AFTER,
    )
    ansvarlig_enhed: OrganisationEnhed | None = felt(
        En(relations.rod.ansvarlig_enhed),
        "The unit responsible for a task: by its exact number, else its group, else its main group.",
        CVR_ARGUMENT,
        Argument("kleNummer", KLE, "The task's number."),
    )
    registrering: RegistreringConnection | None = felt(
        Connection(relations.registreringer.registreringer),
        "What was recorded about one object, as stored here, the newest first.",
        Argument("objekttype", Objekttype, "The type of the object."),
        Argument("uuid", UUID, "The object."),
        Argument(
            "registreringFra",
            Tidspunkt | None,
            "Recorded at this moment or later. Fewer digits: from the start of what they name.",
        ),
        Argument(
            "registreringTil",
            Tidspunkt | None,
            "Recorded at this moment or earlier. Fewer digits: to the end of what they name.",
        ),
        FIRST,
        AFTER,
    )
