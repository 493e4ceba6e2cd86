"""Bruger: opret, importer, ret, passiver, slet. Inputs follow the pattern of the unit (rules.md 26)."""

from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from fkorg.ret import Afslut, SaetEnkelt, SaetTilstand, Skridt, Tilfoej
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from graph.mutations import adresser, periode, tekster
from graph.mutations.adresser import AdresseNoegle, AdresseRelation
from graph.mutations.felt import kraevet, resolver, uroert, valgfri
from graph.mutations.gang import Gang
from graph.mutations.objekt import Skriver
from graph.mutations.periode import Periode
from graph.mutations.typer import BrugerSkrivning, Skrivevalg
from graph.types.enums import Gyldighed
from graph.types.scalars import CVR, Tidspunkt

BRUGER = Objekttype.BRUGER


@strawberry.input(description="A new user, active.")
class OpretBruger:
    """`periode`: when the user is; absent: from today on."""

    cvr: CVR = kraevet("The municipality; that of the token.")
    brugervendt_noegle: str = kraevet("Its key in your system, at most 50 characters. Not a CPR number.")
    brugernavn: str = kraevet("Name used to sign in.")
    bruger_type_uuid: UUID | None = valgfri("Class of the kind of user.")
    person: UUID | None = valgfri("The person behind the user; it must exist.")
    adresser: list[AdresseRelation] | None = valgfri("Addresses to have; those not named are untouched.")
    periode: Periode | None = valgfri("When it is. Absent: from today on.")


@strawberry.input(
    description="What is to change of a user. Absent: untouched. Null ends the value; not that of a name or key."
)
class RetBruger:
    """Addresses match by (rolle, indeks); those not named are untouched."""

    uuid: UUID = kraevet("The object to change.")
    brugervendt_noegle: str | None = uroert("Its key.")
    brugernavn: str | None = uroert("Name used to sign in.")
    bruger_type_uuid: UUID | None = uroert("Class of the kind of user.")
    person: UUID | None = uroert("The person behind the user. Null: ends.")
    adresser: list[AdresseRelation] | None = valgfri("Addresses to have; those not named are untouched.")
    afslut_adresser: list[AdresseNoegle] | None = valgfri("Addresses that end.")
    status: Gyldighed | None = valgfri("Active or not.")
    fra: Tidspunkt | None = valgfri("The day the change holds from. Absent: today.")


@strawberry.type
class BrugerMutationer:
    """The five of the user."""

    @resolver("Create a user; the source gives its uuid. New addresses are created first.")
    async def opret_bruger(
        self, info: strawberry.Info, input: OpretBruger, valg: Skrivevalg | None = None
    ) -> BrugerSkrivning | None:
        return await SKRIVER.opret(info, input, valg)

    @resolver("Store a user under your own uuid and registration time. Revives what is passive or deleted.")
    async def importer_bruger(
        self,
        info: strawberry.Info,
        uuid: UUID,
        input: OpretBruger,
        registreringstid: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> BrugerSkrivning | None:
        return await SKRIVER.importer(info, uuid, registreringstid, input, valg)

    @resolver("Change a user.")
    async def ret_bruger(
        self, info: strawberry.Info, input: RetBruger, valg: Skrivevalg | None = None
    ) -> BrugerSkrivning | None:
        return await SKRIVER.ret(info, input, valg)

    @resolver("Make a user passive: it can't be changed any more; importer revives it.")
    async def passiver_bruger(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> BrugerSkrivning | None:
        return await SKRIVER.passiver(info, uuid, valg)

    @resolver("Delete a user (logically); importer revives it.")
    async def slet_bruger(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> BrugerSkrivning | None:
        return await SKRIVER.slet(info, uuid, valg)


async def _nye(gang: Gang, input: OpretBruger) -> list[Skridt]:
    """What a new user says: name, key, active, owner, type, person, addresses; all ends when the period does."""
    virkning = periode.virkning(input.periode, "periode", gang.now)
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "brugernavn": input.brugernavn}
    steps: list[Skridt] = [
        *tekster.felter(BRUGER, virkning.fra_ns, felter),
        SaetTilstand(Gyldighed.AKTIV, virkning.fra_ns),
        SaetEnkelt("Tilhoerer", gang.organisation, virkning.fra_ns),
    ]
    if input.bruger_type_uuid is not None:
        steps.append(Tilfoej("BrugerTyper", input.bruger_type_uuid, virkning))
    if input.person is not None:
        await gang.findes(Objekttype.PERSON, input.person, "person")
        steps.append(Tilfoej("TilknyttedePersoner", input.person, virkning))
    steps += await adresser.skridt(gang, BRUGER, input.adresser or (), inden=virkning)
    if virkning.til_ns != UENDELIG_NS:
        steps += [SaetTilstand(Gyldighed.INAKTIV, virkning.til_ns), Afslut("Tilhoerer", virkning.til_ns)]
    return steps


async def _rettede(gang: Gang, input: RetBruger, registrering: Registrering) -> list[Skridt]:
    fra_ns = periode.dag_ns(input.fra, "fra", gang.now)
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "brugernavn": input.brugernavn}
    steps: list[Skridt] = [*tekster.felter(BRUGER, fra_ns, felter)]
    steps += _eneste("BrugerTyper", input.bruger_type_uuid, fra_ns, registrering)
    if isinstance(input.person, UUID):
        await gang.findes(Objekttype.PERSON, input.person, "person")
    steps += _eneste("TilknyttedePersoner", input.person, fra_ns, registrering)
    steps += adresser.afslut("Adresser", input.afslut_adresser or (), fra_ns, registrering)
    if input.status is not None:
        steps.append(SaetTilstand(input.status, fra_ns))
        if input.status is Gyldighed.AKTIV and fra_ns <= periode.i_dag_ns(gang.now):
            steps.append(SaetEnkelt("Tilhoerer", gang.organisation, fra_ns))
    return steps + await adresser.skridt(gang, BRUGER, input.adresser or (), registrering)


def _eneste(navn: str, maal: UUID | None, fra_ns: int, registrering: Registrering) -> list[Skridt]:
    """The steps on a relation of many of which one holds at a time: the others end. UNSET: none."""
    if maal is strawberry.UNSET:
        return []
    if maal is None:
        return [Afslut(navn, fra_ns)]
    pointed_at = {r.reference.uuid for r in registrering.relation(navn) if r.reference}
    others = sorted(uuid for uuid in pointed_at if uuid is not None and uuid != maal)
    return [*(Afslut(navn, fra_ns, maal=other) for other in others), Tilfoej(navn, maal, Virkning(fra_ns))]


SKRIVER = Skriver(BRUGER, "Bruger", BrugerSkrivning, _nye, _rettede)
