"""A question is asked: what the arguments of fields choose below an object, and the two that find one object.

Expected is the source's truth.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from fkorg import tid
from fkorg.klassifikation import (
    ANSAT_I,
    ANSVARLIG,
    BRUGER_EMAIL,
    BRUGER_LOKATION,
    ENHED_EAN,
    ENHED_EMAIL,
    ENHED_POSTADRESSE,
    ENHEDSROLLE,
    LEDERROLLE,
    MEDLEMSKABER,
)
from fkorg.tid import UENDELIG_NS
from simulator import kle
from tests.flows.facit import Facit, Medlemskab, Objekt, brugerliste, dansk, enhedsliste, navn
from tests.flows.frontend import Frontend
from tests.flows.verden import CVR
from tests.simulator.fixtures import SEED

Sandhedens = Callable[[int | None], Facit]
NUMMER = {str(k.uuid): k.nummer for k in kle.kle(SEED)}
SAMMEN = 40
"""Questions of one kind that are asked at once, each by four tables."""


def adresser(f: Facit, objekt: Objekt, *roller: UUID) -> list[dict[str, Any]]:
    """The addresses that are there, in these roles or any, by index."""
    entries = [(r.indeks, uuid, r.rolle.id) for uuid, _, r in objekt.relationer("Adresser") if uuid in f.adresser]
    return [
        {"uuid": uuid, "adresseTekst": f.adresser[uuid].felt("adressetekst"), "klassifikation": {"indeks": indeks}}
        for indeks, uuid, rolle in sorted(entries)
        if not roller or UUID(rolle) in roller
    ]


ROLLER: dict[str, tuple[str, tuple[UUID, ...]]] = {
    "all": ("", ()),
    "one, in no list": (f'(rolle: "{ENHED_POSTADRESSE}")', (ENHED_POSTADRESSE,)),
    "two": (f'(rolle: ["{ENHED_EMAIL}", "{ENHED_EAN}"])', (ENHED_EMAIL, ENHED_EAN)),
    "of users": (f'(rolle: ["{BRUGER_EMAIL}", "{BRUGER_LOKATION}"])', (BRUGER_EMAIL, BRUGER_LOKATION)),
}


@pytest.mark.parametrize("argument, roller", ROLLER.values(), ids=ROLLER)
async def test_addresses_by_role(
    laeser: Frontend, sandhedens: Sandhedens, argument: str, roller: tuple[UUID, ...]
) -> None:
    """E-mail and phone have other roles on units than on users: the same role finds nothing on the other."""
    facit = sandhedens(None)
    enheder, brugere = enhedsliste(facit)[:80], brugerliste(facit)[::20]
    valg = f"adresser{argument} {{ uuid adresseTekst klassifikation {{ indeks }} }}"

    svar = await laeser.spoerg(
        f"query($e: [UUID!]!, $b: [UUID!]!) {{ organisationEnhed(uuid: $e) {{ {valg} }} "
        f"bruger(uuid: $b) {{ {valg} }} }}",
        e=enheder,
        b=brugere,
    )

    fundet = {felt: [objekt["adresser"] for objekt in objekter] for felt, objekter in svar.data.items()}
    assert fundet == {
        "organisationEnhed": [adresser(facit, facit.enheder[u], *roller) for u in enheder],
        "bruger": [adresser(facit, facit.brugere[u], *roller) for u in brugere],
    }
    assert any(fundet["organisationEnhed"]) or any(fundet["bruger"])


TYPER: dict[str, tuple[UUID, ...]] = {
    "all": (),
    "works in": (ENHEDSROLLE,),
    "employed in, and managers": (ANSAT_I, LEDERROLLE),
}


def medlemskab(m: Medlemskab) -> dict[str, Any]:
    return {
        "uuid": m.uuid,
        "start": tid.format_ns(m.start_ns),
        "slut": None if m.slut_ns == UENDELIG_NS else tid.format_ns(m.slut_ns),
        "funktionsTypeUuid": str(m.type),
    }


@pytest.mark.parametrize("typer", TYPER.values(), ids=TYPER)
async def test_memberships_by_type_with_their_dates(
    laeser: Frontend, sandhedens: Sandhedens, typer: tuple[UUID, ...]
) -> None:
    """Start is the latest and slut the earliest of the three bounds (domain.md 4.4)."""
    facit = sandhedens(None)
    enheder, brugere = enhedsliste(facit)[1:120], brugerliste(facit)[::9]
    valg = "uuid start slut funktionsTypeUuid"
    document = f"""query($e: [UUID!]!, $b: [UUID!]!, $t: [UUID!]) {{
      organisationEnhed(uuid: $e) {{ m: medlemskaber(rolle: $t) {{ {valg} bruger {{ uuid }} }} }}
      bruger(uuid: $b) {{ m: harMedlemskab(rolle: $t) {{ {valg} medlemAf {{ uuid }} }} }} }}"""

    svar = await laeser.spoerg(document, e=enheder, b=brugere, t=list(typer) or None)

    alle = [m for m in facit.medlemskaber if not typer or m.type in typer]
    assert [enhed["m"] for enhed in svar.data["organisationEnhed"]] == [
        [
            medlemskab(m) | {"bruger": {"uuid": m.bruger} if m.bruger in facit.brugere else None}
            for m in alle
            if m.enhed == u
        ]
        for u in enheder
    ]
    assert [bruger["m"] for bruger in svar.data["bruger"]] == [
        [
            medlemskab(m) | {"medlemAf": {"uuid": m.enhed} if m.enhed in facit.enheder else None}
            for m in alle
            if m.bruger == u
        ]
        for u in brugere
    ]
    assert any(m.slut_ns != UENDELIG_NS for m in alle) or typer


@pytest.mark.parametrize("med_efterkommere", [False, True], ids=["of the unit", "with all below"])
@pytest.mark.parametrize("typer", [(), (ENHEDSROLLE,)], ids=["all", "works in"])
async def test_members_page_by_page(
    laeser: Frontend, sandhedens: Sandhedens, med_efterkommere: bool, typer: tuple[UUID, ...]
) -> None:
    """By user name, vacant posts last."""
    facit = sandhedens(None)
    uuid = facit.rod if not med_efterkommere else laeser.verden.uuid("enhed", 1)
    document = """query($u: [UUID!]!, $med: Boolean!, $t: [UUID!], $after: Cursor) { organisationEnhed(uuid: $u) {
      medlemmer(rolle: $t, medEfterkommere: $med, first: 60, after: $after) {
        antal pageInfo { hasNextPage endCursor } edges { node { uuid bruger { uuid } } } } } }"""

    found, after = list[tuple[str, str]](), None
    while not found or after is not None:
        svar = await laeser.spoerg(document, u=[uuid], med=med_efterkommere, t=list(typer) or None, after=after)
        side = svar.data["organisationEnhed"][0]["medlemmer"]
        found += [(e["node"]["uuid"], (e["node"]["bruger"] or {"uuid": ""})["uuid"]) for e in side["edges"]]
        after = side["pageInfo"]["endCursor"] if side["pageInfo"]["hasNextPage"] else None

    enheder = {uuid, *(facit.under(uuid) if med_efterkommere else ())}
    ventet = [m for m in facit.medlemskaber if m.enhed in enheder and (not typer or m.type in typer)]

    def orden(m: Medlemskab) -> tuple[Any, ...]:
        return (not m.bruger, dansk(navn(facit.brugere[m.bruger], "brugernavn")) if m.bruger else [], m.uuid)

    assert found == [(m.uuid, m.bruger) for m in sorted(ventet, key=orden)]
    assert (side["antal"], len(found) > 3) == (len(ventet), True)


@pytest.mark.parametrize("typer", [None, [str(LEDERROLLE)]], ids=["all", "managers"])
async def test_functions_by_type(laeser: Frontend, sandhedens: Sandhedens, typer: list[str] | None) -> None:
    """All that point at the unit: also those that are no memberships, and inactive ones."""
    facit, uuid = sandhedens(None), laeser.verden.uuid("enhed", 1)
    svar = await laeser.spoerg(
        "query($u: [UUID!]!, $t: [UUID!]) { organisationEnhed(uuid: $u) { funktioner(type: $t) "
        "{ antal edges { node { uuid } } } } }",
        u=[uuid],
        t=typer,
    )

    ventet = {
        f.uuid
        for f in facit.funktioner.values()
        if uuid in [u for u, _, _ in f.relationer("TilknyttedeEnheder")] and typer in (None, [f.en("Funktionstype")])
    }
    (enhed,) = svar.data["organisationEnhed"]
    assert {edge["node"]["uuid"] for edge in enhed["funktioner"]["edges"]} == ventet
    assert enhed["funktioner"]["antal"] == len(ventet) > 0
    assert typer or {UUID(facit.funktioner[u].en("Funktionstype") or "") for u in ventet} - set(MEDLEMSKABER)


async def test_the_unit_responsible_is_the_nearest_by_number(laeser: Frontend, sandhedens: Sandhedens) -> None:
    """By the exact number, else its group, else its main group; of several the first by name."""
    facit = sandhedens(None)
    ansvar: dict[str, list[str]] = {}
    for uuid in enhedsliste(facit):
        for klasse, _, entry in facit.enheder[uuid].relationer("Opgaver"):
            if entry.rolle.id == str(ANSVARLIG):
                ansvar.setdefault(NUMMER[klasse], []).append(uuid)
    orden = enhedsliste(facit)
    numre = [k.nummer for k in kle.kle(SEED) if k.nummer][::11]
    found: list[str | None] = []
    fejl: list[dict[str, Any]] = []
    for start in range(0, len(numre), SAMMEN):
        felter = [
            f'n{i}: ansvarligEnhed(cvr: $cvr, kleNummer: "{nummer}") {{ uuid }}' for i, nummer in enumerate(numre)
        ]
        svar = await laeser.spoerg(f"query($cvr: CVR!) {{ {' '.join(felter[start : start + SAMMEN])} }}", cvr=CVR)
        found += [one and one["uuid"] for one in svar.body["data"].values()]
        fejl += svar.fejl

    ventet = []
    for nummer in numre:
        trin = [ansvar[del_] for del_ in (nummer, nummer[:5], nummer[:2]) if del_ in ansvar]
        ventet.append(min(trin[0], key=lambda u: (dansk(navn(facit.enheder[u], "enhedsnavn")), u)) if trin else None)
    assert found == ventet
    assert {e["extensions"]["classification"] for e in fejl} <= {"NotFound"}
    assert len(fejl) == ventet.count(None)
    assert len(set(ventet) & set(orden)) > 3


async def test_a_user_is_found_by_the_whole_name(laeser: Frontend, sandhedens: Sandhedens) -> None:
    facit = sandhedens(None)
    bruger = facit.brugere[laeser.verden.uuid("bruger", 7)]
    login = bruger.felt("brugernavn") or ""
    document = """query($cvr: CVR!, $n: String!, $v: String!, $d: String!) {
      n: brugerVedNavn(cvr: $cvr, brugernavn: $n) { uuid } v: brugerVedNavn(cvr: $cvr, brugernavn: $v) { uuid }
      d: brugerVedNavn(cvr: $cvr, brugernavn: $d) { uuid } }"""

    svar = await laeser.spoerg(document, cvr=CVR, n=login, v=login.upper(), d=login[:-1])

    assert svar.body["data"] == {"n": {"uuid": bruger.uuid}, "v": {"uuid": bruger.uuid}, "d": None}
    assert [(e["path"], e["extensions"]["classification"]) for e in svar.fejl] == [(["d"], "NotFound")]
