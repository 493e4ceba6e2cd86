"""Cards: what is read from them is, byte for byte, what the tables say, whatever happens to the objects in them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Gyldighed, Livscyklus, Registrering, Relation
from fkorg.virkning import ALTID, Virkning
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from model import leader, snapshot
from model.leader import Leder
from model.lease import Lease
from model.pool import SENEST, Pool, to_time
from model.projection import apply, kort, ur
from model.projection.apply import Post
from model.projection.kort import Beroert, Vandring
from tests import registreringer as r
from tests.graph.fixture import ALT, CORE, Husker
from tests.registreringer import fra, uuid

ENHED, BRUGER, PERSON = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.PERSON
ADRESSE, FUNKTION = Objekttype.ADRESSE, Objekttype.ORGANISATION_FUNKTION
NAVNE = ("a", "b", "c", "d")
ENHEDER, BRUGERE, PERSONER, ADRESSER, FUNKTIONER = (
    [uuid(f"{art}-{navn}") for navn in NAVNE] for art in ("enhed", "bruger", "person", "adresse", "funktion")
)
PERSON_FELTER = "person { uuid navn }"
ADRESSE_FELTER = "adresser { uuid adresseTekst klassifikation { rolle } }"
MEDLEMSKAB_FELTER = "harMedlemskab { uuid funktionsTypeUuid medlemAf { enhedsnavn } }"
MEDLEMMER = "medlemskaber {{ uuid bruger {{ {} }} }}"
LEDER_FELTER = "ledere { bruger { uuid brugernavn } }"
BRUGERES = "query ($uuid: [UUID!]!) {{ bruger(uuid: $uuid) {{ {} }} }}"
ENHEDERS = "query ($uuid: [UUID!]!) {{ organisationEnhed(uuid: $uuid) {{ {} }} }}"
BRUGERS = [
    f"uuid {PERSON_FELTER} {ADRESSE_FELTER}",
    "andre: adresser { uuid adresseTekst klassifikation { rolle __typename } __typename }",
    "adresser { uuid adresseTekst klassifikation { rolle __typename } }",
    "person { uuid navn __typename }",
    f"{ADRESSE_FELTER} mennesket: {PERSON_FELTER} __typename brugernavn {PERSON_FELTER}",
    f"{PERSON_FELTER} {MEDLEMSKAB_FELTER}",
    "harMedlemskab { uuid funktionsTypeUuid medlemAf { enhedsnavn __typename } __typename } __typename",
]
ENHEDS = [
    LEDER_FELTER,
    "ledere { bruger { uuid brugernavn __typename } __typename }",
    "ledere { bruger { brugernavn } } medlemskaber { bruger { person { uuid navn } } }",
    MEDLEMMER.format(f"{ADRESSE_FELTER} brugernavn {MEDLEMSKAB_FELTER} {PERSON_FELTER}"),
    MEDLEMMER.format(f"id: uuid navn: brugernavn {PERSON_FELTER.replace('}', '__typename }')} __typename"),
]
DOKUMENTER = [(BRUGERES.format(valg), BRUGERE) for valg in BRUGERS]
DOKUMENTER += [(ENHEDERS.format(valg), ENHEDER) for valg in ENHEDS]
SKRIDT = 60


@dataclass
class Stue:
    """A municipality that changes, and two engines that answer about it: with cards, and without."""

    pool: Pool
    leder: Leder
    med: Udfoerer
    uden: Udfoerer
    now: datetime = field(default=datetime(2026, 6, 1, 12, tzinfo=UTC))
    rettigheder: frozenset[Ret] = ALT
    gange: int = 0

    async def skriv(self, *poster: tuple[Objekttype, UUID, Registrering | None], mange: bool = False) -> None:
        """As applied by ingest."""
        async with self.pool.transaction() as tx:
            kontekst = await apply.kontekst_af(tx, r.KOMMUNE)
            posts = [Post(*post, "BESKED", tilbage=True) for post in poster]
            await apply.anvend(tx, self.leder, kontekst, posts, self.now, mange=mange)

    async def kalender(self) -> None:
        async with self.pool.transaction() as tx:
            await ur.lad_gaa(tx, self.leder, await apply.kontekst_af(tx, r.KOMMUNE), self.now, 500)

    async def fyld(self) -> None:
        """What is missing."""
        vandring, flere = Vandring(self.leder, antal=3), True
        while flere:
            async with self.pool.transaction() as tx:
                flere = await vandring.videre(tx, self.now) is not None

    async def spoerg(self, motor: Udfoerer, document: str, uuids: list[UUID]) -> Svar:
        principal = Principal("test", r.CVR, r.KOMMUNE, self.rettigheder, self.now)
        spoergsmaal = Spoergsmaal(document, None, {"uuid": [str(one) for one in uuids]})
        return await motor.besvar(spoergsmaal, principal, self.now)

    async def ens(self) -> None:
        """Both say the same, of everything."""
        for document, uuids in DOKUMENTER:
            fra_kort, fra_tabeller = [await self.spoerg(m, document, uuids) for m in (self.med, self.uden)]
            assert (fra_kort.data, fra_kort.errors) == (fra_tabeller.data, fra_tabeller.errors), document
            med, uden = [m.opslag.hentet() for m in (self.med, self.uden) if isinstance(m.opslag, Husker)]
            assert med == uden, document

    async def holdte(self) -> int:
        """How many cards hold, with something in each column."""
        found: int = await self.pool.fetchval(
            "select (select count(*) from bruger_kort where $1 between gaelder_fra and gaelder_til"
            "   and num_nulls(person, adresser, brugernavn, medlemskaber) = 0)"
            " + (select count(*) from enhed_kort where $1 between gaelder_fra and gaelder_til"
            "   and num_nulls(ledere, ledernavne) = 0)",
            self.now,
        )
        return found


@pytest.fixture
async def stue(dsn: str) -> AsyncIterator[Stue]:
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await Pool.open(dsn, size=3))
        lease = await stack.enter_async_context(Lease(dsn, size=1))
        async with pool.transaction() as tx:
            await snapshot.set_kontekst(tx, r.CVR, r.KOMMUNE, r.ROD)
        leder = await leader.take(pool, r.KOMMUNE, "test", seen_epoch=None)
        assert leder is not None
        async with pool.transaction() as tx:
            await kort.overtag(tx, leder)
        med, uden = (
            Udfoerer(Dokumenter(CORE), lease, lambda principal, now: None, kort=kort_, opslag=Husker())
            for kort_ in (True, False)
        )
        stue = Stue(pool, leder, med, uden)
        await stue.skriv((Objekttype.ORGANISATION, r.KOMMUNE, r.organisation()), (ENHED, r.ROD, r.enhed("rod", None)))
        yield stue


@dataclass
class Tilfaeldig:
    """Objects as chance has them, dirt included. A registration is newer than the one before."""

    rng: Random
    nr: int = 0

    def post(self) -> tuple[Objekttype, UUID, Registrering | None]:
        art = self.rng.choice((ENHED, ENHED, BRUGER, BRUGER, PERSON, ADRESSE, FUNKTION, FUNKTION, FUNKTION, FUNKTION))
        uuids = {ENHED: ENHEDER, BRUGER: BRUGERE, PERSON: PERSONER, ADRESSE: ADRESSER, FUNKTION: FUNKTIONER}[art]
        key = self.rng.choice(uuids)
        if self.rng.random() < 0.05:
            return art, key, None
        self.nr += 1
        return art, key, self.registrering(art)

    def registrering(self, art: Objekttype) -> Registrering:
        tid, navn = self.nr / 1000, self.rng.choice(('Å "ny"', "b\\c", f"n{self.nr}", "x\u2028y"))
        status = self.rng.choice((Gyldighed.AKTIV, Gyldighed.AKTIV, Gyldighed.AKTIV, Gyldighed.INAKTIV, None))
        match art:
            case Objekttype.ORGANISATION_ENHED:
                return self.slettet(r.enhed(navn, r.ROD, tid=tid, status=status, virkning=self.virkning()))
            case Objekttype.BRUGER:
                return self.slettet(r.bruger(navn, *self.brugers(), tid=tid, status=status))
            case Objekttype.PERSON:
                return self.med_navn("navn", tid)
            case Objekttype.ADRESSE:
                return self.med_navn("adressetekst", tid)
        type_ = self.rng.choice((klassifikation.LEDERROLLE, klassifikation.LEDERROLLE, klassifikation.ANSAT_I))
        brugere = self.rng.sample(BRUGERE, self.rng.randint(0, 4))
        enheder = [self.rng.choice(ENHEDER)]
        return self.slettet(
            r.funktion(type_, enheder, brugere, virkning=self.virkning(), tid=tid, status=status, titel=navn)
        )

    def brugers(self) -> list[Relation]:
        personer = [r.til("TilknyttedePersoner", self.rng.choice(PERSONER), self.virkning())]
        roller = (klassifikation.BRUGER_EMAIL, klassifikation.BRUGER_LOKATION)
        adresser = [
            r.adresse_til(self.rng.choice(ADRESSER), self.rng.choice(roller), self.rng.choice("12"), self.virkning())
            for _ in range(self.rng.randint(0, 3))
        ]
        return personer[: self.rng.randint(0, 4)] + adresser

    def virkning(self) -> Virkning:
        start = self.rng.choice((-50, 140, 151, 152, 155))
        return self.rng.choice((ALTID, fra(start), fra(start, start + self.rng.choice((1, 3, 50)))))

    def med_navn(self, felt: str, tid: float) -> Registrering:
        felter = {"brugervendtnoegle": f"n{self.nr}"} | ({felt: f'"{self.nr}" ø'} if self.rng.random() < 0.85 else {})
        return r.reg(felter, tid=tid, status=None, virkning=self.virkning())

    def slettet(self, reg: Registrering) -> Registrering:
        gone = self.rng.random() < 0.07
        return Registrering(reg.tidspunkt_ns, Livscyklus.SLETTET) if gone else reg


@pytest.mark.parametrize("seed", range(8))
async def test_cards_say_what_the_tables_say_after_every_change_and_date(stue: Stue, seed: int) -> None:
    rng = Random(seed)
    tilfaeldig, holdt = Tilfaeldig(rng), 0
    for _ in range(SKRIDT):
        match rng.choice(("skriv", "skriv", "skriv", "mange", "tid", "kalender", "fyld", "epoke")):
            case "skriv" | "mange" as hvordan:
                poster = {post[:2]: post for post in (tilfaeldig.post() for _ in range(4))}
                await stue.skriv(*poster.values(), mange=hvordan == "mange")
            case "tid":
                stue.now += timedelta(hours=rng.choice((1, 13, 36)))
            case "kalender":
                await stue.kalender()
            case "fyld":
                await stue.fyld()
            case "epoke":
                await _afloes(stue, husker=rng.random() < 0.5)
        await stue.ens()
        holdt += await stue.holdte()
    await stue.fyld()
    await stue.ens()
    assert holdt > SKRIDT, "the cards were not what was read"


async def _afloes(stue: Stue, *, husker: bool) -> None:
    """Another leads; one that keeps no cards may have led between and changed something."""
    for keeps in (husker, True):
        leder = await leader.take(stue.pool, r.KOMMUNE, "test", seen_epoch=stue.leder.epoch)
        assert leder is not None
        stue.leder = leder
        if keeps:
            async with stue.pool.transaction() as tx:
                await kort.overtag(tx, leder)
        else:
            await stue.pool.execute("update bruger_kort set person = '{\"navn\":\"before\"}', adresser = '[]',"
                                    " brugernavn = '\"before\"', medlemskaber = '[]'")  # fmt: skip
            await stue.ens()


async def test_of_two_changes_at_once_the_card_tells_both(stue: Stue) -> None:
    bruger, person, adresse = BRUGERE[0], PERSONER[0], ADRESSER[0]
    mail = r.adresse_til(adresse, klassifikation.BRUGER_EMAIL)
    await stue.skriv((PERSON, person, r.person("Før")), (ADRESSE, adresse, r.adresse("før@korsbaek.dk")))
    await stue.skriv((BRUGER, bruger, r.bruger("anna", mail)))

    async with stue.pool.transaction() as tx:
        kontekst = await apply.kontekst_af(tx, r.KOMMUNE)
        post = Post(ADRESSE, adresse, r.adresse("efter@korsbaek.dk", tid=1), "BESKED")
        await apply.anvend(tx, stue.leder, kontekst, [post], stue.now)
        med_person = r.bruger("anna", mail, r.til("TilknyttedePersoner", person), tid=1)
        other = asyncio.create_task(stue.skriv((BRUGER, bruger, med_person)))
        await asyncio.sleep(0.3)
    await other

    await stue.ens()
    (row,) = await stue.pool.fetch("select person, adresser from bruger_kort where uuid = $1", bruger)
    assert "Før" in row["person"]
    assert "efter@korsbaek.dk" in row["adresser"]


@pytest.fixture
async def maerket(stue: Stue) -> Stue:
    """One user and one unit whose cards tell that they are cards: whoever reads them gives himself away."""
    await stue.skriv(
        (ENHED, ENHEDER[0], r.enhed("Børn")),
        (PERSON, PERSONER[0], r.person("Anna")),
        (ADRESSE, ADRESSER[0], r.adresse("anna@korsbaek.dk")),
        (
            BRUGER,
            BRUGERE[0],
            r.bruger(
                "anna",
                r.adresse_til(ADRESSER[0], klassifikation.BRUGER_EMAIL),
                r.til("TilknyttedePersoner", PERSONER[0]),
            ),
        ),
        (FUNKTION, FUNKTIONER[0], r.funktion(klassifikation.LEDERROLLE, [ENHEDER[0]], [BRUGERE[0]])),
    )
    await stue.pool.execute("update bruger_kort set person = replace(person, 'Anna', 'KORT'),"
                            " adresser = replace(adresser, 'anna', 'KORT'), brugernavn = '\"KORT\"',"
                            " medlemskaber = replace(medlemskaber, 'Børn', 'KORT')")  # fmt: skip
    await stue.pool.execute("update enhed_kort set ledere = replace(ledere, 'anna', 'KORT'),"
                            " ledernavne = replace(ledernavne, 'anna', 'KORT')")  # fmt: skip
    return stue


FRA_KORT = [
    BRUGERES.format(PERSON_FELTER),
    BRUGERES.format("mennesket: person { uuid navn __typename }"),
    BRUGERES.format(ADRESSE_FELTER),
    BRUGERES.format("adresser { uuid adresseTekst klassifikation { rolle __typename } __typename }"),
    BRUGERES.format("adresser(rolle: null) { uuid adresseTekst klassifikation { rolle } }"),
    ENHEDERS.format(LEDER_FELTER),
    ENHEDERS.format("ledere { bruger { brugernavn } }"),
    BRUGERES.format(MEDLEMSKAB_FELTER),
    ENHEDERS.format(MEDLEMMER.format(f"brugernavn {ADRESSE_FELTER}")),
    ENHEDERS.format(MEDLEMMER.format(f"id: uuid {PERSON_FELTER} __typename")),
]
FRA_TABELLER = [
    BRUGERES.format("person { navn uuid }"),
    BRUGERES.format("person { uuid kaldenavn: navn }"),
    BRUGERES.format("person { __typename uuid navn }"),
    BRUGERES.format("adresser { uuid adresseTekst klassifikation { rolle type } }"),
    BRUGERES.format("adresser(rolle: []) { uuid adresseTekst klassifikation { rolle } }"),
    ENHEDERS.format("ledere { uuid bruger { uuid brugernavn } }"),
    BRUGERES.format("harMedlemskab { uuid medlemAf { enhedsnavn } }"),
    ENHEDERS.format(MEDLEMMER.format("uuid brugernavn")),
    ENHEDERS.format(MEDLEMMER.format("uuid brugernavn adresser { uuid }")),
    BRUGERES.format(PERSON_FELTER).replace(") {", ') @tidspunkt(registreringstid: "2026-06-01T12:00:00Z") {', 1),
]


@pytest.mark.parametrize(
    ("document", "fra_kort"), [*((d, True) for d in FRA_KORT), *((d, False) for d in FRA_TABELLER)]
)
async def test_what_a_card_holds_is_read_from_it_and_nothing_else(maerket: Stue, document: str, fra_kort: bool) -> None:
    svar = await maerket.spoerg(maerket.med, document, _om(document))
    assert not svar.errors
    assert svar.data is not None
    assert (b"KORT" in svar.data) is fra_kort


@pytest.mark.parametrize("document", [BRUGERES.format(PERSON_FELTER), ENHEDERS.format(MEDLEMMER.format(BRUGERS[0]))])
async def test_without_the_right_no_name_is_read_from_a_card(maerket: Stue, document: str) -> None:
    maerket.rettigheder = frozenset({Ret.LAES})
    svar = await maerket.spoerg(maerket.med, document, _om(document))
    assert svar.data is not None
    assert b'"navn":null' in svar.data
    assert [error["extensions"]["classification"] for error in svar.errors] == ["Unauthorized"]


@pytest.mark.parametrize(
    "sql",
    [
        "update leader set kort2_epoch = null",
        "update leader set epoch = epoch + 1",
        "update bruger_kort set gaelder_til = '2026-06-01T12:00Z'",
        "update bruger_kort set gaelder_fra = '2026-06-01T12:00:01Z'",
        "update bruger_kort set person = null, adresser = null, brugernavn = null, medlemskaber = null",
        "delete from bruger_kort",
    ],
)
async def test_a_card_that_does_not_hold_is_not_read(maerket: Stue, sql: str) -> None:
    await maerket.pool.execute(sql)
    svar = await maerket.spoerg(maerket.med, DOKUMENTER[0][0], BRUGERE[:1])
    assert svar.data is not None
    assert b"KORT" not in svar.data
    assert b"Anna" in svar.data


async def test_a_change_that_no_card_shows_leaves_them_alone(maerket: Stue) -> None:
    egne = r.til("TilknyttedePersoner", PERSONER[0]), r.adresse_til(ADRESSER[0], klassifikation.BRUGER_EMAIL)
    anna = {"brugernavn": "anna", "brugervendtnoegle": "a2"}
    await maerket.skriv(
        (BRUGER, BRUGERE[0], r.reg(anna, egne, tid=1)), (ENHED, ENHEDER[0], r.enhed("Børn", ENHEDER[1], tid=1))
    )
    assert await _marked(maerket) == {"person", "adresser", "brugernavn", "medlemskaber", "ledere", "ledernavne"}


async def test_a_change_makes_the_cards_anew_that_show_it(maerket: Stue) -> None:
    egne = r.til("TilknyttedePersoner", PERSONER[0]), r.adresse_til(ADRESSER[0], klassifikation.BRUGER_EMAIL)
    await maerket.skriv((ENHED, ENHEDER[0], r.enhed("Unge", tid=1)))
    assert await _marked(maerket) == {"ledere", "ledernavne"}
    assert "Unge" in await maerket.pool.fetchval("select medlemskaber from bruger_kort")

    await maerket.skriv((BRUGER, BRUGERE[0], r.bruger("berta", *egne, tid=1)))
    assert not await _marked(maerket)
    assert await maerket.pool.fetchval("select brugernavn from bruger_kort") == '"berta"'
    assert "berta" in await maerket.pool.fetchval("select ledere from enhed_kort where uuid = $1", ENHEDER[0])

    await maerket.skriv((BRUGER, BRUGERE[0], r.bruger("berta", egne[0], tid=2)))
    assert await maerket.pool.fetchval("select adresser from bruger_kort") == "[]"


async def _marked(maerket: Stue) -> set[str]:
    """The columns of cards that still tell that they are cards."""
    rows = await maerket.pool.fetch(
        "select to_jsonb(k) as j from bruger_kort k union all select to_jsonb(k) from enhed_kort k"
    )
    return {navn for row in rows for navn, tekst in row["j"].items() if "KORT" in str(tekst)}


async def test_a_card_whose_boundary_is_no_more_is_made_anew(maerket: Stue) -> None:
    kort_ = "select gaelder_til from bruger_kort"
    person = r.til("TilknyttedePersoner", PERSONER[0])
    slut = Virkning(r.fra(0).fra_ns, r.fra(400).fra_ns)
    await maerket.skriv((BRUGER, BRUGERE[0], r.reg({"brugernavn": "anna"}, [person], tid=1, virkning=slut)))
    assert await maerket.pool.fetchval(kort_) == to_time(slut.til_ns)

    await maerket.skriv((BRUGER, BRUGERE[0], r.bruger("anna", person, tid=2)))
    assert await maerket.pool.fetchval(kort_) == SENEST
    await maerket.skriv((ENHED, ENHEDER[0], r.enhed("Børn", tid=1, virkning=slut)))
    assert await maerket.pool.fetchval(kort_) == to_time(slut.til_ns)


async def test_another_municipality_has_no_card_here(maerket: Stue) -> None:
    async with maerket.pool.transaction() as tx:
        await kort.opfrisk(tx, uuid("anden"), Beroert(brugere={BRUGERE[0]}), maerket.now)
    assert await maerket.pool.fetchval("select count(*) from bruger_kort") == 1


def _om(document: str) -> list[UUID]:
    return BRUGERE[:1] if "bruger(uuid" in document else ENHEDER[:1]
