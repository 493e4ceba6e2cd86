"""The compiled text: the tenant wall and the time on every table, one text per plan, nothing of the client in it."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from graphql import get_operation_ast, get_variable_values, parse
from sqlalchemy import and_, not_, or_

from graph.arguments import normaliser
from graph.caller import Principal, Ret
from graph.compile import Statement, compile_plan
from graph.compile.place import Bygger
from graph.compile.statement import DIALEKT
from graph.compile.text import tekst
from graph.limits import ForMeget
from graph.plan import Dokument, Plan, Tid
from graph.source import Connection
from model import tables
from tests.graph.documents import Document, a_document
from tests.graph.fixture import CORE, NOW
from tests.graph.worlds import a_world

WORLD = a_world(1)
PRINCIPAL = Principal("test", WORLD.here.cvr, WORLD.here.uuid, frozenset(Ret), NOW)
UDEN_TID = {t.name for t in tables.metadata.tables.values() if "registreret_til" not in t.c}
UDEN_MUR = {"klasse"}
IKKE_SPURGT = {"Query.aendringer", "Query.friskhed", "Query.hvemHarSetMig", "Query.registrering"}


def compiled(
    text: str, variables: dict[str, Any], rettigheder: frozenset[Ret] = frozenset({Ret.SENAVN, Ret.SECPR})
) -> Statement:
    return compile_plan(replace(plan(text, variables), rettigheder=rettigheder))


def plan(text: str, variables: dict[str, Any], operation: str | None = None) -> Plan:
    """The plan of a document for now, for a caller who may see all."""
    document = parse(text)
    node = get_operation_ast(document, operation)
    assert node is not None
    values: Any = get_variable_values(CORE, node.variable_definitions or (), variables)
    trae = Dokument.of(CORE, document, node).trae(values.coerced)
    forme = []
    for valg in trae.steder:
        assert valg.argumenter is not None
        given = dict(valg.argumenter.vaerdier(values))
        if "tekst" in given:
            given["tekst"] = "jdoe"  # other texts may be refused
        forme.append(normaliser(given, isinstance(valg.kilde, Connection), PRINCIPAL)[0])
    return Plan(trae.planlagt, tuple(forme), frozenset({Ret.SENAVN, Ret.SECPR}), Tid.NU)


@cache
def planned(seed: int) -> tuple[Document, Plan]:
    """The random document of that seed and its plan for now: made once for all tests."""
    document = a_document(seed, CORE, WORLD.uuids, IKKE_SPURGT)
    return document, plan(document.text, document.variables, document.operation)


@pytest.mark.parametrize("tid", Tid)
def test_every_table_reference_has_an_alias_of_its_own_the_wall_and_the_time(tid: Tid) -> None:
    seen: set[str] = set()
    for seed in range(50):
        document, found = planned(seed)
        text = compile_plan(replace(found, tid=tid)).tekst
        aliases = re.findall(r" AS (t\d+)\b", text)
        assert len(aliases) == len(set(aliases)), f"each alias is defined once: {document}"
        for tabel, alias in re.findall(r"\b([a-z_]+) AS (t\d+)\b", text):
            seen.add(tabel)
            assert tabel in UDEN_MUR or f"{alias}.organisation = $" in text, f"{tabel} {alias} in {document}"
            if tabel not in UDEN_TID:
                kendt = f"{alias}.registreret_til " + ("> $" if tid is Tid.DENGANG else "= 9223372036854775807")
                assert kendt in text, f"{tabel} {alias} in {document}"
                assert re.search(rf"{alias}\.virkning_til > \$\d+::\S", text), f"{tabel} {alias} in {document}"
                assert f"{alias}.virkning_fra <= $" in text, f"{tabel} {alias} in {document}"

    assert {"bruger", "medlemskab", "adressering", "tilknytning", "objekt", "organisation"} <= seen
    assert ("enhed_sti" in seen) is (tid is Tid.NU), "what is kept for now is read only now"


def test_a_lookup_by_registration_has_the_wall() -> None:
    text = compiled(
        "query ($u: UUID!) { registrering(objekttype: BRUGER, uuid: $u) { antal edges { node { note } } } }",
        {"u": WORLD.uuids["bruger"][0]},
    ).tekst

    assert text.count("registrering AS t") == text.count(".organisation = $") == 2


def test_the_clock_is_a_parameter() -> None:
    text = compiled(f'{{ brugerListe(cvr: "{WORLD.here.cvr}", status: AKTIV) {{ antal }} }}', {}).tekst

    assert "now()" not in text
    assert "current_" not in text.replace("pg_current_snapshot", "")


def test_equal_plans_give_equal_text_and_values_never_show() -> None:
    query = """query ($u: [UUID!]!, $first: Int, $r: [UUID!]) { bruger(uuid: $u) { adresser(rolle: $r) { uuid } }
        brugerListe(cvr: "%s", status: AKTIV, first: $first, brugerFilter: {brugernavn: "o'*"}) { antal } }"""
    query %= WORLD.here.cvr
    uuids = WORLD.uuids["bruger"]

    one = compiled(query, {"u": uuids[:1], "first": 1, "r": [uuids[0]]})
    other = compiled(query, {"u": uuids[:3], "first": 77, "r": []})
    without = compiled(query, {"u": uuids[:1], "first": 1})

    assert one.tekst == other.tekst
    assert one.vaerdier == other.vaerdier
    assert without.tekst != one.tekst
    assert "o''" not in one.tekst
    assert uuids[0] not in one.tekst


def test_what_a_caller_may_not_see_is_not_even_read() -> None:
    query = "query ($u: [UUID!]!) { person(uuid: $u) { navn cpr } }"

    assert ".cpr" not in compiled(query, {"u": []}, rettigheder=frozenset({Ret.SENAVN})).tekst
    assert ".cpr" in compiled(query, {"u": []}).tekst


@pytest.mark.parametrize("tid", Tid)
def test_the_wall_and_the_time_are_one_condition_wherever_they_stand(tid: Tid) -> None:
    b = Bygger(Plan((), (), frozenset(), tid))
    alias = b.alias(tables.bruger)
    other = alias.c.uuid.is_(None)

    for condition, wanted in (
        (not_(b.gaelder(alias)), r"NOT \(t1\.organisation = [^()]*\)"),
        (or_(b.gaelder(alias), other), r"\(t1\.organisation = [^()]*\) OR t1\.uuid IS NULL"),
        (and_(b.gaelder(alias), other), r"\(t1\.organisation = [^()]*\) AND t1\.uuid IS NULL"),
    ):
        assert re.fullmatch(wanted, str(condition.compile(dialect=DIALEKT)))


def test_a_statement_reads_from_so_many_tables() -> None:
    def ledere(antal: int) -> str:
        return "{ bruger(uuid: []) { " + " ".join(f"a{n}: ledere {{ __typename }}" for n in range(antal)) + " } }"

    assert " AS t193 " in compiled(ledere(12), {}).tekst
    with pytest.raises(ForMeget, match=r"wanted at most 200 tables .*: ask for less at once"):
        compiled(ledere(13), {})


@pytest.mark.parametrize("ondt", ["'", "a'b", "\\"])
def test_text_of_ours_with_a_quote_is_refused(ondt: str) -> None:
    with pytest.raises(ValueError, match="should be ours"):
        tekst(ondt)
