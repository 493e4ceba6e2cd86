"""OrganisationFunktion: opret, importer, ret, passiver, slet; and what every function is made of (rules.md 26)."""

from collections.abc import Iterable
from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from fkorg.ret import Afslut, SaetEnkelt, SaetTilstand, Skridt, Tilfoej
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from graph.mutations import adresser, periode, tekster
from graph.mutations.adresser import AdresseNoegle, AdresseRelation
from graph.mutations.fejl import ugyldig
from graph.mutations.felt import kraevet, resolver, uroert, valgfri
from graph.mutations.gang import Gang
from graph.mutations.objekt import Skriver, enkelt
from graph.mutations.periode import Periode
from graph.mutations.typer import OrganisationFunktionSkrivning, Skrivevalg
from graph.types.enums import Gyldighed
from graph.types.scalars import CVR, Tidspunkt

FUNKTION = Objekttype.ORGANISATION_FUNKTION
ENHEDER, BRUGERE, OPGAVER = "TilknyttedeEnheder", "TilknyttedeBrugere", "TilknyttedeOpgaver"


@strawberry.input(description="A new function, active. Its type decides what it means.")
class OpretOrganisationFunktion:
    """`periode`: when it is, with all it ties together; absent: from today on."""

    cvr: CVR = kraevet("The municipality; that of the token.")
    brugervendt_noegle: str = kraevet("Its key in your system, at most 50 characters. Not a CPR number.")
    funktionsnavn: str | None = valgfri("Its name; of an employment the title.")
    funktions_type_uuid: UUID = kraevet("Class of what the function means.")
    enheder: list[UUID] = kraevet("The units it ties.")
    brugere: list[UUID] | None = valgfri("Users to tie.")
    opgaver: list[UUID] | None = valgfri("Tasks to have.")
    adresser: list[AdresseRelation] | None = valgfri("Addresses to have; those not named are untouched.")
    periode: Periode | None = valgfri("When it is. Absent: from today on.")


@strawberry.input(
    description="What is to change of a function. Absent: untouched. Lists add; entries end by the lists named afslut."
)
class RetOrganisationFunktion:
    """Name and key cannot be ended."""

    uuid: UUID = kraevet("The object to change.")
    brugervendt_noegle: str | None = uroert("Its key.")
    funktionsnavn: str | None = uroert("Its name; of an employment the title.")
    funktions_type_uuid: UUID | None = uroert("Class of what it means.")
    enheder: list[UUID] | None = valgfri("Units to tie.")
    afslut_enheder: list[UUID] | None = valgfri("Units no longer tied.")
    brugere: list[UUID] | None = valgfri("Users to tie.")
    afslut_brugere: list[UUID] | None = valgfri("Users no longer tied.")
    opgaver: list[UUID] | None = valgfri("Tasks to have.")
    afslut_opgaver: list[UUID] | None = valgfri("Tasks that end.")
    adresser: list[AdresseRelation] | None = valgfri("Addresses to have; those not named are untouched.")
    afslut_adresser: list[AdresseNoegle] | None = valgfri("Addresses that end.")
    status: Gyldighed | None = valgfri("Active or not.")
    fra: Tidspunkt | None = valgfri("The day the change holds from. Absent: today.")


@strawberry.type
class FunktionMutationer:
    """The five of the function."""

    @resolver("Create a function; the source gives its uuid. New addresses are created first.")
    async def opret_organisation_funktion(
        self, info: strawberry.Info, input: OpretOrganisationFunktion, valg: Skrivevalg | None = None
    ) -> OrganisationFunktionSkrivning | None:
        return await SKRIVER.opret(info, input, valg)

    @resolver("Store a function under your own uuid and registration time. Revives what is passive or deleted.")
    async def importer_organisation_funktion(
        self,
        info: strawberry.Info,
        uuid: UUID,
        input: OpretOrganisationFunktion,
        registreringstid: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> OrganisationFunktionSkrivning | None:
        return await SKRIVER.importer(info, uuid, registreringstid, input, valg)

    @resolver("Change a function.")
    async def ret_organisation_funktion(
        self, info: strawberry.Info, input: RetOrganisationFunktion, valg: Skrivevalg | None = None
    ) -> OrganisationFunktionSkrivning | None:
        return await SKRIVER.ret(info, input, valg)

    @resolver("Make a function passive: it can't be changed any more; importer revives it.")
    async def passiver_organisation_funktion(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> OrganisationFunktionSkrivning | None:
        return await SKRIVER.passiver(info, uuid, valg)

    @resolver("Delete a function (logically); importer revives it.")
    async def slet_organisation_funktion(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> OrganisationFunktionSkrivning | None:
        return await SKRIVER.slet(info, uuid, valg)


def ny(
    gang: Gang,
    funktionstype: UUID,
    virkning: Virkning,
    felter: dict[str, str | None],
    *,
    enheder: Iterable[UUID],
    brugere: Iterable[UUID] = (),
    opgaver: Iterable[UUID] = (),
) -> list[Skridt]:
    """What a new function says: key and name, active, type, owner, and what it ties together, for the period.

    Its owner is TilknyttedeOrganisationer: a function has no Tilhoerer (domain.md 2.2).
    """
    steps: list[Skridt] = [
        *tekster.felter(FUNKTION, virkning.fra_ns, {felt: v for felt, v in felter.items() if v is not None}),
        SaetTilstand(Gyldighed.AKTIV, virkning.fra_ns),
        SaetEnkelt("Funktionstype", funktionstype, virkning.fra_ns),
        Tilfoej("TilknyttedeOrganisationer", gang.organisation, Virkning(virkning.fra_ns)),
        *(Tilfoej(ENHEDER, uuid, virkning) for uuid in enheder),
        *(Tilfoej(BRUGERE, uuid, virkning) for uuid in brugere),
        *(Tilfoej(OPGAVER, uuid, virkning) for uuid in opgaver),
    ]
    if virkning.til_ns != UENDELIG_NS:
        steps.append(SaetTilstand(Gyldighed.INAKTIV, virkning.til_ns))
    return steps


async def _nye(gang: Gang, input: OpretOrganisationFunktion) -> list[Skridt]:
    virkning = periode.virkning(input.periode, "periode", gang.now)
    steps = ny(
        gang,
        input.funktions_type_uuid,
        virkning,
        {"brugervendtnoegle": input.brugervendt_noegle, "funktionsnavn": input.funktionsnavn},
        enheder=input.enheder,
        brugere=input.brugere or (),
        opgaver=input.opgaver or (),
    )
    await _findes(gang, input.enheder, input.brugere)
    return steps + await adresser.skridt(gang, FUNKTION, input.adresser or (), inden=virkning)


async def _rettede(gang: Gang, input: RetOrganisationFunktion, registrering: Registrering) -> list[Skridt]:
    fra_ns = periode.dag_ns(input.fra, "fra", gang.now)
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "funktionsnavn": input.funktionsnavn}
    if input.funktions_type_uuid is None:
        raise ugyldig("funktionsTypeUuid", "wanted a type: a function is never without")
    steps: list[Skridt] = [*tekster.felter(FUNKTION, fra_ns, felter)]
    steps += enkelt(gang, "Funktionstype", input.funktions_type_uuid, fra_ns)
    ended = {ENHEDER: input.afslut_enheder, BRUGERE: input.afslut_brugere, OPGAVER: input.afslut_opgaver}
    added = {ENHEDER: input.enheder, BRUGERE: input.brugere, OPGAVER: input.opgaver}
    steps += [Afslut(navn, fra_ns, maal=uuid) for navn, uuids in ended.items() for uuid in uuids or ()]
    steps += [Tilfoej(navn, uuid, Virkning(fra_ns)) for navn, uuids in added.items() for uuid in uuids or ()]
    steps += adresser.afslut("Adresser", input.afslut_adresser or (), fra_ns, registrering)
    if input.status is not None:
        steps.append(SaetTilstand(input.status, fra_ns))
    await _findes(gang, input.enheder, input.brugere)
    return steps + await adresser.skridt(gang, FUNKTION, input.adresser or (), registrering)


async def _findes(gang: Gang, enheder: Iterable[UUID] | None, brugere: Iterable[UUID] | None) -> None:
    """Whom a function ties together must be alive. Raises Skrivefejl, which names the argument."""
    for nr, uuid in enumerate(enheder or ()):
        await gang.findes(Objekttype.ORGANISATION_ENHED, uuid, f"enheder[{nr}]")
    for nr, uuid in enumerate(brugere or ()):
        await gang.findes(Objekttype.BRUGER, uuid, f"brugere[{nr}]")


SKRIVER = Skriver(FUNKTION, "OrganisationFunktion", OrganisationFunktionSkrivning, _nye, _rettede)
