"""Laws of the projection, over any lists of entries: it never overlaps, forgets nothing, and order does not matter."""

from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Egenskab, Gyldighed, Livscyklus, Reference, Registrering, Relation, Tilstand
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import Virkning
from model.projection import Kontekst, project
from model.projection.raekker import HOVEDTABEL, KOLONNER, Row, i_kraft
from tests import registreringer as r

KONTEKST = Kontekst(r.KOMMUNE, r.ROD)
EN = r.uuid("en")
MAAL = [r.uuid(navn) for navn in "abc"]
TYPER = (Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION, Objekttype.PERSON)
moments = st.sampled_from([ALTID_NS, *(r.dag(day) for day in range(6)), r.dag(3) + 500, UENDELIG_NS])
virkninger = st.builds(Virkning, moments, moments)
references = st.sampled_from([None, Reference("urn:x"), *(Reference(str(maal)) for maal in MAAL)])
NAVNE = {
    Objekttype.ORGANISATION_ENHED: ("Overordnet", "Tilhoerer", "Enhedstype", "Adresser", "TilknyttedeFunktioner"),
    Objekttype.BRUGER: ("Tilhoerer", "BrugerTyper", "TilknyttedePersoner", "Adresser"),
    Objekttype.ORGANISATION_FUNKTION: (
        "Funktionstype", "TilknyttedeEnheder", "TilknyttedeBrugere", "TilknyttedeOpgaver",
    ),
    Objekttype.PERSON: (),
}  # fmt: skip


@st.composite
def objects(draw: st.DrawFn) -> tuple[Objekttype, Registrering]:
    objekttype = draw(st.sampled_from(TYPER))
    felter = st.fixed_dictionaries({"brugervendtnoegle": st.sampled_from("xy"), "navn": st.sampled_from("xy")})
    egenskaber = draw(st.lists(st.builds(Egenskab, virkninger, felter), max_size=3))
    tilstande = draw(st.lists(st.builds(Tilstand, virkninger, st.sampled_from(Gyldighed)), max_size=3))
    relationer = []
    if NAVNE[objekttype]:
        entry = st.builds(
            Relation,
            st.sampled_from(NAVNE[objekttype]),
            virkninger,
            references,
            references,
            references,
            st.sampled_from("12"),
        )
        relationer = draw(st.lists(entry, max_size=8))
    if objekttype is Objekttype.ORGANISATION_FUNKTION:
        kind = Reference(str(draw(st.sampled_from([klassifikation.ENHEDSROLLE, MAAL[0]]))))
        relationer.append(Relation("Funktionstype", draw(virkninger), kind))
    if objekttype is Objekttype.PERSON:
        tilstande = []
    return objekttype, Registrering(0, Livscyklus.IMPORTERET, tuple(egenskaber), tuple(tilstande), tuple(relationer))


def tables(objekttype: Objekttype, reg: Registrering) -> dict[str, list[Row]]:
    return project(objekttype, EN, reg, KONTEKST).rows


@given(objects())
def test_rows_of_one_thing_never_overlap_and_touching_ones_differ(made: tuple[Objekttype, Registrering]) -> None:
    found = tables(*made)

    for tabel, keys in ((HOVEDTABEL[made[0]], 2), ("medlemskab", 3)):
        by_key: dict[Row, list[Row]] = {}
        for row in found.get(tabel, ()):
            by_key.setdefault(row[:keys], []).append(row)
        for group in by_key.values():
            for before, after in pairwise(sorted(group, key=lambda row: row[-2])):
                assert before[-1] <= after[-2]
                assert before[-1] < after[-2] or before[:-2] != after[:-2]


@given(objects())
def test_every_row_has_time_in_it(made: tuple[Objekttype, Registrering]) -> None:
    for group in tables(*made).values():
        assert all(row[-2] < row[-1] for row in group)


@given(objects(), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(made: tuple[Objekttype, Registrering], random: object) -> None:
    objekttype, reg = made
    lists = [list(part) for part in (reg.egenskaber, reg.tilstande, reg.relationer)]
    for part in lists:
        random.shuffle(part)  # type: ignore[attr-defined]

    shuffled = Registrering(0, reg.livscyklus, *(tuple(part) for part in lists))

    assert {t: set(rows) for t, rows in tables(objekttype, shuffled).items()} == {
        t: set(rows) for t, rows in tables(objekttype, reg).items()
    }


@settings(max_examples=300)
@given(objects(), st.integers(-1, 6))
def test_at_any_moment_a_row_says_what_the_entries_in_effect_say(
    made: tuple[Objekttype, Registrering], day: int
) -> None:
    objekttype, reg = made
    ns, tabel = r.dag(day) + r.DAG_NS // 2, HOVEDTABEL[objekttype]

    held = i_kraft(tables(objekttype, reg).get(tabel, []), ns)

    sets = [e for e in reg.egenskaber if e.virkning.gaelder(ns)]
    states = [t for t in reg.tilstande if t.virkning.gaelder(ns)]
    if sets or states:
        (row,) = held
        said = dict(zip(KOLONNER[tabel], row, strict=True))
        if sets:
            latest = max(e.virkning.fra_ns for e in sets)
            assert said["brugervendt_noegle"] in {
                e.tekst("brugervendtnoegle") for e in sets if e.virkning.fra_ns == latest
            }
        if states:
            latest = max(t.virkning.fra_ns for t in states)
            assert said["status"] in {t.status for t in states if t.virkning.fra_ns == latest}
    else:
        assert len(held) <= 1


@given(objects(), st.integers(-1, 6))
def test_a_membership_holds_exactly_when_all_its_parts_do(made: tuple[Objekttype, Registrering], day: int) -> None:
    objekttype, reg = made
    if objekttype is not Objekttype.ORGANISATION_FUNKTION:
        return
    ns = r.dag(day) + r.DAG_NS // 2

    held = {row[2] for row in i_kraft(tables(objekttype, reg).get("medlemskab", []), ns)}

    users: set[UUID | None] = set(_maal(reg, "TilknyttedeBrugere", ns))
    kind = _valgt(reg, "Funktionstype", ns)
    state = [t for t in reg.tilstande if t.virkning.gaelder(ns)]
    active = state and max((t.virkning.fra_ns, t.status.value) for t in state)[1] == "AKTIV"
    member = kind == klassifikation.ENHEDSROLLE and active and _maal(reg, "TilknyttedeEnheder", ns)
    assert held == ((users or {None}) if member else set())


def _maal(reg: Registrering, navn: str, ns: int) -> set[UUID]:
    return {
        x.reference.uuid
        for x in reg.relation(navn)
        if x.virkning.gaelder(ns) and x.reference is not None and x.reference.uuid is not None
    }


def _valgt(reg: Registrering, navn: str, ns: int) -> UUID | None:
    entries = [
        (x.virkning.fra_ns, str(x.reference.uuid), x.reference.uuid)
        for x in reg.relation(navn)
        if x.virkning.gaelder(ns) and x.reference is not None and x.reference.uuid is not None
    ]
    return max(entries)[2] if entries else None
