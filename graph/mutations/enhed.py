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
from graph.mutations.felt import resolver
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

    cvr: CVR
    brugervendt_noegle: str
    enhedsnavn: str
    overordnet_enhed: UUID
    enhedstype_uuid: UUID | None = None
    adresser: list[AdresseRelation] | None = None
    periode: Periode | None = None


@strawberry.input(
    description="What is to change of a unit. Absent: untouched. Null ends the value; not that of a name or key."
)
class RetOrganisationEnhed:
    """Entries of lists match by (rolle, indeks); those not named are untouched."""

    uuid: UUID
    brugervendt_noegle: str | None = strawberry.UNSET
    enhedsnavn: str | None = strawberry.UNSET
    overordnet_enhed: UUID | None = strawberry.UNSET
    enhedstype_uuid: UUID | None = strawberry.UNSET
    adresser: list[AdresseRelation] | None = None
    afslut_adresser: list[AdresseNoegle] | None = None
    opgaver: list[OpgaveRelation] | None = None
    afslut_opgaver: list[OpgaveNoegle] | None = None
    status: Gyldighed | None = None
    fra: Tidspunkt | None = strawberry.field(default=None, description="The day the change holds from. Absent: today.")


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
    """What a new unit says: name, key, active, owner, parent, type, addresses; all ends when the period does."""
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
    await gang.findes(ENHED, input.overordnet_enhed, "overordnetEnhed")
    steps += await adresser.skridt(gang, ENHED, input.adresser or (), inden=virkning)
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
