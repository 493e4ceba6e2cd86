"""The users of the sample municipality with their persons and addresses. Knows no functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import (
    BRUGER_EMAIL,
    BRUGER_LOKATION,
    BRUGER_TELEFON,
    EKSTERN_BRUGER,
    INTERN_BRUGER,
)
from fkorg.registrering import Relation
from simulator.kommune import byg, navne
from simulator.kommune.byg import Post, Ramme
from simulator.kommune.stoerrelser import Stoerrelse


@dataclass(frozen=True, slots=True)
class Bruger:
    """One user as planned: number, first day, last day (None: active)."""

    nr: int
    uuid: UUID
    fra: date
    til: date | None


def plan(r: Ramme, rnd: Random, stoerrelse: Stoerrelse) -> list[Bruger]:
    """Active users first, then those who have left."""
    brugere = []
    for nr in range(int(stoerrelse.brugere * (1 + stoerrelse.inaktive))):
        fra = byg.dag(rnd, 2007, 2022)
        til = None if nr < stoerrelse.brugere else fra + timedelta(days=rnd.randrange(30, 700))
        brugere.append(Bruger(nr, r.uuid("bruger", nr), fra, til))
    return brugere


def brugere(r: Ramme, rnd: Random, stoerrelse: Stoerrelse, planlagt: list[Bruger]) -> Iterator[Post]:
    """Every user, each after the person and the addresses that stand behind it."""
    for bruger in planlagt:
        fornavn, efternavn = byg.vaelg(rnd, navne.FORNAVNE), byg.vaelg(rnd, navne.EFTERNAVNE)
        login = f"{navne.ascii_del(fornavn)[:2]}{navne.ascii_del(efternavn)[:2]}{bruger.nr:05}"
        i_brug = byg.periode(bruger.fra, bruger.til)
        relationer: list[Relation] = []
        for post, relation in _adresser(r, rnd, bruger, login, stoerrelse.adresser_pr_bruger):
            yield post
            relationer.append(relation)
        art = EKSTERN_BRUGER if bruger.nr % 25 == 24 else INTERN_BRUGER
        relationer.append(byg.peger(r, "BrugerTyper", art, byg.periode(bruger.fra)))
        # An ended user whose Tilhoerer has ended drops out of the export (domain.md 7): half of them.
        relationer.append(byg.tilhoerer(r, i_brug if bruger.nr % 2 else byg.periode(bruger.fra)))
        if rnd.random() < 0.97:
            person = _person(r, rnd, bruger, fornavn, efternavn)
            yield person
            relationer.append(byg.peger(r, "TilknyttedePersoner", person[1], i_brug))
        felter = byg.egenskab(r, byg.periode(bruger.fra), brugervendtnoegle=login, brugernavn=login)
        registreret = byg.registrering(
            r, byg.registreringstid(rnd), (felter,), byg.gyldig_til(r, bruger.fra, bruger.til), relationer
        )
        yield Objekttype.BRUGER, bruger.uuid, (registreret,)


def _person(r: Ramme, rnd: Random, bruger: Bruger, fornavn: str, efternavn: str) -> Post:
    uuid = r.uuid("person", bruger.nr)
    cpr = byg.cpr(rnd) if rnd.random() < 0.9 else None
    post = byg.person(r, uuid, byg.registreringstid(rnd), bruger.fra, f"{fornavn} {efternavn}", cpr)
    if rnd.random() < 0.08:
        foer = {"navn": f"{fornavn} {byg.vaelg(rnd, navne.EFTERNAVNE)}"}
        return byg.omdoebt(post, foer, byg.dag(rnd, 2023, 2024), byg.registreringstid(rnd))
    return post


def _adresser(r: Ramme, rnd: Random, bruger: Bruger, login: str, antal: float) -> list[tuple[Post, Relation]]:
    """E-mail, phone and room; now and then an ended phone that stays in the list. A user who left has none."""
    if bruger.til is not None:
        return []
    mulige: list[tuple[UUID, str, date | None]] = [
        (BRUGER_EMAIL, f"{login}@korsbaek.example", None),
        (BRUGER_TELEFON, f"+45 {rnd.randrange(10**7, 10**8)}", None),
        (BRUGER_LOKATION, f"Lokale {rnd.randrange(1, 500)}, {byg.vaelg(rnd, navne.VEJE)}", None),
    ]
    del mulige[int(antal + rnd.random()) :]
    if rnd.random() < 0.05:
        mulige.append((BRUGER_TELEFON, f"+45 {rnd.randrange(10**7, 10**8)}", date(2024, 1, 1)))
    posts = []
    for plads, (rolle, text, til) in enumerate(mulige):
        uuid = r.uuid("adresse", "b", bruger.nr, plads)
        relation = byg.brugeradresse(r, uuid, rolle, byg.periode(bruger.fra, til), indeks=str(uuid))
        posts.append((byg.tekst(r, uuid, byg.registreringstid(rnd), bruger.fra, text), relation))
    return posts
