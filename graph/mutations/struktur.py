"""Tasks on the tree: omdoebEnhed, flytEnhed."""

from uuid import UUID

import strawberry

from fkorg.ret import Skridt
from graph.mutations import enhed, periode, tekster
from graph.mutations.enhed import ENHED
from graph.mutations.felt import resolver
from graph.mutations.forloeb import Maal
from graph.mutations.gang import Gang
from graph.mutations.skriv import Wish
from graph.mutations.typer import OrganisationEnhedSkrivning, Skrivevalg
from graph.mutations.udfoer import udfoer
from graph.types.scalars import Tidspunkt


@strawberry.type
class StrukturMutationer:
    """What people do with units."""

    @resolver("Give a unit another name.")
    async def omdoeb_enhed(
        self,
        info: strawberry.Info,
        uuid: UUID,
        enhedsnavn: str,
        fra: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> OrganisationEnhedSkrivning | None:
        async def arbejde(gang: Gang) -> Maal:
            fra_ns = periode.dag_ns(fra, "fra", gang.now)
            steps: list[Skridt] = [*tekster.felter(ENHED, fra_ns, {"enhedsnavn": enhedsnavn})]
            await gang.ret(ENHED, uuid, await gang.laes_maal(ENHED, uuid), steps)
            return Maal(uuid)

        wish = Wish("omdoebEnhed", (uuid, enhedsnavn, fra), valg, [uuid], arbejde, maal_enhed=uuid)
        return await udfoer(info, OrganisationEnhedSkrivning, wish)

    @resolver("Put a unit, with all below it, under another. `fra` today or earlier: the source can't plan it.")
    async def flyt_enhed(
        self,
        info: strawberry.Info,
        uuid: UUID,
        ny_overordnet: UUID,
        fra: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> OrganisationEnhedSkrivning | None:
        async def arbejde(gang: Gang) -> Maal:
            fra_ns = periode.dag_ns(fra, "fra", gang.now)
            registrering = await gang.laes_maal(ENHED, uuid)
            steps = await enhed.overordnet(gang, uuid, ny_overordnet, fra_ns, "nyOverordnet")
            await gang.ret(ENHED, uuid, registrering, steps)
            return Maal(uuid)

        wish = Wish("flytEnhed", (uuid, ny_overordnet, fra), valg, [uuid], arbejde, maal_enhed=uuid)
        return await udfoer(info, OrganisationEnhedSkrivning, wish)
