"""A question is asked: chains, subtrees, managers and members of every unit and user; now, in the past, as planned.

Expected is the source's truth at that moment.
"""

from collections.abc import Callable
from typing import Any

import pytest

from fkorg import tid
from tests.flows.facit import Facit, Leder, brugerliste, dansk, enhedsliste, navn
from tests.flows.frontend import Frontend
from tests.flows.verden import CVR

Sandhedens = Callable[[int | None], Facit]
TIDER = {"now": None, "in the past": "2016-06-01T12:00:00Z", "as planned": "2037-01-01T12:00:00+01:00"}
LEDER = "{ bruger { uuid } fraEnhed { uuid } afstand nedarvet medlemskab { uuid } }"
ENHED = f"""uuid enhedsnavn dybde overordnetEnhed {{ uuid }} sti {{ uuid }} underliggendeEnheder {{ uuid }}
  efterkommere(maksDybde: 1) {{ antal }} alle: efterkommere(status: null) {{ antal }}
  ledere {{ uuid bruger {{ uuid }} }} effektivLeder {LEDER}"""
BRUGER = f"""uuid enhedsstier {{ medlemskab {{ uuid medlemAf {{ uuid }} }} sti {{ uuid }} }}
  ledere {LEDER} lederkaede {LEDER} lederAf {{ uuid }}"""


def naar(tidspunkt: str | None) -> str:
    return f' @tidspunkt(virkningstid: "{tidspunkt}")' if tidspunkt else ""


def facit_af(sandhedens: Sandhedens, tidspunkt: str | None) -> Facit:
    return sandhedens(tid.parse_ns(tidspunkt) if tidspunkt else None)


@pytest.mark.parametrize("tidspunkt", TIDER.values(), ids=TIDER)
async def test_every_unit_stands_where_the_truth_has_it_under_whom_it_has(
    laeser: Frontend, sandhedens: Sandhedens, tidspunkt: str | None
) -> None:
    facit = facit_af(sandhedens, tidspunkt)
    document = f"query E($cvr: CVR!){naar(tidspunkt)} {{ l: organisationEnhedListe(cvr: $cvr, status: AKTIV) "

    svar = await laeser.spoerg(document + f"{{ edges {{ node {{ {ENHED} }} }} }} }}", cvr=CVR)

    enheder = [edge["node"] for edge in svar.data["l"]["edges"]]
    assert [enhed["uuid"] for enhed in enheder] == enhedsliste(facit)
    assert len(enheder) > 20
    for enhed in enheder:
        assert enhed == _enhed(facit, enhed["uuid"])


def _enhed(f: Facit, uuid: str) -> dict[str, Any]:
    under, sti = f.under(uuid), f.stier[uuid]
    aktive = {u: niveau for u, niveau in under.items() if f.enheder[u].status == "AKTIV"}
    boern = [u for u, niveau in aktive.items() if niveau == 1]
    over = f.enheder[uuid].en("Overordnet")
    return {
        "uuid": uuid,
        "enhedsnavn": navn(f.enheder[uuid], "enhedsnavn"),
        "dybde": len(sti) - 1,
        "overordnetEnhed": {"uuid": over} if over else None,
        "sti": [{"uuid": u} for u in sti],
        "underliggendeEnheder": [
            {"uuid": u} for u in sorted(boern, key=lambda u: (dansk(navn(f.enheder[u], "enhedsnavn")), u))
        ],
        "efterkommere": {"antal": len(boern)},
        "alle": {"antal": len(under)},
        "ledere": [{"uuid": m.uuid, "bruger": {"uuid": m.bruger}} for m in f.lederroller(uuid)],
        "effektivLeder": _leder(f.effektiv_leder(uuid)),
    }


def _leder(leder: Leder | None) -> dict[str, Any] | None:
    if leder is None:
        return None
    return {
        "bruger": {"uuid": leder.bruger},
        "fraEnhed": {"uuid": leder.enhed},
        "afstand": leder.afstand,
        "nedarvet": leder.afstand > 0,
        "medlemskab": {"uuid": leder.medlemskab},
    }


@pytest.mark.parametrize("tidspunkt", TIDER.values(), ids=TIDER)
async def test_every_user_has_the_chains_and_managers_of_the_truth(
    laeser: Frontend, sandhedens: Sandhedens, tidspunkt: str | None
) -> None:
    facit = facit_af(sandhedens, tidspunkt)
    alle = brugerliste(facit)
    udvalg = sorted({*alle[::7], *(uuid for uuid in alle if facit.leder_af(uuid)), *facit.flere_ansaettelser()})
    document = f"query B($u: [UUID!]!){naar(tidspunkt)} {{ bruger(uuid: $u) {{ {BRUGER} }} }}"

    svar = await laeser.spoerg(document, u=udvalg[:500])

    assert len(udvalg) > 100
    for bruger in svar.data["bruger"]:
        assert bruger == _bruger(facit, bruger["uuid"])


def _bruger(f: Facit, uuid: str) -> dict[str, Any]:
    lederaf = sorted(f.leder_af(uuid), key=lambda u: (dansk(navn(f.enheder[u], "enhedsnavn")), u))
    return {
        "uuid": uuid,
        "enhedsstier": [
            {
                "medlemskab": {"uuid": m.uuid, "medlemAf": {"uuid": m.enhed} if m.enhed in f.enheder else None},
                "sti": [{"uuid": u} for u in f.stier.get(m.enhed, [])],
            }
            for m in f.ansaettelser(uuid)
        ],
        "ledere": [_leder(leder) for leder in f.brugers_ledere(uuid)],
        "lederkaede": [_leder(leder) for leder in f.lederkaede(uuid)],
        "lederAf": [{"uuid": u} for u in lederaf],
    }


@pytest.mark.parametrize("alle", [False, True], ids=["the next level", "all levels"])
async def test_a_manager_has_the_employees_of_the_truth_page_by_page(
    laeser: Frontend, sandhedens: Sandhedens, alle: bool
) -> None:
    """The manager of the root unit, the one with the most employees, and one of a lower unit."""
    facit = sandhedens(None)
    flest = max(facit.brugere, key=lambda uuid: len(facit.medarbejdere(uuid)))
    lavest = facit.ledere(max(facit.stier, key=lambda u: (len(facit.stier[u]) if facit.ledere(u) else 0, u)))[0]
    document = "query($u: [UUID!]!, $alle: Boolean!, $after: Cursor) { bruger(uuid: $u) { "
    document += "medarbejdere(alleNiveauer: $alle, first: 450, after: $after) "
    document += "{ antal pageInfo { hasNextPage endCursor } edges { node { uuid } } } } }"
    for leder in {*facit.ledere(facit.rod), flest, lavest}:
        found, after = list[str](), None
        while not found or after is not None:
            svar = await laeser.spoerg(document, u=[leder], alle=alle, after=after)
            page = svar.data["bruger"][0]["medarbejdere"]
            found += [edge["node"]["uuid"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None

        ventet = facit.medarbejdere(leder, alle)
        assert found == sorted(ventet, key=lambda u: (dansk(navn(facit.brugere[u], "brugernavn")), u))
        assert (page["antal"], bool(found)) == (len(ventet), True)


async def test_what_was_called_otherwise_was_so_then(laeser: Frontend, sandhedens: Sandhedens) -> None:
    """A unit with another name before, a planned employment, and what was not registered yet at an earlier moment."""
    facit = sandhedens(None)
    omdoebt = next(u for u, e in facit.enheder.items() if len(e.reg.egenskaber) > 1 and u in facit.stier)
    gammel, ny = sorted(facit.enheder[omdoebt].reg.egenskaber, key=lambda e: e.virkning.fra_ns)
    reg_ns = facit.enheder[omdoebt].reg.tidspunkt_ns

    async def hed(**tider: str) -> Any:
        argumenter = ", ".join(f'{navn}: "{value}"' for navn, value in tider.items())
        document = (
            f"query T($u: [UUID!]!) @tidspunkt({argumenter}) {{ e: organisationEnhed(uuid: $u) {{ enhedsnavn }} }}"
        )
        svar = await laeser.spoerg(document, u=[omdoebt])
        (enhed,) = svar.body["data"]["e"]
        assert [e["extensions"]["classification"] for e in svar.fejl] == ([] if enhed else ["NotFound"])
        return enhed and enhed["enhedsnavn"]

    assert await hed(virkningstid=tid.format_ns(ny.virkning.fra_ns)) == ny.tekst("enhedsnavn")
    assert await hed(virkningstid=tid.format_ns(ny.virkning.fra_ns - 10**9)) == gammel.tekst("enhedsnavn")
    assert await hed(virkningstid=tid.format_ns(gammel.virkning.fra_ns - 10**9)) is None
    assert await hed(registreringstid=tid.format_ns(reg_ns)) == ny.tekst("enhedsnavn")
    assert await hed(registreringstid=tid.format_ns(reg_ns - 1)) is None
    hele_sekund = tid.format_ns(reg_ns - reg_ns % 10**9)
    assert await hed(registreringstid=hele_sekund) == ny.tekst("enhedsnavn")  # fewer digits: to the end of the second
    assert await hed(registreringstid=tid.format_ns(reg_ns), virkningstid="2008-01-01T00:00:00Z") in (
        None,
        gammel.tekst("enhedsnavn"),
    )
