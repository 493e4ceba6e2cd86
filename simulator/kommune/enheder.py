"""The units of the sample municipality: the tree first, then each unit with its addresses and tasks.

Also the shared objects above them: Organisation, Virksomhed, Myndighed, ItSystem. Knows no users.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import (
    AFDELING,
    ANSVARLIG,
    ENHED_EAN,
    ENHED_EMAIL,
    ENHED_LOS_KORT,
    ENHED_POSTADRESSE,
    ENHED_TELEFON,
    OPGAVEKLASSE,
    TEAM,
)
from fkorg.registrering import Livscyklus, Relation
from fkorg.virkning import Virkning
from simulator.kle import opgave_numre
from simulator.kommune import byg, navne
from simulator.kommune.byg import CVR, Post, Ramme
from simulator.kommune.stoerrelser import Stoerrelse

START: Final = date(2007, 1, 1)
"""When the municipality was formed."""
HENVENDELSE: Final = UUID("639a3ed9-86b0-4968-825b-434666cf6220")
AABNINGSTID: Final = UUID("f37e5877-1549-4b5d-a53b-819491f0b933")
URL: Final = UUID("a99c073d-482e-47d3-9275-13c79f453c3a")


@dataclass(frozen=True, slots=True)
class Enhed:
    """One unit of the tree as planned: its number, parent's number (None: the root), level, name."""

    nr: int
    uuid: UUID
    overordnet: int | None
    niveau: int
    navn: str


def plan(r: Ramme, rnd: Random, stoerrelse: Stoerrelse) -> list[Enhed]:
    """The tree, root first: a spine that reaches the wanted depth, the rest by chance, mostly under recent units."""
    enheder = [Enhed(0, r.uuid("enhed", 0), None, 0, "Korsbæk Kommune")]
    aabne = [0]
    for nr in range(1, stoerrelse.enheder):
        overordnet = _parent(rnd, nr, aabne, stoerrelse.dybde)
        niveau = enheder[overordnet].niveau + 1
        enheder.append(Enhed(nr, r.uuid("enhed", nr), overordnet, niveau, _navn(rnd, nr, niveau)))
        if niveau < stoerrelse.dybde - 1 and (nr < stoerrelse.dybde + 8 or rnd.random() < 0.22):
            aabne.append(nr)
    return enheder


def _parent(rnd: Random, nr: int, aabne: Sequence[int], dybde: int) -> int:
    if nr <= len(navne.FORVALTNINGER):
        return 0
    spine = nr - len(navne.FORVALTNINGER)
    if spine <= dybde - 2:
        return 1 if spine == 1 else nr - 1
    k = len(aabne)
    return aabne[rnd.randrange(k)] if rnd.random() < 0.4 else aabne[rnd.randrange(max(0, k - 1 - k // 3), k)]


def _navn(rnd: Random, nr: int, niveau: int) -> str:
    if nr <= len(navne.FORVALTNINGER):
        return navne.FORVALTNINGER[nr - 1]
    if niveau == 2:
        return f"{byg.vaelg(rnd, navne.CENTRE)} {byg.vaelg(rnd, navne.STEDER)}"
    arter = navne.ARTER if niveau == 3 else navne.HOLD
    return f"{byg.vaelg(rnd, arter)} {byg.vaelg(rnd, navne.STEDER)} {nr}"


def faelles(r: Ramme, rnd: Random, rod: UUID) -> Iterator[Post]:
    """What the system owner keeps: the company, the authority, the organisation, the it systems."""
    altid = byg.periode(START)
    virksomhed, myndighed = r.uuid("virksomhed"), r.uuid("myndighed")
    cvr = byg.egenskab(r, altid, brugervendtnoegle=CVR, cvrnummer=CVR, navn="Korsbæk Kommune")
    yield Objekttype.VIRKSOMHED, virksomhed, (byg.registrering(r, byg.registreringstid(rnd), (cvr,)),)
    kode = byg.egenskab(
        r, altid, brugervendtnoegle="9999", cvrnummer=CVR, navn="Korsbæk Kommune", myndighedskode="9999"
    )
    yield Objekttype.MYNDIGHED, myndighed, (byg.registrering(r, byg.registreringstid(rnd), (kode,)),)
    navn = byg.egenskab(r, altid, brugervendtnoegle="Korsbæk", organisationsnavn="Korsbæk Kommune")
    relationer = (
        byg.peger(r, "Myndighed", myndighed, altid),
        byg.peger(r, "Overordnet", rod, altid),
        byg.tilhoerer(r, altid),
        byg.peger(r, "Virksomhed", virksomhed, altid),
    )
    livscyklus = Livscyklus.OPSTAAET
    organisation = byg.registrering(
        r, byg.registreringstid(rnd), (navn,), (byg.gyldig(r, altid),), relationer, livscyklus
    )
    yield Objekttype.ORGANISATION, r.organisation, (organisation,)
    for n, titel in enumerate(navne.ITSYSTEMER):
        felter = byg.egenskab(r, altid, brugervendtnoegle=f"IT{n:03}", itsystemnavn=titel)
        system = byg.registrering(
            r, byg.registreringstid(rnd), (felter,), (byg.gyldig(r, altid),), (byg.tilhoerer(r, altid),)
        )
        yield Objekttype.IT_SYSTEM, r.uuid("itsystem", n), (system,)


def enheder(
    r: Ramme, rnd: Random, stoerrelse: Stoerrelse, planlagt: Sequence[Enhed], funktioner: Mapping[int, Sequence[UUID]]
) -> Iterator[Post]:
    """Every unit with its addresses; `funktioner`: unit number -> contact and paying functions it uses."""
    numre = opgave_numre()
    for enhed in planlagt:
        fra = START if enhed.nr == 0 else byg.dag(rnd, 2007, 2023)
        altid = byg.periode(fra)
        adresser = _adresser(r, rnd, enhed, fra, stoerrelse.adresser_pr_enhed)
        for post, _, _ in adresser:
            yield post
        relationer = [
            byg.enhedsadresse(r, post[1], rolle, altid, indeks=f"{1 + plads}{str(post[1])[1:]}")
            for post, rolle, plads in adresser
        ]
        relationer.append(byg.peger(r, "Enhedstype", TEAM if enhed.niveau >= 4 else AFDELING, altid))
        if rnd.random() < stoerrelse.enheder_med_opgaver:
            relationer += _opgaver(r, rnd, numre, stoerrelse.opgaver, altid)
        if enhed.overordnet is not None:
            relationer.append(byg.peger(r, "Overordnet", planlagt[enhed.overordnet].uuid, altid))
        relationer.append(byg.tilhoerer(r, altid))
        relationer += [byg.peger(r, "TilknyttedeFunktioner", f, altid) for f in funktioner.get(enhed.nr, ())]
        if rnd.random() < 0.1:
            system = r.uuid("itsystem", rnd.randrange(len(navne.ITSYSTEMER)))
            relationer.append(byg.peger(r, "TilknyttedeItSystemer", system, altid))
        felter = byg.egenskab(r, altid, brugervendtnoegle=enhed.navn[:50], enhedsnavn=enhed.navn)
        registreret = byg.registrering(r, byg.registreringstid(rnd), (felter,), (byg.gyldig(r, altid),), relationer)
        yield _med_historie(rnd, (Objekttype.ORGANISATION_ENHED, enhed.uuid, (registreret,)), enhed)


def _med_historie(rnd: Random, post: Post, enhed: Enhed) -> Post:
    if enhed.nr == 0 or rnd.random() >= 0.2:
        return post
    gammelt = f"{byg.vaelg(rnd, navne.ARTER)} {byg.vaelg(rnd, navne.STEDER)} (tidl.) {enhed.nr}"
    foer = {"brugervendtnoegle": gammelt[:50], "enhedsnavn": gammelt}
    return byg.omdoebt(post, foer, byg.dag(rnd, 2023, 2024), byg.registreringstid(rnd))


def _adresser(r: Ramme, rnd: Random, enhed: Enhed, fra: date, antal: float) -> list[tuple[Post, UUID, int]]:
    """(address, role, place): as many as the mean asks for, the common ones first; level 1 has a LOS short name."""
    kort = f"enhed{enhed.nr}"
    vej = f"{byg.vaelg(rnd, navne.VEJE)} {rnd.randrange(1, 200)}, {byg.vaelg(rnd, navne.BYER)}"
    mulige = [
        (ENHED_POSTADRESSE, vej),
        (ENHED_TELEFON, f"+45 {rnd.randrange(10**7, 10**8)}"),
        (ENHED_EMAIL, f"{kort}@korsbaek.example"),
        (ENHED_EAN, f"57980{rnd.randrange(10**8):08}"),
        (HENVENDELSE, vej),
        (AABNINGSTID, "Mandag-torsdag 9-15, fredag 9-13"),
        (URL, f"https://korsbaek.example/{kort}"),
        (ENHED_POSTADRESSE, f"Postboks {enhed.nr}, {byg.vaelg(rnd, navne.BYER)}"),
    ]
    valgte = mulige[: max(1, min(len(mulige), int(antal + rnd.random() * 3 - 1)))]
    if enhed.niveau == 1:
        valgte.append((ENHED_LOS_KORT, f"LOS{enhed.nr:04}"))
    return [
        (byg.tekst(r, r.uuid("adresse", "e", enhed.nr, plads), byg.registreringstid(rnd), fra, text), rolle, plads)
        for plads, (rolle, text) in enumerate(valgte)
    ]


def _opgaver(r: Ramme, rnd: Random, numre: Sequence[str], antal: int, altid: Virkning) -> list[Relation]:
    valgte = rnd.sample(numre, max(1, min(len(numre), rnd.randint(antal - antal // 2, antal + antal // 2))))
    return [
        byg.dynamisk(
            r,
            "Opgaver",
            r.uuid("kle", nummer),
            altid,
            rolle=ANSVARLIG,
            art=OPGAVEKLASSE,
            indeks=nummer,
            label="Ansvarlig",
        )
        for nummer in valgte
    ]
