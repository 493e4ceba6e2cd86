"""Adresse: opret, importer, ret, passiver, slet. An address is one text (domain.md 2.2); rules.md 25 and 26."""

from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from fkorg.ret import Skridt
from graph.mutations import periode, tekster
from graph.mutations.felt import kraevet, resolver, uroert, valgfri
from graph.mutations.gang import Gang
from graph.mutations.objekt import Skriver
from graph.mutations.typer import AdresseSkrivning, Skrivevalg
from graph.types.scalars import CVR, Tidspunkt

ADRESSE = Objekttype.ADRESSE


@strawberry.input(description="A new address. It lives by a unit, user or function that points at it.")
class OpretAdresse:
    """One text, whatever its role is to be."""

    cvr: CVR = kraevet("The municipality; that of the token.")
    brugervendt_noegle: str = kraevet("Its key in your system, at most 50 characters. Not a CPR number.")
    adresse_tekst: str = kraevet("The text, at most 200 characters.")
    fra: Tidspunkt | None = valgfri("The day it holds from. Absent: today.")


@strawberry.input(
    description="What is to change of an address, for all who point at it. For one owner's own: skiftAdresse."
)
class RetAdresse:
    """Text and key cannot be ended."""

    uuid: UUID = kraevet("The object to change.")
    brugervendt_noegle: str | None = uroert("Its key.")
    adresse_tekst: str | None = uroert("The text.")
    fra: Tidspunkt | None = valgfri("The day the change holds from. Absent: today.")


@strawberry.type
class AdresseMutationer:
    """The five of the address."""

    @resolver("Create an address; the source gives its uuid.")
    async def opret_adresse(
        self, info: strawberry.Info, input: OpretAdresse, valg: Skrivevalg | None = None
    ) -> AdresseSkrivning | None:
        return await SKRIVER.opret(info, input, valg)

    @resolver("Store an address under your own uuid and registration time. Revives what is passive or deleted.")
    async def importer_adresse(
        self,
        info: strawberry.Info,
        uuid: UUID,
        input: OpretAdresse,
        registreringstid: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> AdresseSkrivning | None:
        return await SKRIVER.importer(info, uuid, registreringstid, input, valg)

    @resolver("Change an address.")
    async def ret_adresse(
        self, info: strawberry.Info, input: RetAdresse, valg: Skrivevalg | None = None
    ) -> AdresseSkrivning | None:
        return await SKRIVER.ret(info, input, valg)

    @resolver("Make an address passive: it can't be changed any more; importer revives it.")
    async def passiver_adresse(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> AdresseSkrivning | None:
        return await SKRIVER.passiver(info, uuid, valg)

    @resolver("Delete an address (logically); importer revives it.")
    async def slet_adresse(
        self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None = None
    ) -> AdresseSkrivning | None:
        return await SKRIVER.slet(info, uuid, valg)


async def _nye(gang: Gang, input: OpretAdresse) -> list[Skridt]:
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "adressetekst": input.adresse_tekst}
    return [*tekster.felter(ADRESSE, periode.dag_ns(input.fra, "fra", gang.now), felter)]


async def _rettede(gang: Gang, input: RetAdresse, registrering: Registrering) -> list[Skridt]:
    felter = {"brugervendtnoegle": input.brugervendt_noegle, "adressetekst": input.adresse_tekst}
    return [*tekster.felter(ADRESSE, periode.dag_ns(input.fra, "fra", gang.now), felter)]


SKRIVER = Skriver(ADRESSE, "Adresse", AdresseSkrivning, _nye, _rettede)
