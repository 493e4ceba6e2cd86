"""Laws of read-modify-write, over random registrations with every kind of dirt, whatever `ret` replaces or keeps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fkorg import klassifikation, ret
from fkorg.registrering import Egenskab, Gyldighed, Lister, Reference, Registrering, Relation, Tilstand
from fkorg.ret import Afslut, SaetDynamisk, SaetEnkelt, SaetFelter, SaetTilstand, Skridt, Tilfoej
from fkorg.virkning import Virkning, boundaries
from tests.fkorg.ret_builders import (
    ANDRE,
    NOW,
    OS,
    ROLLE,
    SOR,
    A,
    B,
    C,
    adr,
    efter,
    enhed,
    ns,
    periode,
)

perioder = st.tuples(st.none() | st.integers(1, 20), st.none() | st.integers(1, 20)).map(lambda p: periode(*p))
maal = st.sampled_from([A, B, C])
ansvar = st.sampled_from([ANDRE, None])
tekster = st.sampled_from(["X", "Y", "Z"])
egenskaber = st.builds(
    Egenskab, perioder, st.dictionaries(st.sampled_from(["brugervendtnoegle", "enhedsnavn"]), tekster), ansvar
)
tilstande = st.builds(Tilstand, perioder, st.sampled_from(Gyldighed), ansvar)
almindelige = st.builds(
    lambda hvad, v, m: Relation(hvad, v, Reference(str(m))),
    st.sampled_from(["TilknyttedeBrugere", "TilknyttedeFunktioner"]),
    perioder,
    maal,
)
dynamiske = st.builds(
    lambda v, m, rolle, indeks: replace(adr(m, indeks, rolle=rolle), virkning=v),
    perioder,
    maal,
    st.sampled_from([ROLLE, SOR]),
    st.sampled_from(["1", "2", "3"]),
)
enkelte = st.builds(lambda v, m: [Relation("Overordnet", v, Reference(str(m)))], perioder, maal)
registreringer = st.builds(
    lambda e, t, r, o: enhed(e, t, [*r, *o]),
    st.lists(egenskaber, max_size=4),
    st.lists(tilstande, max_size=4),
    st.lists(almindelige | dynamiske, max_size=6),
    enkelte | st.just([]),
)
dage = st.integers(1, 20).map(ns)
skridt = st.one_of(
    st.builds(
        SaetFelter,
        st.dictionaries(st.sampled_from(["brugervendtnoegle", "enhedsnavn"]), tekster | st.none(), min_size=1),
        dage,
    ),
    st.builds(SaetTilstand, st.sampled_from(Gyldighed), dage),
    st.builds(SaetEnkelt, st.just("Overordnet"), maal, dage),
    st.builds(Tilfoej, st.just("TilknyttedeBrugere"), maal, dage.map(Virkning)),
    st.builds(
        SaetDynamisk,
        st.just("Adresser"),
        maal,
        st.just(ROLLE),
        st.just(klassifikation.ENHEDSADRESSE),
        dage.map(Virkning),
        st.none() | st.sampled_from(["1", "2", "9"]),
    ),
    st.builds(Afslut, st.sampled_from(["TilknyttedeBrugere", "Adresser", "Overordnet"]), dage, st.none() | maal),
)


def moments(*all_: Registrering) -> list[int]:
    found = boundaries(e.virkning for r in all_ for e in (*r.egenskaber, *r.tilstande, *r.relationer))
    return sorted({*found, NOW, *(n + 1 for n in found), *(ns(day) for day in range(1, 21))})


def felter(registrering: Registrering, moment: int) -> dict[str, object]:
    found = ret.gaeldende(registrering.egenskaber, moment)
    return dict(found.felter) if found else {}


def tilstand(registrering: Registrering, moment: int) -> str | None:
    as_sets = [Egenskab(t.virkning, {"status": t.status.value}) for t in registrering.tilstande]
    found = ret.gaeldende(as_sets, moment)
    return found.tekst("status") if found else None


def peger(registrering: Registrering, hvad: str, moment: int) -> set[tuple[str, str | None]]:
    return {
        (r.reference.id, r.rolle.id if r.rolle else None)
        for r in registrering.relation(hvad)
        if r.reference and r.virkning.gaelder(moment)
    }


def merged(registrering: Registrering, lister: Lister | None) -> Registrering:
    """What the source holds when `ret` keeps what is left out: entries of another key stay."""

    def key(relation: Relation) -> tuple[object, ...]:
        if relation.navn == "Overordnet":
            return (relation.navn,)
        return (relation.navn, relation.reference, relation.rolle, relation.indeks, relation.virkning.fra_ns)

    after = efter(registrering, lister)
    sent = {key(r) for r in after.relationer}
    return replace(after, relationer=(*after.relationer, *(r for r in registrering.relationer if key(r) not in sent)))


@given(registreringer, st.lists(skridt, min_size=1, max_size=3))
def test_the_same_wish_twice_changes_nothing_the_second_time(before: Registrering, steps: list[Skridt]) -> None:
    after = efter(before, ret.ret(before, steps[:1], NOW, OS))

    assert ret.ret(after, steps[:1], NOW, OS) is None


@given(registreringer, skridt)
def test_what_was_wanted_is_in_effect_now_when_it_is_to_begin_by_now(before: Registrering, step: Skridt) -> None:
    for after in (efter(before, found := ret.ret(before, [step], NOW, OS)), merged(before, found)):
        match step:
            case SaetFelter(wanted, fra) if fra <= NOW:
                assert {n: felter(after, NOW).get(n) for n in wanted} == wanted
            case SaetTilstand(value, fra) if fra <= NOW:
                assert tilstand(after, NOW) == value.value
            case SaetEnkelt(hvad, target, fra) if fra <= NOW:
                assert peger(after, hvad, NOW) == {(str(target), None)}
            case Tilfoej(hvad, target, virkning) if virkning.gaelder(NOW):
                assert (str(target), None) in peger(after, hvad, NOW)
            case SaetDynamisk(hvad, target, rolle, _, virkning) if virkning.gaelder(NOW):
                assert (str(target), str(rolle)) in peger(after, hvad, NOW)
            case Afslut(hvad, til, target) if til <= NOW:
                assert not {m for m, _ in peger(after, hvad, NOW) if target is None or m == str(target)}


@given(registreringer, skridt)
def test_what_was_not_meant_is_as_before_at_every_moment(before: Registrering, step: Skridt) -> None:
    after = efter(before, ret.ret(before, [step], NOW, OS))

    for moment in moments(before, after):
        meant = set(step.felter) if isinstance(step, SaetFelter) else set()
        started = isinstance(step, SaetFelter) and moment >= step.fra_ns
        gap = started and ret.gaeldende(before.egenskaber, moment) is None
        if not gap:
            left_out = meant if started else set()
            assert {n: v for n, v in felter(after, moment).items() if n not in left_out} == {
                n: v for n, v in felter(before, moment).items() if n not in left_out
            }
        if not (isinstance(step, SaetTilstand) and moment >= step.fra_ns):
            assert tilstand(after, moment) == tilstand(before, moment)
    others = [r for r in before.relationer if r.navn != getattr(step, "navn", None)]
    assert [r for r in after.relationer if r.navn != getattr(step, "navn", None)] == others


@given(registreringer, skridt)
def test_no_entry_of_a_list_is_left_out_and_no_indeks_used_twice(before: Registrering, step: Skridt) -> None:
    after = efter(before, ret.ret(before, [step], NOW, OS))

    for relation in before.relationer:
        if relation.navn != "Overordnet":
            assert any(
                (r.navn, r.reference, r.rolle, r.type, r.indeks)
                == (relation.navn, relation.reference, relation.rolle, relation.type, relation.indeks)
                for r in after.relationer
            )
    assert len(after.relationer) >= len(before.relationer)
    if isinstance(step, SaetDynamisk):
        for new in after.relationer[len(before.relationer) :]:
            assert new.indeks not in {r.indeks for r in before.relation("Adresser")}
