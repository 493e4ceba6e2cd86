"""Person: opret, importer, ret, passiver, slet. A person has attributes alone (domain.md 2.2); rules.md 26."""

from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from fkorg.ret import Skridt
from graph import cpr as cpr_
from graph.mutations import periode, tekster
from graph.mutations.fejl import ugyldig
from graph.mutations.felt import kraevet, resolver, uroert, valgfri
from graph.mutations.gang import Gang
from graph.mutations.objekt import Skriver
from graph.mutations.typer import PersonSkrivning, Skrivevalg
from graph.mutations.udfoer import kontrol_proeve
from graph.types.scalars import CPR, CVR, Tidspunkt

PERSON = Objekttype.PERSON


@strawberry.input(description="A new person. It lives by a user that points at it.")
class OpretPerson:
    """`brugervendtNoegle` is never a CPR number."""

    cvr: CVR = kraevet("The municipality; that of the token.")
    brugervendt_noegle: str = kraevet("Its key in your system, at most 50 characters. Not a CPR number.")
    navn: str = kraevet("Name, at most 100 characters.")
    cpr: CPR | None = valgfri("CPR number.")
    fra: Tidspunkt | None = valgfri("The day it holds from. Absent: today.")


@strawberry.input(description="What is to change of a person. Absent: untouched. `cpr` null ends it.")
class RetPerson:
    """Name and key cannot be ended."""

    uuid: UUID = kraevet("The object to change.")
    brugervendt_noegle: str | None = uroert("Its key.")
    navn: str | None = uroert("Name.")
    cpr: CPR | None = uroert("CPR number.")
    fra: Tidspunkt | None = valgfri("The day the change holds from. Absent: today.")


@strawberry.type
class PersonMutationer:
    """The five of the person."""

    @resolver("Create a person; the source gives its uuid.")
    async def opret_person(
        self, info: strawberry.Info, input: OpretPerson, valg: Skrivevalg | None = None
    ) -> PersonSkrivning | None:
        return await SKRIVER.opret(info, input, valg)

    @resolver("Store a person under your own uuid and registration time. Revives what is passive or deleted.")
    async def importer_person(
        self,
        info: strawberry.Info,
        uuid: UUID,
        input: OpretPerson,
        registreringstid: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> PersonSkrivning | None:
        return await SKRIVER.importer(info, uuid, registreringstid, input, valg)

    @resolver("Change a person. A dry run of `navn` takes the right SeNavn, of `cpr` the right SeCPR.")
    async def ret_person(
        self, info: strawberry.Info, input: RetPerson, valg: Skrivevalg | None = None
    ) -> PersonSkrivning | None:
        given = {"brugervendtNoegle": input.brugervendt_noegle, "navn": input.navn, "cpr": input.cpr}
        kontrol_proeve(info, valg, "Person", [felt for felt, value in given.items() if value is not strawberry.UNSET])
        return await SKRIVER.ret(info, input, valg)

    @resolver("Make a person passive: it can't be changed any more; importer revives it.")
    async def passiver_person(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> PersonSkrivning | None:
        return await SKRIVER.passiver(info, uuid, valg)

    @resolver("Delete a person (logically); importer revives it.")
    async def slet_person(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> PersonSkrivning | None:
        return await SKRIVER.slet(info, uuid, valg)


async def _nye(gang: Gang, input: OpretPerson) -> list[Skridt]:
    felter = _felter(input.brugervendt_noegle, input.navn, input.cpr)
    given = {felt: value for felt, value in felter.items() if value is not None}
    return [*tekster.felter(PERSON, periode.dag_ns(input.fra, "fra", gang.now), given)]


async def _rettede(gang: Gang, input: RetPerson, registrering: Registrering) -> list[Skridt]:
    felter = _felter(input.brugervendt_noegle, input.navn, input.cpr)
    return [*tekster.felter(PERSON, periode.dag_ns(input.fra, "fra", gang.now), felter)]


def _felter(noegle: str | None, navn: str | None, cpr: str | None) -> dict[str, str | None]:
    """The fields as the catalogue names them. Raises Skrivefejl for a key that looks like a CPR number."""
    if noegle and cpr_.findes(noegle):
        raise ugyldig("brugervendtNoegle", "wanted a key that is not a CPR number")
    return {"brugervendtnoegle": noegle, "navn": navn, "cpr": cpr}


SKRIVER = Skriver(PERSON, "Person", PersonSkrivning, _nye, _rettede)
