"""Several municipalities in one database: a caller of one is told the same whether or not the other's rows are there.

Every way to every field, asked for the other's uuids, with its cursors and positions, by its names: the same documents
over two databases, one of them without the other municipality. What is equal then tells nothing of it.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from graphql import GraphQLList, OperationType, get_named_type

from fkorg.catalogue import KATALOG, Objekttype
from graph.answer import Svar
from graph.mutations import skriv
from graph.mutations.forloeb import Maal, Roert
from graph.mutations.skriv import Udfald
from tests.graph.fixture import CORE
from tests.graph.matrix import FREMMED, Faelles, Spurgt, Sted, alle, sted
from tests.graph.test_rettigheder import TABELLER
from tests.graph.veje import uden_stand

pytestmark = pytest.mark.asyncio(loop_scope="module")
CVR: Final = {navn for navn, felt in CORE.query_type.fields.items() if "cvr" in felt.args}  # type: ignore[union-attr]


@dataclass
class Grund:
    """Both municipalities; and the caller's alone, asked with the same uuids. `fremmede`: the other's own, by table."""

    begge: Sted
    alene: Sted
    fremmede: dict[str, list[str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grund(new_dsn: Callable[[], str]) -> AsyncIterator[Grund]:
    async with AsyncExitStack() as stack:
        faelles = Faelles()
        begge = await stack.enter_async_context(sted(new_dsn(), faelles))
        alene = await stack.enter_async_context(sted(new_dsn(), faelles, alene=True))
        fremmede = {
            kind: [uuid for uuid in kendte if uuid not in begge.uuids.get(kind, ())]
            for kind, kendte in begge.fremmede.items()
        }
        for made in (begge, alene):
            made.uuids = {
                kind: [*fremmede.get(kind, ())[:20], *kendte[:20]] for kind, kendte in begge.uuids.items()
            }  # fmt: skip
        yield Grund(begge, alene, fremmede)


@pytest.fixture(autouse=True)
def _skriver_det_fremmede(monkeypatch: pytest.MonkeyPatch, grund: Grund) -> None:
    """Every write is about an object of the other municipality: what its payload reads of it is what is looked at."""

    async def proev(k: Any, skrivere: Any, organisation: Any, wish: Any) -> Udfald:
        type_ = CORE.mutation_type.fields[wish.operation].type.name.removesuffix("Skrivning")  # type: ignore[union-attr]
        objekttype = next((o for o, om in KATALOG.items() if om.navn == type_), Objekttype.PERSON)  # a receipt alone
        uuid = UUID(grund.fremmede[TABELLER[objekttype]][0])
        maal = Maal(uuid, UUID(grund.fremmede["medlemskab"][0]))
        return Udfald(maal, [None], [Roert(objekttype, uuid, 0)], proeve=True)

    monkeypatch.setattr(skriv, "proev", proev)


def _fortalt(s: Spurgt, svar: list[Svar]) -> list[Any]:
    """All of it that a client can tell apart."""
    data = [orjson.loads(one.data) if one.data is not None else None for one in svar]
    told = [uden_stand(s.felter, one) for one in data]
    return [told, [sorted(orjson.dumps(e) for e in one.errors) for one in svar], [one.extensions for one in svar]]


async def test_every_way_to_every_field_is_told_as_if_the_other_were_not_there(grund: Grund) -> None:
    anderledes = 0
    for s in alle(grund.begge):
        begge, alene = [await made.svar(s.tekst, made.principal(), s.variables) for made in (grund.begge, grund.alene)]
        raat = b"".join((one.data or b"") + orjson.dumps(list(one.errors)) for one in begge)

        assert _fortalt(s, begge) == _fortalt(s, alene), s.tekst
        assert FREMMED.findes_i(raat) == set(), s.tekst
        if s.art is OperationType.QUERY and "efter" not in s.variables:
            den_andens = await grund.begge.svar(s.tekst, grund.begge.principal(by=grund.begge.there), s.variables)
            anderledes += _fortalt(s, den_andens) != _fortalt(s, begge)
    assert anderledes > 10, "the other municipality is told the same: nothing was proven"


async def test_the_other_ones_cvr_opens_no_root_field(grund: Grund) -> None:
    made = grund.begge
    for s in alle(made):
        roedder = {felt.navn for felt in s.felter}
        if s.art is OperationType.QUERY and roedder <= CVR:
            tekst = s.tekst.replace(made.here.cvr, made.there.cvr)
            (svar,) = await made.svar(tekst, made.principal(), s.variables)

            assert set(orjson.loads(svar.data or b"{}").values()) <= {None}, tekst
            assert {e["extensions"]["classification"] for e in svar.errors} <= {"NotFound", "Unauthorized"}, tekst
            assert svar.errors, tekst
    assert CVR, "the schema has no such field any more"


async def test_a_mutation_for_the_other_ones_cvr_is_refused(grund: Grund) -> None:
    made = grund.begge
    assert CORE.mutation_type is not None
    proevet = 0
    for s in alle(made):
        if s.art is OperationType.MUTATION and made.here.cvr in s.tekst and len(s.felter) == 1:
            tekst = s.tekst.replace(made.here.cvr, made.there.cvr)
            (svar,) = await made.svar(tekst, made.principal(), s.variables)
            proevet += 1

            assert set(orjson.loads(svar.data or b"{}").values()) == {None}, tekst
            assert [e["extensions"]["classification"] for e in svar.errors] == ["ValidationError"], tekst
    assert proevet


async def test_a_cursor_of_the_other_ones_list_leads_to_nothing_of_it(grund: Grund) -> None:
    """A cursor is a place in an order: whoever sends it, it is the caller's own list that goes on from there."""
    for rod, argument, side in _sider():
        tekst = f"query Q($after: Cursor) {{ {rod}({argument}first: 3, after: $after) {side} }}"
        there, here = grund.begge.there, grund.begge.here
        (svar,) = await grund.begge.svar(tekst.replace(here.cvr, there.cvr), grund.begge.principal(by=there), {})
        kanter = orjson.loads(svar.data or b"{}")[rod]["edges"]
        assert kanter, f"{rod}: the other one has nothing there"
        for kant in kanter:
            told = []
            for made in (grund.begge, grund.alene):
                (fundet,) = await made.svar(tekst, made.principal(), {"after": kant["cursor"]})
                told.append([fundet.data, fundet.errors])
            assert told[0] == told[1], rod


def _sider() -> Iterator[tuple[str, str, str]]:
    """Every root field that has pages, what it must be given, and what is asked of its page."""
    assert CORE.query_type is not None
    for navn, felt in CORE.query_type.fields.items():
        side = get_named_type(felt.type)
        if "edges" in getattr(side, "fields", {}) and not isinstance(felt.type, GraphQLList) and "cvr" in felt.args:
            givet = {"cvr": f'cvr: "{KOMMUNE}", ', "status": "status: AKTIV, ", "tekst": 'tekst: "jdoe", '}
            yield navn, "".join(literal for a, literal in givet.items() if a in felt.args), SIDE


SIDE: Final = "{ edges { cursor node { uuid } } pageInfo { endCursor hasNextPage hasPreviousPage } }"
KOMMUNE: Final = "00000023"
"""The CVR of the caller's municipality in the world of tests/graph/matrix.py."""


async def test_a_position_of_the_other_one_is_refused_wherever_it_is_sent(grund: Grund) -> None:
    made = grund.begge
    stand = made.stande[made.there.cvr]
    for s in alle(made):
        if "efter" in s.variables and s.felter[0].navn == "aendringer":
            svar = (await made.svar(s.tekst, made.principal(), {"efter": stand}))[0]
            if (
                s.art is OperationType.SUBSCRIPTION
            ):  # Gensynk: an object without anything, where nothing was selected of it
                gensynk = b"Gensynk" in (svar.data or b"") or not any(orjson.loads(svar.data or b"{}").values())
                assert gensynk, s.tekst
            else:
                assert [e["extensions"].get("kode") for e in svar.errors] == ["STAND_INVALID"], s.tekst

    afvist = await made.changes.mindst(made.principal(), stand)
    assert afvist is not None
    assert [e["extensions"]["kode"] for e in afvist.errors] == ["STAND_INVALID"]


async def test_what_is_searched_and_filtered_by_the_other_ones_values_finds_nothing_of_it(grund: Grund) -> None:
    made = grund.begge
    enhed, bruger = grund.fremmede["organisation_enhed"][0], grund.fremmede["bruger"][0]
    dele = {
        "brugerListe": (
            f'brugerFilter: {{enhed: "{enhed}"}}', f'brugerFilter: {{underEnhed: "{enhed}"}}',
            f'brugerFilter: {{personFilter: {{navn: "{FREMMED.navn}*"}}}}',
            f'brugerFilter: {{personFilter: {{cpr: "{FREMMED.cpr}00001"}}}}',
        ),
        "organisationEnhedListe": (f'itSystemer: ["{grund.fremmede["it_system"][0]}"]',),
    }  # fmt: skip
    for rod, filtre in dele.items():
        for et in filtre:
            tekst = f'{{ {rod}(cvr: "{made.here.cvr}", status: AKTIV, {et}) {{ antal edges {{ node {{ uuid }} }} }} }}'
            (svar,) = await made.svar(tekst, made.principal(), {})
            assert orjson.loads(svar.data or b"{}")[rod] == {"antal": 0, "edges": []}, tekst
    filtre_ = (f'uuid: ["{enhed}"]', f'underEnhed: "{enhed}"', f'brugere: ["{bruger}"]', "objekttyper: [PERSON]")
    for et in filtre_:
        tekst = f"query Q($efter: Stand) {{ aendringer(efter: $efter, filter: {{{et}}}) {{ aendringer {{ uuid }} }} }}"
        (svar,) = await made.svar(tekst, made.principal(), {"efter": made.stande[made.here.cvr]})
        fundet = {a["uuid"] for a in orjson.loads(svar.data or b"{}")["aendringer"]["aendringer"]}
        assert fundet.isdisjoint(uuid for kendte in grund.fremmede.values() for uuid in kendte), tekst
