"""Hypothesis strategies for the frozen data of FK Organisation: any object of any type that the schema can carry."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from fkorg.catalogue import KATALOG, Felt, Form, Objekttype, Relationstype
from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Gyldighed,
    Livscyklus,
    Oejebliksbillede,
    Reference,
    Registrering,
    Relation,
    Tilstand,
)
from fkorg.tid import ALTID_NS, UENDELIG_NS, from_datetime
from fkorg.virkning import Virkning

tekster = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=50)
noter = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=100)
uuider = st.uuids()
momenter = st.integers(from_datetime(datetime(1800, 1, 1, tzinfo=UTC)), from_datetime(datetime(9990, 1, 1, tzinfo=UTC)))
referencer = st.one_of(
    uuider.map(lambda uuid: Reference(str(uuid))),
    st.from_regex(r"urn:oio:[a-z]{1,10}:[0-9]{1,10}", fullmatch=True).map(Reference),
)
med_label = st.builds(Reference, uuider.map(str), st.none() | tekster)
aktoertyper = st.sampled_from(["Organisation", "OrganisationEnhed", "Bruger"])
ansvar = st.none() | st.builds(Ansvar, referencer, st.none() | aktoertyper, st.none() | noter)


@st.composite
def virkninger(draw: st.DrawFn) -> Virkning:
    fra = draw(st.just(ALTID_NS) | momenter)
    til = draw(st.just(UENDELIG_NS) | momenter)
    return Virkning(min(fra, til), max(fra, til))


def _felt(felt: Felt) -> st.SearchStrategy[str | tuple[str, ...]]:
    if felt.moenster is not None:
        return st.from_regex(felt.moenster.replace("|", r"\Z|"), fullmatch=True)
    if felt.flere:
        return st.lists(tekster, min_size=1, max_size=3).map(tuple)
    return tekster


@st.composite
def egenskaber(draw: st.DrawFn, objekttype: Objekttype) -> Egenskab:
    felter = {felt.navn: _felt(felt) for felt in KATALOG[objekttype].felter}
    return Egenskab(draw(virkninger()), draw(st.fixed_dictionaries({}, optional=felter)), draw(ansvar))


@st.composite
def _entries(draw: st.DrawFn, relationstype: Relationstype) -> list[Relation]:
    dynamisk = relationstype.form is Form.DYNAMISK
    ingen = st.none()
    entry = st.builds(
        Relation,
        st.just(relationstype.navn),
        virkninger(),
        referencer,
        med_label if dynamisk else ingen,
        med_label if dynamisk else ingen,
        tekster if dynamisk else ingen,
        ansvar,
    )
    return draw(st.lists(entry, max_size=2 if relationstype.flere else 1))


@st.composite
def registreringer(draw: st.DrawFn, objekttype: Objekttype) -> Registrering:
    beskrivelse = KATALOG[objekttype]
    relationer = [entry for relation in beskrivelse.relationer for entry in draw(_entries(relation))]
    tilstand = st.builds(Tilstand, virkninger(), st.sampled_from(Gyldighed), ansvar)
    return Registrering(
        tidspunkt_ns=draw(st.integers(1, 2**63 - 1)),
        livscyklus=draw(st.sampled_from(Livscyklus)),
        egenskaber=tuple(draw(st.lists(egenskaber(objekttype), max_size=3))),
        tilstande=tuple(draw(st.lists(tilstand, max_size=3))) if beskrivelse.er_aktoer else (),
        relationer=tuple(relationer),
        bruger=draw(st.none() | referencer),
        note=draw(st.none() | noter),
    )


@st.composite
def oejebliksbilleder(draw: st.DrawFn) -> tuple[Objekttype, Oejebliksbillede]:
    objekttype = draw(st.sampled_from(Objekttype))
    registrerede = tuple(draw(st.lists(registreringer(objekttype), max_size=2)))
    return objekttype, Oejebliksbillede(draw(uuider), registrerede)
