"""Small invented municipalities as rows, with all the dirt of domain.md 11: the ground that properties are tested on.

A world is made from a seed alone. It holds two municipalities with same-looking data and some shared uuids in one
database, rows that have ended, are planned, or were recorded otherwise before. Knows no projection: it may hold what no
projection makes today, as long as the tables allow it.
"""

import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from graph.arguments import skriv_cursor
from model import tables
from tests import builders
from tests.builders import Kommune, Row
from tests.graph.chance import (
    BRUGERROLLER,
    ENHEDSROLLER,
    FUNKTIONSTYPER,
    GRAENSER,
    KLE,
    NOW,
    REGISTRERINGER,
    UKENDTE,
    Chance,
)


@dataclass
class World:
    """The rows, and what a document may ask about: uuids by kind, strange ones among them, the usual ones often."""

    seed: int
    here: Kommune
    there: Kommune
    rows: list[Row]
    uuids: dict[str, list[str]] = field(default_factory=dict)


def a_world(seed: int, enheder: int | None = None) -> World:
    """The world of that seed. Equal seeds give equal worlds."""
    rng = random.Random(seed)
    here, there = Kommune(f"{seed * 2 + 1:08}"), Kommune(f"{seed * 2 + 2:08}")
    klasser = _klasser(seed)
    kle = [k["uuid"] for k in klasser]
    world = World(seed, here, there, [*klasser, *builders.kendte_klasser()])
    shared = _Maker(rng, here, klasser=kle).fill(world, enheder or rng.randint(10, 60))
    world.uuids = {kind: found * 4 for kind, found in world.uuids.items()}
    _Maker(rng, there, shared, klasser=kle).fill(world, rng.randint(3, 10))
    for kind, found in world.uuids.items():
        world.uuids[kind] = [*found, UKENDTE[5]]
    world.uuids |= {"cvr": [here.cvr], "andet_cvr": [there.cvr]}
    world.uuids["funktionstype"] = [*{row["funktionstype"] for row in world.rows if row.tabel is tables.funktion}]
    world.uuids["funktionstype"].sort()
    places = [r for r in world.rows if "sortering" in r.values]
    world.uuids["cursor"] = [skriv_cursor(r["sortering"], UUID(r["uuid"])) for r in places]
    return world


def _klasser(seed: int) -> list[Row]:
    by = Kommune(f"KLE{seed}")
    return [
        builders.en_klasse(by.en_uuid(nummer), titel, nummer, facet=str(klassifikation.KLE_FACET))
        for nummer, titel in KLE.items()
    ]


@dataclass
class _Maker(Chance):
    """Makes one municipality's rows."""

    klasser: list[str] = field(default_factory=list)

    def fill(self, world: World, enheder: int) -> dict[str, list[str]]:
        self.organisation()
        self.enheder(enheder)
        self.personer(enheder)
        self.brugere(enheder * 2)
        self.systemer(4)
        self.medlemskaber(enheder * 3)
        self.funktioner(enheder)
        self.relationer()
        self.andre()
        self.soegetekster()
        world.rows += [row for rows in self.made.values() for row in rows]
        for kind, rows in self.made.items():
            world.uuids.setdefault(kind, []).extend(row["uuid"] for row in rows if row.values.get("uuid"))
        return {kind: [row["uuid"] for row in rows[:3]] for kind, rows in self.made.items() if "uuid" in rows[0].values}

    # ---- the objects -------------------------------------------------------------------------------------------

    def organisation(self) -> None:
        first, *rest = self.by.rows()
        self.made["anvenderkontekst"] = [first]
        for row in rest:
            if row.tabel is tables.virksomhed and self.chance(0.2):
                row = row.but(cvr_nummer=None)
            if row.tabel is tables.organisation and self.chance(0.2):
                row = row.but(organisationsnavn=None, myndighed=None)
            if row.tabel is not tables.enhed_sti:
                self.made.setdefault(row.tabel.name, []).append(row)

    def enheder(self, count: int) -> None:
        for _ in range(count - 1):
            self.add("organisation_enhed", self.en_enhed(), self.reorganised)
        made = self.made["organisation_enhed"]
        if count > 5 and self.chance(0.5):  # a circle, outside the tree as it must be
            a, b = self.en_enhed(), self.en_enhed()
            made += [a.but(overordnet=b["uuid"]), b.but(overordnet=a["uuid"])]
        if self.chance(0.3):
            alone = self.en_enhed()
            made.append(alone.but(overordnet=alone["uuid"]))
        if self.chance(0.3):  # it is the root all the same
            made[0] = made[0].but(overordnet=self.rng.choice((made[0]["uuid"], self.some("organisation_enhed"))))
        if self.chance(0.4):
            self.former_root()

    def former_root(self) -> None:
        """The organisation had another root before, or will have, or was recorded so."""
        made = self.made["organisation"]
        now, other = made.pop(), self.some("organisation_enhed", 0.1)
        match self.rng.randrange(4):
            case 0:
                made += [now.but(overordnet=other, virkning_til=GRAENSER[1]), now.but(virkning_fra=GRAENSER[1])]
            case 1:
                made += [now.but(virkning_til=GRAENSER[3]), now.but(overordnet=other, virkning_fra=GRAENSER[3])]
            case 2:
                first, then = REGISTRERINGER[:2]
                made += [now.but(overordnet=other, registreret_fra=first, registreret_til=then)]
                made += [now.but(registreret_fra=then)]
            case 3:  # nobody knows that there was an organisation
                made += [now.but(virkning_fra=GRAENSER[1])]

    def en_enhed(self) -> Row:
        values = self.navn("enhedsnavn") | self.parent() | self.status()
        values |= {"uuid": self.uuid("organisation_enhed"), "tilhoerer": self.tilhoerer()}
        enhedstype = self.rng.choice((None, str(klassifikation.AFDELING), UKENDTE[1]))
        return builders.en_enhed(self.by, **values, enhedstype=enhedstype)

    def parent(self) -> dict[str, Any]:
        """A unit made before mostly, the root often; none, or one that is not there."""
        if self.chance(0.3):
            return {"overordnet": str(self.by.rod)}
        return {"overordnet": None if self.chance(0.02) else self.some("organisation_enhed", 0.02)}

    def reorganised(self) -> dict[str, Any]:
        return self.navn("enhedsnavn") | (self.parent() if self.chance(0.3) else {})

    def personer(self, count: int) -> None:
        for _ in range(count):
            cpr = self.rng.choice((None, "0102031234", f"{self.rng.randrange(10**10):010}"))
            person = builders.en_person(self.by, self.tekst(), uuid=self.uuid("person"), cpr=cpr)
            self.add("person", person.but(brugervendt_noegle=self.tekst(0.5)), lambda: {"navn": self.tekst()})

    def brugere(self, count: int) -> None:
        typer = (None, str(klassifikation.INTERN_BRUGER), str(klassifikation.NON_PERSON_BRUGER), UKENDTE[2])
        for number in range(count):
            values = self.navn("brugernavn") | self.status() | {"tilhoerer": self.tilhoerer()}
            if self.chance(0.5):
                navn = f"{self.rng.choice(('jdoe', 'Åse', 'a_b%', 'axb', 'x'))}{number}"
                values |= {"brugernavn": navn, "sortering": builders.sortering(navn)}
            values |= {"brugertype": self.rng.choice(typer), "person": self.hvem()}
            bruger = builders.en_bruger(self.by, uuid=self.uuid("bruger"), **values)
            self.add("bruger", bruger, lambda: self.status() | {"person": self.hvem()})

    def hvem(self) -> str | None:
        return None if self.chance(0.15) else self.some("person")

    def systemer(self, count: int) -> None:
        for _ in range(count):
            row = builders.et_it_system(self.by, self.tekst(), uuid=self.uuid("it_system"), **self.status())
            self.add("it_system", row.but(brugervendt_noegle=self.tekst(0.3)), lambda: {"it_system_navn": self.tekst()})

    def medlemskaber(self, count: int) -> None:
        for _ in range(count):
            loose = self.rng.choices((1, 3), (9, 1))[0]  # the loose pattern: several users share one function
            uuid, funktionstype = self.uuid("medlemskab"), self.rng.choice(FUNKTIONSTYPER)
            values: dict[str, Any] = {"uuid": uuid, "funktionstype": funktionstype, "titel": self.tekst(0.2)}
            values |= {"brugervendt_noegle": self.tekst(0.5), "enhed": self.some("organisation_enhed")}
            brugere = {None if self.chance(0.08) else self.some("bruger") for _ in range(loose)}
            for bruger in sorted(brugere, key=str):
                start = self.rng.choice((None, "-infinity", *GRAENSER[:2]))
                slut = self.rng.choice((None, "infinity", GRAENSER[3]))
                row = builders.et_medlemskab(self.by, bruger, values["enhed"], start=start, slut=slut)
                self.add("medlemskab", row.but(**values, **self.period()), None)

    def funktioner(self, count: int) -> None:
        """Functions of every type, memberships' own among them; some with no unit, some with two."""
        typer = (
            klassifikation.HENVENDELSESSTED,
            klassifikation.UDBETALENDE_ENHED,
            klassifikation.SYSTEMROLLE,
            UKENDTE[3],
        )
        for _ in range(count):
            values = self.navn("funktionsnavn") | self.status() | {"tilhoerer": self.tilhoerer()}
            values |= {"uuid": self.uuid("funktion"), "funktionstype": str(self.rng.choice(typer))}
            self.add("funktion", builders.en_funktion(self.by, **values), lambda: self.navn("funktionsnavn"))
        for row in list(self.made.get("medlemskab", ()))[: count // 2]:
            funktion = builders.en_funktion(self.by, row["titel"], uuid=row["uuid"], funktionstype=row["funktionstype"])
            if row["uuid"] not in {f["uuid"] for f in self.made["funktion"]}:
                self.made["funktion"].append(funktion)
                self.tilknyt(funktion, "TilknyttedeEnheder", row["enhed"])
                if row["bruger"] is not None:
                    self.tilknyt(funktion, "TilknyttedeBrugere", row["bruger"])

    # ---- relations and the rest ----------------------------------------------------------------------------------

    def tilknyt(self, ejer: Row, relation: str, maal: str) -> None:
        row = builders.en_tilknytning(self.by, ejer, relation, maal)
        self.made.setdefault("tilknytning", []).append(row.but(**self.period()))

    def relationer(self) -> None:
        for funktion in _first(self.made["funktion"]):
            for _ in range(self.rng.choices((0, 1, 2), (1, 6, 1))[0]):
                self.tilknyt(funktion, "TilknyttedeEnheder", self.some("organisation_enhed"))
            if funktion["funktionstype"] == str(klassifikation.SYSTEMROLLE):
                self.tilknyt(funktion, "TilknyttedeItSystemer", self.some("it_system"))
            self.opgaver(funktion, 2)
            self.adresser(funktion, 1, ENHEDSROLLER)
        for enhed in _first(self.made["organisation_enhed"]):
            for relation, kind in (("TilknyttedeFunktioner", "funktion"), ("TilknyttedeItSystemer", "it_system")):
                for _ in range(self.rng.randint(0, 2)):
                    self.tilknyt(enhed, relation, self.some(kind))
            self.opgaver(enhed, 3)
            self.adresser(enhed, 3, ENHEDSROLLER)
        for bruger in _first(self.made["bruger"]):
            self.adresser(bruger, 3, BRUGERROLLER)

    def opgaver(self, ejer: Row, most: int) -> None:
        for number in range(self.rng.randint(0, most)):
            klasse = self.rng.choice((*self.klasser, UKENDTE[3]))
            row = builders.en_opgave(self.by, ejer, klasse)
            if row["rolle"] is not None:
                row = row.but(indeks=str(number), rolle=self.rng.choice((row["rolle"], UKENDTE[0])))
            self.made.setdefault("opgave", []).append(row.but(**self.period()))

    def adresser(self, ejer: Row, most: int, roller: tuple[str, ...]) -> None:
        """New addresses, addresses that others use, the same one twice, and addresses that are not there."""
        for number in range(self.rng.randint(0, most)):
            if self.chance(0.7) or not self.made.get("adresse"):
                tekst = self.rng.choice((self.tekst(), f"{self.rng.choice(('a', 'Å'))}{number}@korsbaek.dk"))
                row = builders.en_adresse(self.by, tekst, uuid=self.uuid("adresse"))
                self.add("adresse", row.but(brugervendt_noegle=self.tekst(0.5)), lambda: {"adressetekst": self.tekst()})
            relation = builders.en_adressering(
                self.by, ejer, self.some("adresse"), rolle=self.rng.choice(roller), indeks=self.rng.choice("12å")
            )
            self.made.setdefault("adressering", []).append(relation.but(**self.period()))

    def andre(self) -> None:
        faellesskab = builders.row(
            tables.interessefaellesskab, self.by, navn=self.tekst(), type=self.tekst(0.5), **self.status()
        )
        self.made["interessefaellesskab"] = [faellesskab]
        for tabel, objekttype in OBJEKTER.items():
            for row in _first(self.made.get(tabel, ())):
                found = builders.et_objekt(self.by, objekttype, row["uuid"], reg_ns=row["registreret_fra"])
                livscyklus = self.rng.choice(("IMPORTERET", "OPSTAAET"))
                verificeret = self.rng.choice((None, "2026-03-02T11:59:59.5+00:00"))
                self.registreringer(objekttype, row)
                self.made.setdefault("objekt", []).append(found.but(livscyklus=livscyklus, verificeret_at=verificeret))
                if self.chance(0.1):
                    values = {"objekttype": objekttype, "uuid": row["uuid"], "want_ns": 0, "gen": 1, "attempts": 0}
                    values |= {"aarsag": "BESKED", "due_at": NOW, "first_marked_at": NOW}
                    self.made.setdefault("dirty", []).append(builders.row(tables.dirty, self.by, **values))

    def registreringer(self, objekttype: Objekttype, row: Row) -> None:
        """What was recorded of the object, now and then; of persons with name and CPR number."""
        if self.chance(0.5):
            return
        for number in range(self.rng.randint(1, 3)):
            felter = {
                name: row.values.get(name) for name in ("brugervendt_noegle", "navn", "cpr") if row.values.get(name)
            }
            content = {"egenskaber": [{"fra": None, "til": None, "felter": felter}] * self.rng.randint(0, 2)}
            values = {"objekttype": objekttype, "uuid": row["uuid"], "content": content, "content_hash": "\\x00"}
            values |= {"rewind": self.rng.choice((0, 0, 1)), "reg_ns": self.rng.choice(REGISTRERINGER), "tie": number}
            values |= {"bruger": self.rng.choice((None, row["uuid"], "urn:oio:mads")), "note": self.tekst(0.5)}
            values |= {"kilde": self.rng.choice(("BESKED", "BOOTSTRAP", "FRAVAER")), "hentet_at": NOW}
            made = builders.row(tables.registrering, self.by, livscyklus="IMPORTERET", **values)
            self.made.setdefault("registrering", []).append(made)

    def soegetekster(self) -> None:
        """What a search looks in: texts of objects, some of them of objects that are not there now."""
        for tabel, (objekttype, kolonner) in SOEGES.items():
            for row in _first(self.made.get(tabel, ())):
                for kolonne in kolonner:
                    if row[kolonne] is not None and self.chance(0.9):
                        values = {"objekttype": objekttype, "uuid": row["uuid"], "felt": kolonne}
                        ord_ = " " + row[kolonne].casefold()
                        made = builders.row(tables.soegetekst, self.by, **values, ord=ord_)
                        self.made.setdefault("soegetekst", []).append(made)


SOEGES = {
    "organisation_enhed": (Objekttype.ORGANISATION_ENHED, ("enhedsnavn", "brugervendt_noegle")),
    "bruger": (Objekttype.BRUGER, ("brugernavn", "brugervendt_noegle")),
    "person": (Objekttype.PERSON, ("navn",)),
    "adresse": (Objekttype.ADRESSE, ("adressetekst",)),
}
"""Which columns a search looks in."""
OBJEKTER = {
    "organisation": Objekttype.ORGANISATION,
    "organisation_enhed": Objekttype.ORGANISATION_ENHED,
    "funktion": Objekttype.ORGANISATION_FUNKTION,
    "bruger": Objekttype.BRUGER,
    "person": Objekttype.PERSON,
    "adresse": Objekttype.ADRESSE,
    "virksomhed": Objekttype.VIRKSOMHED,
    "myndighed": Objekttype.MYNDIGHED,
    "it_system": Objekttype.IT_SYSTEM,
    "interessefaellesskab": Objekttype.INTERESSEFAELLESSKAB,
}
"""Which table holds the objects of which type."""


def _first(rows: Any) -> list[Row]:
    """One row per object."""
    return list({row["uuid"]: row for row in reversed(list(rows))}.values())[::-1]
