"""anonymiserPerson: the source forgets a name and a CPR number, and so do we. Source: domain.md 10, rules.md 35."""

from uuid import UUID

import strawberry

from fkorg.errors import NotFound
from graph.caller import Ret
from graph.compile.objects import SOEGNING
from graph.mutations import vent
from graph.mutations.fejl import uden_ret, ugyldig
from graph.mutations.felt import resolver
from graph.mutations.forloeb import Maal
from graph.mutations.gang import Gang
from graph.mutations.kontekst import kontekst
from graph.mutations.skriv import Wish
from graph.mutations.typer import Kvittering, Skrivevalg
from graph.mutations.udfoer import kvittering
from graph.types.scalars import CPR
from model import anonymisering
from model.opslag import Opslag


@strawberry.type
class AnonymiseringMutationer:
    """What a data protection officer asks for."""

    @resolver(
        "Have a person's name and CPR number forgotten, at the source and in every version stored here: by uuid, or by"
        " a number known here, which needs the right to see numbers. `afventer` in the extensions: here not yet."
    )
    async def anonymiser_person(
        self,
        info: strawberry.Info,
        person_uuid: UUID | None = None,
        cpr: CPR | None = None,
        valg: Skrivevalg | None = None,
    ) -> Kvittering | None:
        async def arbejde(gang: Gang) -> Maal:
            if (person_uuid is None) == (cpr is None):
                raise ugyldig("personUuid", "wanted either personUuid or cpr")
            personer = [person_uuid] if person_uuid is not None else await _med_cpr(info, gang, str(cpr))
            for person in personer:
                await gang.laas(person)
                await gang.anonymiser(person)
            return Maal(personer[0])

        return await kvittering(info, Wish("anonymiserPerson", (person_uuid, cpr), valg, [], arbejde), vent.glemt)


async def _med_cpr(info: strawberry.Info, gang: Gang, cpr: str) -> list[UUID]:
    """Who has, or had, the number here; the log of reads has it first. Raises NotFound, or Skrivefejl: no right."""
    k = kontekst(info)
    if not k.principal.har(Ret.SECPR):
        raise uden_ret("to see CPR numbers")
    assert k.skrivere is not None, "who may not write has been told so"
    async with k.skrivere.pool.connection() as connection:
        found = await anonymisering.med_cpr(connection, gang.organisation, cpr)
    if k.opslag is not None:
        await k.opslag.skriv(Opslag(gang.organisation, k.now, k.principal.caller, [SOEGNING], found))
    if not found:
        raise NotFound("nobody here has that number: give personUuid")
    return found
