"""Tasks on memberships: udpegLeder, ansaetBruger, afslutMedlemskab. A job change is a new function (domain.md 4.4)."""

from collections.abc import Iterable
from uuid import UUID, uuid4

import strawberry

from fkorg import klassifikation, ret
from fkorg.catalogue import Objekttype
from fkorg.registrering import Gyldighed, Lister, Reference, Registrering, Relation
from fkorg.ret import Afslut, SaetTilstand, Skridt
from fkorg.virkning import ALTID, Virkning
from graph.mutations import funktion, tekster
from graph.mutations import periode as perioder
from graph.mutations.fejl import konflikt, ugyldig
from graph.mutations.felt import resolver
from graph.mutations.forloeb import Maal
from graph.mutations.funktion import BRUGERE, ENHEDER, FUNKTION
from graph.mutations.gang import Gang
from graph.mutations.periode import Periode
from graph.mutations.skriv import Wish
from graph.mutations.typer import BrugerSkrivning, OrganisationEnhedSkrivning, Skrivevalg
from graph.mutations.udfoer import udfoer
from graph.types.scalars import Tidspunkt

SIDE = 500
"""How many hits of a search are asked for at a time (domain.md 7)."""


@strawberry.type
class MedlemskabMutationer:
    """What people do with users and units."""

    @resolver(
        "Make a user the manager of a unit. Refused while another is active, unless `erstat`: then the "
        "others' appointments end the same day."
    )
    async def udpeg_leder(
        self,
        info: strawberry.Info,
        enhed: UUID,
        bruger: UUID,
        titel: str | None = None,
        erstat: bool = False,
        fra: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> OrganisationEnhedSkrivning | None:
        async def arbejde(gang: Gang) -> Maal:
            virkning = Virkning(perioder.dag_ns(fra, "fra", gang.now))
            _titel(titel)
            await gang.laes_levende(Objekttype.ORGANISATION_ENHED, enhed)
            await gang.findes(Objekttype.BRUGER, bruger, "bruger")
            posts = await _funktioner(gang, enhed, klassifikation.LEDERROLLE)
            others = [(uuid, post) for uuid, post in posts if _brugere(post, virkning) - {bruger}]
            if others and not erstat:
                raise konflikt("the unit has another active manager: end that appointment, or say erstat: true")
            for uuid, _ in others:
                await gang.laas(uuid)
                post = await gang.laes(FUNKTION, uuid, til_ret=True)
                await _afslut(gang, uuid, post, _brugere(post, virkning) - {bruger}, virkning.fra_ns)
            return Maal(enhed, await _udpeg(gang, posts, bruger, enhed, titel, virkning))

        indhold = (enhed, bruger, titel, erstat, fra)
        wish = Wish("udpegLeder", indhold, valg, [enhed, bruger], arbejde, maal_enhed=enhed)
        return await udfoer(info, OrganisationEnhedSkrivning, wish)

    @resolver("Employ a user in a unit, under a title.")
    async def ansaet_bruger(
        self,
        info: strawberry.Info,
        bruger: UUID,
        enhed: UUID,
        titel: str,
        funktions_type_uuid: UUID | None = None,
        periode: Periode | None = None,
        valg: Skrivevalg | None = None,
    ) -> BrugerSkrivning | None:
        kind = funktions_type_uuid or klassifikation.ENHEDSROLLE

        async def arbejde(gang: Gang) -> Maal:
            if kind not in klassifikation.ANSAETTELSER:
                raise ugyldig("funktionsTypeUuid", "wanted a type of employment: Enhedsrolle or Ansat i")
            virkning = perioder.virkning(periode, "periode", gang.now)
            _titel(titel)
            await gang.laes_levende(Objekttype.BRUGER, bruger)
            await gang.findes(Objekttype.ORGANISATION_ENHED, enhed, "enhed")
            posts = await _funktioner(gang, enhed, kind)
            return Maal(bruger, await _ansaet(gang, posts, kind, bruger, enhed, titel, virkning))

        wish = Wish("ansaetBruger", (bruger, enhed, titel, kind, periode), valg, [bruger, enhed], arbejde)
        return await udfoer(info, BrugerSkrivning, wish)

    @resolver("End a user's membership (employment or manager role). The function ends with its last user.")
    async def afslut_medlemskab(
        self,
        info: strawberry.Info,
        medlemskab: UUID,
        bruger: UUID,
        til: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> BrugerSkrivning | None:
        async def arbejde(gang: Gang) -> Maal:
            til_ns = perioder.dag_ns(til, "til", gang.now)
            registrering = await gang.laes_maal(FUNKTION, medlemskab)
            if not any(ret.peger_paa(relation, bruger) for relation in registrering.relation(BRUGERE)):
                raise ugyldig("bruger", "that function has no such user")
            await _afslut(gang, medlemskab, registrering, {bruger}, til_ns)
            return Maal(bruger, medlemskab)

        wish = Wish("afslutMedlemskab", (medlemskab, bruger, til), valg, [medlemskab], arbejde)
        return await udfoer(info, BrugerSkrivning, wish)


def _titel(titel: str | None) -> None:
    """Raises Skrivefejl for a title that no function can have as its name."""
    if titel is not None:
        tekster.felter(FUNKTION, 0, {"funktionsnavn": titel}, "titel")


async def _udpeg(
    gang: Gang,
    posts: Iterable[tuple[UUID, Registrering]],
    bruger: UUID,
    enhed: UUID,
    titel: str | None,
    virkning: Virkning,
) -> UUID:
    """The appointment: the one there is, under the title given, else a new function."""
    for uuid, post in posts:
        if _er_ansat(post, bruger, None, virkning):
            await gang.laas(uuid)
            felter = {} if titel is None else {"funktionsnavn": titel}
            steps: list[Skridt] = [*tekster.felter(FUNKTION, virkning.fra_ns, felter)]
            await gang.ret(FUNKTION, uuid, await gang.laes(FUNKTION, uuid, til_ret=True), steps)
            return uuid
    return await _ny(gang, klassifikation.LEDERROLLE, bruger, enhed, titel, virkning)


async def _ansaet(
    gang: Gang,
    posts: Iterable[tuple[UUID, Registrering]],
    funktionstype: UUID,
    bruger: UUID,
    enhed: UUID,
    titel: str | None,
    virkning: Virkning,
) -> UUID:
    """The membership: the one there is, when it says the same for all of the period, else a new function."""
    for uuid, post in posts:
        if _er_ansat(post, bruger, titel, virkning):
            await gang.ret(FUNKTION, uuid, post, [])
            return uuid
    return await _ny(gang, funktionstype, bruger, enhed, titel, virkning)


async def _ny(
    gang: Gang, funktionstype: UUID, bruger: UUID, enhed: UUID, titel: str | None, virkning: Virkning
) -> UUID:
    """A new membership. Its key is unique within the organisation, as a function's must be (FACTS.md 3)."""
    felter = {"brugervendtnoegle": str(uuid4()), "funktionsnavn": titel}
    steps = funktion.ny(gang, funktionstype, virkning, felter, enheder=[enhed], brugere=[bruger])
    return await gang.opret(FUNKTION, steps)


async def _afslut(gang: Gang, uuid: UUID, post: Registrering, brugere: set[UUID], til_ns: int) -> None:
    """End these users' part of a function, and the function when no other user goes on.

    Source: domain.md 8.2, ending a user: end users and units, Inaktiv.
    """
    live = [r for r in post.relation(BRUGERE) if not r.virkning.tom and r.virkning.til_ns > til_ns]
    own = [r.virkning.fra_ns for r in live if any(ret.peger_paa(r, bruger) for bruger in brugere)]
    steps: list[Skridt] = [Afslut(BRUGERE, til_ns, maal=bruger) for bruger in sorted(brugere)]
    if own and len(own) == len(live):
        steps += [Afslut(ENHEDER, til_ns), SaetTilstand(Gyldighed.INAKTIV, max(til_ns, *own))]
    await gang.ret(FUNKTION, uuid, post, steps)


async def _funktioner(gang: Gang, enhed: UUID, funktionstype: UUID) -> list[tuple[UUID, Registrering]]:
    """The live functions of a type on a unit, at the source; each hit is checked, for search errs (domain.md 5)."""
    kriterier = Lister(
        (),
        (),
        (
            Relation("Funktionstype", ALTID, Reference(str(funktionstype))),
            Relation(ENHEDER, Virkning(gang.now_ns), Reference(str(enhed))),
        ),
    )
    uuids: list[UUID] = []
    while page := list(await gang.kilde.soeg(FUNKTION, kriterier, len(uuids), SIDE)):
        uuids += page
        if len(page) < SIDE:
            break
    found = [
        (uuid, post)
        for start in range(0, len(uuids), SIDE)
        for uuid, post in await gang.laes_flere(FUNKTION, uuids[start : start + SIDE])
        if post.livscyklus.levende
    ]
    meant = [
        (uuid, post)
        for uuid, post in found
        if any(ret.peger_paa(r, funktionstype) for r in post.relation("Funktionstype"))
        and any(ret.peger_paa(r, enhed) and not r.virkning.tom for r in post.relation(ENHEDER))
    ]
    return sorted(meant, key=lambda pair: pair[0])


def _brugere(post: Registrering, virkning: Virkning) -> set[UUID]:
    """Who holds the post at some time of the period, as far as post and unit are active then."""
    return {
        uuid
        for relation in post.relation(BRUGERE)
        if (uuid := relation.reference.uuid if relation.reference else None)
        and any(not relation.virkning.overlap(active).overlap(virkning).tom for active in _aktiv(post))
    }


def _er_ansat(post: Registrering, bruger: UUID, titel: str | None, virkning: Virkning) -> bool:
    """True when the post is the user's for all of the period, under the title."""
    held = [
        relation.virkning.overlap(active)
        for relation in post.relation(BRUGERE)
        if ret.peger_paa(relation, bruger)
        for active in _aktiv(post)
    ]
    found = ret.gaeldende(post.egenskaber, virkning.fra_ns)
    same_title = titel is None or (found is not None and found.tekst("funktionsnavn") == titel)
    return same_title and any(one.overlap(virkning) == virkning for one in held)


def _aktiv(post: Registrering) -> list[Virkning]:
    """When the post is active and tied to a unit: its Aktiv periods within those of its units."""
    return [
        tilstand.virkning.overlap(relation.virkning)
        for tilstand in post.tilstande
        if tilstand.status is Gyldighed.AKTIV
        for relation in post.relation(ENHEDER)
    ]
