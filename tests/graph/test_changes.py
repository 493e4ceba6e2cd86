"""`Query.aendringer`, `Query.friskhed`, `x-Mindst` and `extensions.friskhed`, over a real log."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from fkorg.errors import Unavailable
from graph import schema
from graph.answer import Svar
from graph.caller import Principal
from model.log import Log
from model.stand import Stand
from tests.builders import REGISTRERET, Kommune
from tests.graph.log_fixture import BY, LAESER, a_log, change, context
from tests.model.log import NOW, en_aendring

SCHEMA = schema.build()
SIDE = """query ($efter: Stand, $filter: AendringFilter, $antal: Int) {
  aendringer(efter: $efter, filter: $filter, antal: $antal) {
    aendringer { stand art aarsag objekttype uuid registreringstid anvendt felter afledtAf }
    naeste flere friskhed { status stand beskederTil }
  }
}"""


@pytest.fixture
async def log(dsn: str) -> AsyncIterator[Log]:
    async with a_log(dsn) as log:
        yield log


async def ask(log: Log, query: str, principal: Principal = LAESER, **variables: Any) -> Any:
    return await SCHEMA.execute(query, variable_values=variables, context_value=context(log, principal))


async def page(log: Log, **variables: Any) -> Any:
    answer = await ask(log, SIDE, **variables)
    assert answer.errors is None
    return answer.data["aendringer"]


async def test_without_a_position_it_tells_where_to_begin(log: Log) -> None:
    await change(log, "before")

    first = await page(log)
    later = await change(log, "later")
    second = await page(log, efter=first["naeste"])

    assert (first["aendringer"], first["flere"]) == ([], False)
    assert [one["uuid"] for one in second["aendringer"]] == [str(later)]


async def test_a_change_is_shown_with_all_that_the_log_has(log: Log) -> None:
    start = (await page(log))["naeste"]
    async with log.database.transaction() as tx:
        cause = await en_aendring(tx, BY, BY.rod, reg_ns=REGISTRERET + 123)
        await en_aendring(tx, BY, BY.rod, aarsag="AFLEDT", art="INAKTIV", afledt_af=cause, felter=())

    found = (await page(log, efter=start, filter={"afledte": True}))["aendringer"]

    assert found[0] == {
        "stand": found[0]["stand"],
        "art": "AENDRET",
        "aarsag": "BESKED",
        "objekttype": "ORGANISATION_ENHED",
        "uuid": str(BY.rod),
        "registreringstid": "2026-01-01T00:00:00.000000123Z",
        "anvendt": "2026-06-01T12:00:00Z",
        "felter": ["enhedsnavn"],
        "afledtAf": None,
    }
    assert (found[1]["aarsag"], found[1]["art"], found[1]["afledtAf"]) == ("AFLEDT", "INAKTIV", found[0]["stand"])


async def test_pages_go_on_until_there_is_no_more(log: Log) -> None:
    position = (await page(log))["naeste"]
    expected = [str(await change(log, f"n{number}")) for number in range(5)]
    found: list[str] = []
    sizes = []

    flere = True
    while flere:
        one = await page(log, efter=position, antal=2)
        position, flere = one["naeste"], one["flere"]
        sizes.append(len(one["aendringer"]))
        found += [change["uuid"] for change in one["aendringer"]]

    assert (found, sizes) == (expected, [2, 2, 1])


FILTERS = {
    "none": (None, 2),
    "null": ({"objekttyper": None, "uuid": None, "underEnhed": None, "brugere": None, "afledte": None}, 2),
    "its own municipality": ({"cvr": BY.cvr}, 2),
    "a type": ({"objekttyper": ["BRUGER"]}, 1),
    "no type": ({"objekttyper": []}, 0),
    "a uuid": ({"uuid": [str(BY.rod)]}, 1),
    "a subtree": ({"underEnhed": str(BY.rod)}, 1),
    "a user": ({"brugere": [str(BY.en_uuid("mads"))]}, 1),
}


@pytest.mark.parametrize("filter, count", FILTERS.values(), ids=FILTERS)
async def test_a_filter_of_the_api_is_that_of_the_log(log: Log, filter: Any, count: int) -> None:
    start = (await page(log))["naeste"]
    async with log.database.transaction() as tx:
        await en_aendring(tx, BY, BY.rod)
        await en_aendring(tx, BY, BY.en_uuid("mads"), "BRUGER")

    assert len((await page(log, efter=start, filter=filter))["aendringer"]) == count


def expired(log: Log) -> str:
    return log.text(BY.uuid, Stand(1, 1), NOW - timedelta(days=8))


REFUSED = {
    "antal 0": ({"antal": 0}, "antal: wanted 1 to 500, found 0", "ValidationError", None),
    "antal 501": ({"antal": 501}, "antal: wanted 1 to 500, found 501", "ValidationError", None),
    "a forged position": ({"efter": "AAAA"}, "efter: stand was not given", "ValidationError", "STAND_INVALID"),
    "an empty position": ({"efter": ""}, "efter: stand was not given", "ValidationError", "STAND_INVALID"),
    "an expired position": ({"efter": expired}, "efter: stand is older", "ValidationError", "STAND_EXPIRED"),
    "another municipality": ({"filter": {"cvr": "22222222"}}, "filter.cvr: wanted", "Unauthorized", None),
    "501 uuids": (
        {"filter": {"uuid": [str(BY.rod)] * 501}},
        "filter.uuid: wanted at most 500",
        "ValidationError",
        None,
    ),
}


@pytest.mark.parametrize("variables, message, classification, kode", REFUSED.values(), ids=REFUSED)
async def test_a_page_is_refused(
    log: Log, variables: dict[str, Any], message: str, classification: str, kode: str | None
) -> None:
    given = {name: value(log) if callable(value) else value for name, value in variables.items()}

    answer = await ask(log, SIDE, **given)

    assert answer.data == {"aendringer": None}
    assert answer.errors[0].message.startswith(message)
    assert answer.errors[0].extensions["classification"] == classification
    assert answer.errors[0].extensions.get("kode") == kode


async def test_the_right_to_read_is_needed(log: Log) -> None:
    answer = await ask(log, SIDE, replace(LAESER, rettigheder=frozenset()))

    assert answer.errors[0].extensions["classification"] == "Unauthorized"


async def test_friskhed_is_told_with_a_position(log: Log) -> None:
    query = """query ($cvr: CVR!) { friskhed(cvr: $cvr) {
        status stand beskederTil verificeretTil aeldsteVentende ventende parkerede kanalForbundet kildeTilgaengelig
        senesteAfstemning { afsluttet } } }"""

    answer = await ask(log, query, cvr=BY.cvr)
    other = await ask(log, query, cvr="22222222")

    found = answer.data["friskhed"]
    position = found.pop("stand")
    assert found == {
        "status": "FRISK",
        "beskederTil": "2026-06-01T11:59:59Z",
        "verificeretTil": None,
        "aeldsteVentende": 0.0,
        "ventende": 0,
        "parkerede": 0,
        "kanalForbundet": True,
        "kildeTilgaengelig": True,
        "senesteAfstemning": None,
    }
    later = await change(log, "later")
    assert [one["uuid"] for one in (await page(log, efter=position))["aendringer"]] == [str(later)]
    assert other.errors[0].extensions["classification"] == "Unauthorized"


async def test_the_extensions_carry_the_position_of_the_data(log: Log) -> None:
    async with log.database.connection() as connection:
        horisont = await connection.fetchval("select pg_snapshot_xmin(pg_current_snapshot())")
    later = await change(log, "after the answer was read")
    await log.tail.news(BY.uuid, 0, 20)

    shown = orjson.loads(orjson.dumps(await context(log).aendringer.extensions(LAESER, Svar(b"{}", horisont=horisont))))

    assert {key: shown[key] for key in ("status", "beskederTil", "verificeretTil")} == {
        "status": "FRISK",
        "beskederTil": "2026-06-01T11:59:59Z",
        "verificeretTil": None,
    }
    assert [one["uuid"] for one in (await page(log, efter=shown["stand"]))["aendringer"]] == [str(later)]


async def test_a_position_in_x_mindst_is_waited_for(log: Log) -> None:
    changes = context(log).aendringer
    start = (await page(log))["naeste"]
    await change(log, "mine", ring=False)
    mine = (await page(log, efter=start))["aendringer"][0]["stand"]

    assert await changes.mindst(LAESER, start) is None
    assert await changes.mindst(LAESER, mine) is None


async def test_a_position_that_is_not_reached_in_time_is_no_answer_from_the_past(log: Log) -> None:
    log.vent = timedelta(seconds=0.05)
    async with log.database.transaction() as slow:
        await en_aendring(slow, BY, BY.rod)
        xid = await slow.fetchval("select pg_current_xact_id()")

        with pytest.raises(Unavailable):
            await context(log).aendringer.mindst(LAESER, log.text(BY.uuid, Stand(1, xid, 1), NOW))


def foreign(log: Log) -> str:
    return log.text(Kommune(cvr="22222222").uuid, Stand(1, 1), NOW)


@pytest.mark.parametrize("text, kode", [(foreign, "STAND_INVALID"), (expired, "STAND_EXPIRED")])
async def test_a_position_in_x_mindst_that_is_no_good_is_a_validation_error(log: Log, text: Any, kode: str) -> None:
    svar = await context(log).aendringer.mindst(LAESER, text(log))

    assert svar is not None
    assert (svar.udfoert, svar.data) == (False, None)
    assert svar.errors[0]["extensions"] == {
        "message": svar.errors[0]["message"],
        "kildeId": "orgraf",
        "id": None,
        "type": "ERROR",
        "classification": "ValidationError",
        "kode": kode,
    }
