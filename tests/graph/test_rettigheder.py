"""Every field, every role, every path: a value is there exactly when its class and the caller's rights allow it.

The classes are those of graph/rettigheder.txt; what was seen by whom is compared with `rettigheder.txt` beside this
file, which people read. Nothing here lists fields or ways to them: both come from the schema.
Source: rules.md 22, 34, 36.
"""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from graphql import (
    GraphQLInputObjectType,
    GraphQLNonNull,
    OperationType,
    get_named_type,
)

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.forskelle import Forskel
from fkorg.kvittering import Kvittering
from graph import rettigheder
from graph.answer import Spoergsmaal, Svar
from graph.caller import Ret
from graph.mutations import skriv
from graph.mutations.forloeb import Maal, Roert
from graph.mutations.skriv import Udfald
from graph.rettigheder import Klasse
from tests.graph.fixture import CORE
from tests.graph.matrix import ALT, Faelles, Literaler, Plantet, Spurgt, Sted, alle, sted
from tests.graph.proving import NOW
from tests.graph.veje import TYPENAME, Felt

FIL: Final = Path(__file__).with_name("rettigheder.txt")
LAES: Final = frozenset({Ret.LAES})
ROLLER: Final[dict[str, frozenset[Ret]]] = {
    "laes": LAES,
    **{ret.value.lower(): LAES | {ret} for ret in Ret if ret is not Ret.LAES},
    "persondata": LAES | {Ret.SENAVN, Ret.SECPR},
    "alt-senavn": ALT - {Ret.SENAVN},
    "alt-secpr": ALT - {Ret.SECPR},
    "alt": ALT,
}
UDEN_LAES: Final[dict[str, frozenset[Ret]]] = {"ingen": frozenset(), "alt-laes": ALT - LAES}
Sete = dict[tuple[str, str], set[str]]
"""By which roles something was seen: the way to it, and what it is. Of classes that not everybody sees."""
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Grund:
    """The same two municipalities thrice: as they are, with other names, with other CPR numbers."""

    som_de_er: Sted
    andre_navne: Sted
    andre_numre: Sted


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grund(new_dsn: Callable[[], str]) -> AsyncIterator[Grund]:
    async with AsyncExitStack() as stack:
        faelles = Faelles()
        plantede = (Plantet(), Plantet(navn="Anderledes"), Plantet(cpr="17048"))
        yield Grund(*[await stack.enter_async_context(sted(new_dsn(), faelles, p)) for p in plantede])


@pytest.fixture(autouse=True)
def _uden_kilde(monkeypatch: pytest.MonkeyPatch, grund: Grund) -> None:
    """A dry run tells of a difference in every field that can be recorded, and of an object that is there."""

    async def proev(k: Any, skrivere: Any, organisation: Any, wish: Any) -> Udfald:
        steder = (grund.som_de_er, grund.andre_navne, grund.andre_numre)
        made = next(s for s in steder if s.skrivere is skrivere)
        type_ = CORE.mutation_type.fields[wish.operation].type.name.removesuffix("Skrivning")  # type: ignore[union-attr]
        objekttype = next((o for o, om in KATALOG.items() if om.navn == type_), Objekttype.PERSON)  # a receipt alone
        uuid = UUID(made.uuids[TABELLER[objekttype]][0])
        forskelle = [
            (o, Forskel(felt.navn, *(f"{o}.{felt.navn} {_vaerdi(made.plantet, o, felt.navn)}",) * 2))
            for o, om in KATALOG.items()
            for felt in om.felter
        ]
        maal = Maal(uuid, UUID(made.uuids["medlemskab"][0]))
        return Udfald(maal, [Kvittering(20, "ok", str(uuid))], [Roert(objekttype, uuid, 0)], forskelle, proeve=True)

    monkeypatch.setattr(skriv, "proev", proev)


TABELLER: Final = {
    Objekttype.ORGANISATION_ENHED: "organisation_enhed",
    Objekttype.ORGANISATION_FUNKTION: "funktion",
    Objekttype.BRUGER: "bruger",
    Objekttype.PERSON: "person",
    Objekttype.ADRESSE: "adresse",
}


def _vaerdi(plantet: Plantet, objekttype: Objekttype, felt: str) -> str:
    """What a difference of that field tells: of persons what is planted."""
    return {"PERSON.navn": plantet.navn, "PERSON.cpr": f"{plantet.cpr}12345"}.get(f"{objekttype}.{felt}", "x")


# ---- what may be seen ------------------------------------------------------------------------------------------------


@dataclass
class Maske:
    """The answer to somebody with all rights -> what somebody with these is to see. `uden`: the errors that go with it.

    `sete`: what is seen is added to it. `over`: the field that leads to where we are.
    """

    rettigheder: frozenset[Ret] = ALT
    rolle: str = ""
    sete: Sete = field(default_factory=dict)
    uden: set[str] = field(default_factory=set)

    def objekt(self, felter: tuple[Felt, ...], fundet: Any, over: str) -> Any:
        if isinstance(fundet, list):
            return [self.objekt(felter, et, over) for et in fundet]
        if fundet is None:
            return None
        return {f.noegle: self._felt(f, fundet, over) for f in felter if f.noegle in fundet}

    def _felt(self, felt: Felt, fundet: dict[str, Any], over: str) -> Any:
        vaerdi = fundet[felt.noegle]
        if felt.navn == TYPENAME:
            return vaerdi
        if felt.type.name == "Stand":
            return None if vaerdi is None else "en stand"
        if not self._maa(felt.sti, f"{over} > {felt.sti}", vaerdi):
            self.uden.add(f"{felt.sti}: needs the right {rettigheder.navn(_ret(felt.sti))}")
            return None
        if felt.sti == "Query.soeg":
            vaerdi = self._fundne(vaerdi)
        if felt.sti == "Registrering.indhold":
            return self._indhold(vaerdi, fundet["objekttype"])
        if felt.sti in ("Forskel.foer", "Forskel.efter") and vaerdi is not None:
            return vaerdi if self._maa(vaerdi.split()[0], f"{felt.sti} > {vaerdi.split()[0]}", vaerdi) else None
        return self.objekt(felt.under, vaerdi, felt.sti) if felt.under else vaerdi

    def _maa(self, sti: str, vej: str, vaerdi: Any) -> bool:
        """May it be seen? Kept for the file: that it was."""
        if rettigheder.KLASSER[sti] is Klasse.AABEN:
            return True
        seere = self.sete.setdefault((vej, sti), set())
        if _ret(sti) in self.rettigheder and vaerdi is not None:
            seere.add(self.rolle)
        return _ret(sti) in self.rettigheder

    def _indhold(self, vaerdi: Any, objekttype: str) -> Any:
        for egenskab in (vaerdi or {}).get("egenskaber", ()):
            felter = egenskab["felter"]
            for navn in felter:
                sti = f"{objekttype}.{navn}"
                felter[navn] = felter[navn] if self._maa(sti, f"Registrering.indhold > {sti}", felter[navn]) else None
        return vaerdi

    def _fundne(self, side: Any) -> Any:
        """What a search finds: objects of the types whose words may be searched."""

        def synlig(kant: Any) -> bool:
            type_ = kant["node"][TYPENAME]
            sti = next(f"soeg.{o}" for o, om in KATALOG.items() if om.navn == type_)
            return self._maa(sti, f"Query.soeg > {sti}", kant)

        return {**side, "edges": [kant for kant in side["edges"] if synlig(kant)]}


def _ret(sti: str) -> Ret:
    ret = rettigheder.KRAEVER[rettigheder.KLASSER[sti]]
    assert ret is not None, sti
    return ret


def _data(svar: list[Svar]) -> list[Any]:
    return [orjson.loads(one.data) if one.data is not None else None for one in svar]


def _raat(svar: list[Svar]) -> bytes:
    """All that a client is told."""
    return b"".join((one.data or b"") + orjson.dumps([list(one.errors), one.extensions]) for one in svar)


def _uautoriseret(svar: list[Svar]) -> set[str]:
    errors = [error for one in svar for error in one.errors if error["extensions"]["classification"] == "Unauthorized"]
    return {error["message"].partition(" (")[0] for error in errors}


def _uden_sider(data: Any) -> Any:
    """Without where the page of a search begins and ends: what a caller cannot see is not on it."""
    if isinstance(data, dict) and isinstance(data.get("soeg"), dict):
        return {**data, "soeg": {**data["soeg"], "pageInfo": None}}
    return data


async def _som(made: Sted, s: Spurgt, rettigheder: frozenset[Ret]) -> list[Svar]:
    return await made.svar(s.tekst, made.principal(rettigheder), s.variables)


async def test_every_field_is_there_exactly_when_its_class_and_the_rights_allow_it(grund: Grund) -> None:
    made, sete = grund.som_de_er, Sete()
    for s in alle(made):
        alt = await _som(made, s, ALT)
        assert all(one.udfoert and one.data is not None for one in alt), (s.tekst, [one.errors for one in alt])
        for rolle, har in _roller(s).items():
            if s.art is not OperationType.MUTATION or Ret.SKRIV in har:
                await _kun_det_maa_ses(made, s, alt, Maske(har, rolle, sete))
    for felt, s in _filtre(made, await _et_nummer(made)):
        await _soeges_kun_af(made, felt, s, sete)

    _som_gennemset(sete)


def _roller(s: Spurgt) -> dict[str, frozenset[Ret]]:
    """Who asks. Of roles that are shown the same, one, where it takes its time."""
    if s.art is not OperationType.SUBSCRIPTION and "@tidspunkt" not in s.tekst:
        return ROLLER
    return dict({har & rettigheder.PLANRETTE: (rolle, har) for rolle, har in ROLLER.items()}.values())


async def _kun_det_maa_ses(made: Sted, s: Spurgt, alt: list[Svar], maske: Maske) -> None:
    """The answer is that of somebody with all rights, but for what this one may not see."""
    svar = await _som(made, s, maske.rettigheder)
    ventet = [maske.objekt(s.felter, data, "") for data in _data(alt)]
    fundet = [Maske().objekt(s.felter, data, "") for data in _data(svar)]
    assert [*map(_uden_sider, fundet)] == [*map(_uden_sider, ventet)], (maske.rolle, s.tekst)
    assert _uautoriseret(svar) == maske.uden, (maske.rolle, s.tekst)
    assert made.plantet.findes_i(_raat(svar)) <= maske.rettigheder, (maske.rolle, s.tekst)


async def _soeges_kun_af(made: Sted, felt: str, s: Spurgt, sete: Sete) -> None:
    """A filter finds for who may see what it searches by, and is refused to others."""
    ret = rettigheder.KRAEVER[rettigheder.KLASSER[felt]]
    for rolle, har in ROLLER.items():
        (svar,) = await _som(made, s, har)
        assert svar.udfoert, (s.tekst, svar.errors)
        (fundet,) = _data([svar])[0].values()
        if ret is None or ret in har:
            assert fundet is not None, (rolle, s.tekst)
            if ret is not None:
                assert fundet["antal"] > 0, f"{felt}: finds nothing here, so that it proves nothing"
                sete.setdefault((f"{s.felter[0].sti} > {felt}", felt), set()).add(rolle)
        else:
            assert fundet is None, (rolle, s.tekst)
            assert {e["extensions"]["classification"] for e in svar.errors} == {"Unauthorized"}, (rolle, s.tekst)


def _som_gennemset(sete: Sete) -> None:
    """What was seen by whom is what was reviewed. `scripts/golden` writes the file anew; read the difference."""
    bredde = max(len(vej) for vej, _ in sete)
    linjer = [
        f"{vej:<{bredde}}  {rettigheder.KLASSER[sti]:<6} {' '.join(rolle for rolle in ROLLER if rolle in seere)}"
        for (vej, sti), seere in sorted(sete.items())
    ]
    tekst = HOVED + "\n".join(linjer) + "\n"
    if os.environ.get("ORGRAF_GOLDEN"):
        FIL.write_text(tekst, "utf-8")

    assert tekst == FIL.read_text("utf-8"), "another way leads to what not everybody sees, or others see it"


async def _et_nummer(made: Sted) -> str:
    """The CPR number of somebody who is a user now."""
    query = f'{{ brugerListe(cvr: "{made.here.cvr}", status: AKTIV) {{ edges {{ node {{ person {{ cpr }} }} }} }} }}'
    (data,) = _data(await made.svar(query, made.principal()))
    personer = [kant["node"]["person"] for kant in data["brugerListe"]["edges"]]
    return next(str(person["cpr"]) for person in personer if person is not None)


def _filtre(made: Sted, cpr: str) -> Iterator[tuple[str, Spurgt]]:
    """For each field of each filter, a document that chooses by it alone. `cpr`: a number that is somebody's."""
    literaler = Literaler(made)
    plantet = {"PersonFilter.navn": f'"{made.plantet.navn}*"', "PersonFilter.cpr": f'"{cpr}"'}

    def valg(type_: GraphQLInputObjectType) -> Iterator[tuple[str, str]]:
        for navn, felt in type_.fields.items():
            under, sti = get_named_type(felt.type), f"{type_.name}.{navn}"
            andre = [f"{n}: {literaler.literal(f.type)}" for n, f in type_.fields.items()
                     if n != navn and isinstance(f.type, GraphQLNonNull)]  # fmt: skip
            dele = [(sti, plantet.get(sti) or literaler.literal(felt.type))]
            if isinstance(under, GraphQLInputObjectType):
                tom = any(isinstance(f.type, GraphQLNonNull) for f in under.fields.values())
                dele = [(sti, literaler.literal(under) if tom else "{}"), *valg(under)]
            yield from ((inderst, f"{{{', '.join([f'{navn}: {literal}', *andre])}}}") for inderst, literal in dele)

    assert CORE.query_type is not None
    for navn, felt in CORE.query_type.fields.items():
        for argument, definition in felt.args.items():
            type_ = get_named_type(definition.type)
            if isinstance(type_, GraphQLInputObjectType):
                andre = [f"{a}: {lit}" for a, d in felt.args.items() if (lit := literaler.af(f"Query.{navn}", a, d))]
                side = get_named_type(felt.type)
                under = "{ antal edges { node { uuid } } }" if "antal" in side.fields else "{ flere }"
                rod = Felt(navn, "Query", navn, side, navn)
                for sti, literal in valg(type_):
                    givet = ", ".join([f"{argument}: {literal}", *(a for a in andre if not a.startswith("efter"))])
                    yield sti, Spurgt(f"query Q {{ {navn}({givet}) {under} }}", (rod,), OperationType.QUERY, {})


async def test_without_the_right_to_read_there_is_nothing(grund: Grund) -> None:
    made = grund.som_de_er
    for s in alle(made):
        for har in UDEN_LAES.values():
            svar = await _som(made, s, har)
            assert [data for data in _data(svar) if data is not None and any(data.values())] == [], s.tekst
            assert {e["extensions"]["classification"] for one in svar for e in one.errors} == {"Unauthorized"}, s.tekst


async def test_without_the_right_to_write_nothing_is_written_and_nothing_told(grund: Grund) -> None:
    made = grund.som_de_er
    for s in alle(made):
        if s.art is OperationType.MUTATION:
            (svar,) = await _som(made, s, ALT - {Ret.SKRIV})
            assert svar.data is not None
            assert set(orjson.loads(svar.data).values()) == {None}, s.tekst
            assert {e["extensions"]["classification"] for e in svar.errors} == {"Unauthorized"}, s.tekst
            assert len(svar.errors) == len(s.felter), s.tekst


async def test_nothing_in_an_answer_depends_on_what_its_reader_may_not_see(grund: Grund) -> None:
    """Order, cursors, counts, errors, what filters and searches find: with other names all of it is the same."""
    made = grund.som_de_er
    fundne = _filtre(made, await _et_nummer(made))
    filtre = [s for felt, s in fundne if rettigheder.KLASSER[felt] is not Klasse.AABEN]
    for s in [*alle(made), *filtre]:
        for andet, ret in ((grund.andre_navne, Ret.SENAVN), (grund.andre_numre, Ret.SECPR)):
            for har in (LAES, ALT - {ret})[: 1 if s.art is OperationType.SUBSCRIPTION else 2]:
                told = [_uden_stand(s, await _som(sted_, s, har)) for sted_ in (made, andet)]
                assert told[0] == told[1], (ret, s.tekst)
        if s.art is OperationType.QUERY:
            forklaret = await made.udfoerer.forklar(Spoergsmaal(s.tekst, None, s.variables), made.principal(LAES), NOW)
            assert made.plantet.findes_i(orjson.dumps(forklaret)) == set(), s.tekst


def _uden_stand(s: Spurgt, svar: list[Svar]) -> list[Any]:
    return [
        [json.dumps(Maske().objekt(s.felter, data, "")), sorted(map(json.dumps, one.errors)), one.extensions, one.etag]
        for data, one in zip(_data(svar), svar, strict=True)
    ]


HOVED: Final = """\
# What is not for everybody, by every way that leads to it, and which callers were shown it. Written by
# test_rettigheder.py (scripts/golden) from what the product answered; what it is to be says graph/rettigheder.txt.
# Roles have the right to read and the one they are called by; `persondata` SENAVN and SECPR; `alt-x` all but x.
"""
