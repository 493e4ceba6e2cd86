"""The functions of the sample municipality: employments, managers, contact places, paying units.

Source: domain.md 2.4. Knows how units and users are planned, not how they are written.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from random import Random
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import ANSAT_I, ENHEDSROLLE, HENVENDELSESSTED, LEDERROLLE, UDBETALENDE_ENHED
from fkorg.registrering import Relation
from simulator.kle import opgave_numre
from simulator.kommune import byg, navne
from simulator.kommune.brugere import Bruger
from simulator.kommune.byg import Post, Ramme
from simulator.kommune.enheder import START, Enhed
from simulator.kommune.stoerrelser import Stoerrelse


def funktion(
    r: Ramme,
    uuid: UUID,
    tidspunkt_ns: int,
    *,
    art: UUID,
    navn: str,
    fra: date,
    til: date | None = None,
    enheder: Iterable[UUID] = (),
    brugere: Iterable[UUID] = (),
    opgaver: Iterable[UUID] = (),
) -> Post:
    """One function; `til` ends the users' relations, the rest stays."""
    altid, i_brug = byg.periode(fra), byg.periode(fra, til)
    relationer: list[Relation] = [byg.peger(r, "Funktionstype", art, altid)]
    relationer += [byg.peger(r, "TilknyttedeOpgaver", opgave, altid) for opgave in opgaver]
    relationer += [byg.peger(r, "TilknyttedeBrugere", bruger, i_brug) for bruger in brugere]
    relationer += [byg.peger(r, "TilknyttedeEnheder", enhed, altid) for enhed in enheder]
    relationer.append(byg.peger(r, "TilknyttedeOrganisationer", r.organisation, altid))
    felter = byg.egenskab(r, altid, brugervendtnoegle=str(uuid), funktionsnavn=navn)
    gyldig = byg.gyldig_til(r, fra, til)
    return Objekttype.ORGANISATION_FUNKTION, uuid, (byg.registrering(r, tidspunkt_ns, (felter,), gyldig, relationer),)


def knyttede(r: Ramme, rnd: Random, stoerrelse: Stoerrelse, enheder: Sequence[Enhed]) -> dict[int, list[UUID]]:
    """Unit number -> the contact and paying functions it points at."""
    bruger_af: dict[int, list[UUID]] = {}
    for n in range(stoerrelse.kontakt):
        for nr in rnd.sample(range(len(enheder)), min(len(enheder), 3)):
            bruger_af.setdefault(nr, []).append(r.uuid("kontakt", n))
    return bruger_af


def funktioner(
    r: Ramme, rnd: Random, stoerrelse: Stoerrelse, enheder: Sequence[Enhed], brugere: Sequence[Bruger]
) -> Iterator[Post]:
    """All functions; a manager is mostly one who works in the unit."""
    foerste: dict[int, Bruger] = {}
    for n in range(stoerrelse.roller):
        bruger = brugere[n] if n < len(brugere) else brugere[rnd.randrange(stoerrelse.brugere)]
        enhed = enheder[int(len(enheder) * rnd.random())]
        if bruger.til is None:
            foerste.setdefault(enhed.nr, bruger)
        yield _ansaettelse(r, rnd, n, enhed, bruger)
    yield from _ledere(r, rnd, stoerrelse, enheder, brugere, foerste)
    yield from _kontakter(r, rnd, stoerrelse, enheder)


def _ansaettelse(r: Ramme, rnd: Random, n: int, enhed: Enhed, bruger: Bruger) -> Post:
    """Every 40th is "employed in", every 60th vacant; 2 % end in a known future, some changed title."""
    uuid = r.uuid("rolle", n)
    titel = byg.vaelg(rnd, navne.STILLINGER)
    til = bruger.til or (byg.PLANLAGT if rnd.random() < 0.02 else None)
    post = funktion(
        r,
        uuid,
        byg.registreringstid(rnd),
        art=ANSAT_I if n % 40 == 39 else ENHEDSROLLE,
        navn=titel,
        fra=bruger.fra,
        til=til,
        enheder=(enhed.uuid,),
        brugere=() if n % 60 == 59 else (bruger.uuid,),
    )
    if rnd.random() < 0.1:
        foer = {"funktionsnavn": byg.vaelg(rnd, navne.STILLINGER)}
        return byg.omdoebt(post, foer, byg.dag(rnd, 2023, 2024), byg.registreringstid(rnd))
    return post


def _ledere(
    r: Ramme,
    rnd: Random,
    stoerrelse: Stoerrelse,
    enheder: Sequence[Enhed],
    brugere: Sequence[Bruger],
    foerste: dict[int, Bruger],
) -> Iterator[Post]:
    """The upper units all have one; of the others some have none."""
    oeverst = sorted(enheder, key=lambda enhed: enhed.niveau)
    fast = oeverst[: stoerrelse.ledere // 3]
    andre = rnd.sample(oeverst[len(fast) :], min(stoerrelse.ledere, len(enheder)) - len(fast))
    for enhed in (*fast, *andre):
        leder = foerste.get(enhed.nr) or brugere[rnd.randrange(stoerrelse.brugere)]
        yield funktion(
            r,
            r.uuid("leder", enhed.nr),
            byg.registreringstid(rnd),
            art=LEDERROLLE,
            navn=byg.vaelg(rnd, navne.LEDERTITLER),
            fra=max(leder.fra, byg.dag(rnd, 2012, 2024)),
            enheder=(enhed.uuid,),
            brugere=(leder.uuid,),
        )


def _kontakter(r: Ramme, rnd: Random, stoerrelse: Stoerrelse, enheder: Sequence[Enhed]) -> Iterator[Post]:
    numre = opgave_numre()
    for n in range(stoerrelse.kontakt):
        betaler = n % 2 == 0
        # The paying units are those on level 1, which have a LOS short name (domain.md 5).
        enhed = enheder[1 + n % 6] if betaler else enheder[rnd.randrange(len(enheder))]
        yield funktion(
            r,
            r.uuid("kontakt", n),
            byg.registreringstid(rnd),
            art=UDBETALENDE_ENHED if betaler else HENVENDELSESSTED,
            navn="Udbetalende enhed" if betaler else "Henvendelsessted",
            fra=START,
            enheder=(enhed.uuid,),
            opgaver=() if betaler else (r.uuid("kle", nummer) for nummer in rnd.sample(numre, 3)),
        )
