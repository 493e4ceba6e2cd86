"""OrganisationEnhed: opret, importer, ret, passiver, slet. Inputs as schema-target.graphql; rules.md 23, 24."""

from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from fkorg.ret import Afslut, SaetEnkelt, SaetTilstand, Skridt
from fkorg.tid import UENDELIG_NS
from graph.mutations import adresser, periode, tekster
from graph.mutations.adresser import AdresseNoegle, AdresseRelation, OpgaveNoegle, OpgaveRelation
from graph.mutations.fejl import ugyldig
from graph.mutations.felt import kraevet, resolver, uroert, valgfri
from graph.mutations.gang import Gang
from graph.mutations.objekt import Skriver, enkelt
from graph.mutations.periode import Periode
from graph.mutations.typer import OrganisationEnhedSkrivning, Skrivevalg
from graph.types.enums import Gyldighed
from graph.types.scalars import CVR, Tidspunkt

ENHED = Objekttype.ORGANISATION_ENHED


@strawberry.input(description="A new unit, active, under another.")
class OpretOrganisationEnhed:
    """`periode`: when the unit is; absent: from today on."""

    cvr: CVR = kraevet("The municipality; that of the token.")
    brugervendt_noegle: str = kraevet("Its key in your system, at most 50 characters. Not a CPR number.")
    enhedsnavn: str = kraevet("Its name.")
    overordnet_enhed: UUID = kraevet("The unit right above.")
    enhedstype_uuid: UUID | None = valgfri("Class of the kind of unit.")
    adresser: list[AdresseRelation] | None = valgfri("Addresses to have; those not named are untouched.")
    periode: Periode | None = valgfri("When it is. Absent: from today on.")


@strawberry.input(
    description="What is to change of a unit. Absent: untouched. Null ends the value; not that of a name or key."
)
class RetOrganisationEnhed:
    """Entries of lists match by (rolle, indeks); those not named are untouched."""

    uuid: UUID = kraevet("The object to change.")
    brugervendt_noegle: str | None = uroert("Its key.")
    enhedsnavn: str | None = uroert("Its name.")
    overordnet_enhed: UUID | None = uroert("The unit right above. Null: ends.")
    enhedstype_uuid: UUID | None = uroert("Class of the kind of unit.")
    adresser: list[AdresseRelation] | None = valgfri("Addresses to have; those not named are untouched.")
    afslut_adresser: list[AdresseNoegle] | None = valgfri("Addresses that end.")
    opgaver: list[OpgaveRelation] | None = valgfri("Tasks to have.")
    afslut_opgaver: list[OpgaveNoegle] | None = valgfri("Tasks that end.")
    status: Gyldighed | None = valgfri("Active or not.")
    fra: Tidspunkt | None = valgfri("The day the change holds from. Absent: today.")


@strawberry.type
class EnhedMutationer:
    """The five of the unit."""

    @resolver("Create a unit; the source gives its uuid. New addresses are created first.")
    async def opret_organisation_enhed(
        self, info: strawberry.Info, input: OpretOrganisationEnhed, valg: Skrivevalg | None = None
    ) -> OrganisationEnhedSkrivning | None:
        return await SKRIVER.opret(info, input, valg)

    @resolver("Store a unit under your own uuid and registration time. Revives what is passive or deleted.")
    async def importer_organisation_enhed(
        self,
        info: strawberry.Info,
        uuid: UUID,
        input: OpretOrganisationEnhed,
        registreringstid: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> OrganisationEnhedSkrivning | None:
        return await SKRIVER.importer(info, uuid, registreringstid, input, valg)

    @resolver("Change a unit.")
    async def ret_organisation_enhed(
        self, info: strawberry.Info, input: RetOrganisationEnhed, valg: Skrivevalg | None = None
    ) -> OrganisationEnhedSkrivning | None:
        return await SKRIVER.ret(info, input, valg)

    @resolver("Make a unit passive: it can't be changed any more; importer revives it.")
    async def passiver_organisation_enhed(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> OrganisationEnhedSkrivning | None:
        return await SKRIVER.passiver(info, uuid, valg)

    @resolver("Delete a unit (logically); importer revives it.")
    async def slet_organisation_enhed(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> OrganisationEnhedSkrivning | None:
        return await SKRIVER.slet(info, uuid, valg)


async def _nye(gang: Gang, input: OpretOrganisationEnhed) -> list[Skridt]:
    """What a new unit says, its addresses too, under a unit that is there; all ends when the period does."""
    await gang.findes(ENHED, input.overordnet_enhed, "overordnetEnhed")
    virkning = periode.virkning(input.periode, "periode", gang.now)
    return beskrivelse(gang, input) + await adresser.skridt(gang, ENHED, input.adresser or (), inden=virkning)


def beskrivelse(gang: Gang, input: OpretOrganisationEnhed) -> list[Skridt]:
    """What a new unit says of itself: name, key, active, owner, parent, type. Raises Skrivefejl."""
    virkning = periode.virkning(input.periode, "periode", gang.now)
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "enhedsnavn": input.enhedsnavn}
    steps: list[Skridt] = [
        *tekster.felter(ENHED, virkning.fra_ns, felter),
        SaetTilstand(Gyldighed.AKTIV, virkning.fra_ns),
        SaetEnkelt("Tilhoerer", gang.organisation, virkning.fra_ns),
        SaetEnkelt("Overordnet", input.overordnet_enhed, virkning.fra_ns),
    ]
    if input.enhedstype_uuid is not None:
        steps.append(SaetEnkelt("Enhedstype", input.enhedstype_uuid, virkning.fra_ns))
    if virkning.til_ns != UENDELIG_NS:
        steps.append(SaetTilstand(Gyldighed.INAKTIV, virkning.til_ns))
        steps += [Afslut(navn, virkning.til_ns) for navn in ("Tilhoerer", "Overordnet", "Enhedstype")]
    return steps


async def _rettede(gang: Gang, input: RetOrganisationEnhed, registrering: Registrering) -> list[Skridt]:
    fra_ns = periode.dag_ns(input.fra, "fra", gang.now)
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "enhedsnavn": input.enhedsnavn}
    steps: list[Skridt] = [*tekster.felter(ENHED, fra_ns, felter)]
    steps += await overordnet(gang, input.uuid, input.overordnet_enhed, fra_ns)
    steps += enkelt(gang, "Enhedstype", input.enhedstype_uuid, fra_ns)
    steps += adresser.afslut("Adresser", input.afslut_adresser or (), fra_ns, registrering)
    steps += adresser.afslut("Opgaver", input.afslut_opgaver or (), fra_ns, registrering)
    steps += adresser.opgaveskridt(gang, input.opgaver or ())
    if input.status is not None:
        steps.append(SaetTilstand(input.status, fra_ns))
        if input.status is Gyldighed.AKTIV and fra_ns <= periode.i_dag_ns(gang.now):
            steps.append(SaetEnkelt("Tilhoerer", gang.organisation, fra_ns))
    return steps + await adresser.skridt(gang, ENHED, input.adresser or (), registrering)


async def overordnet(
    gang: Gang, uuid: UUID, maal: UUID | None, fra_ns: int, argument: str = "overordnetEnhed"
) -> list[Skridt]:
    """The step on the unit right above, which must be alive and not below the unit. Raises Skrivefejl."""
    steps = enkelt(gang, "Overordnet", maal, fra_ns)
    if maal is None or maal is strawberry.UNSET:
        return steps
    registrering: Registrering | None = await gang.findes(ENHED, maal, argument)
    seen: set[UUID] = set()
    above: UUID | None = maal
    while above is not None and above not in seen:
        if above == uuid:
            raise ugyldig(argument, "wanted a unit that is not the unit itself or below it")
        seen.add(above)
        above = _over(registrering, fra_ns) if registrering else None
        registrering = await gang.maaske(ENHED, above) if above else None
    return steps


def _over(registrering: Registrering, ns: int) -> UUID | None:
    """The unit right above at a moment; none when it has none or its reference cannot be read."""
    found = [r.reference for r in registrering.relation("Overordnet") if r.virkning.gaelder(ns) and r.reference]
    return found[0].uuid if found else None


SKRIVER = Skriver(ENHED, "OrganisationEnhed", OrganisationEnhedSkrivning, _nye, _rettede)
