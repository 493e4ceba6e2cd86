"""Log lines that name nobody, metrics without what clients choose, and what live and ready answer."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from fkorg.errors import Malformed, Unavailable
from model.eftersyn import Kommunemaal, Maal
from model.freshness import Friskhed, Friskhedsstatus
from orgraf import observe, web
from orgraf.observe import LOGFELTER, UDELADT, Metrics, Observed
from orgraf.settings import Settings
from simulator import noegler
from tests.house.source import PACKAGES, python, tree

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FRISK = Friskhed(
    status=Friskhedsstatus.FRISK,
    beskeder_til=NOW - timedelta(seconds=2),
    verificeret_til=None,
    aeldste_ventende=timedelta(seconds=3),
    ventende=4,
    parkerede=5,
    kanal_forbundet=True,
    kilde_tilgaengelig=False,
)


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is logged as JSON while the test runs."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = StringIO()
    observe.configure_logging(as_json=True, to=written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_holds_known_fields_and_no_others(written: StringIO) -> None:
    structlog.get_logger().info("anvendt", objekttype="BRUGER", antal=3, navn="Mads Skjern")

    (line,) = lines(written)
    assert (line["event"], line["level"], line["objekttype"], line["antal"]) == ("anvendt", "info", "BRUGER", 3)
    assert line["navn"] == UDELADT
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("cpr", ["0102031234", "010203-1234", "010203 1234"])
def test_a_cpr_number_is_masked_wherever_it_stands(written: StringIO, cpr: str) -> None:
    structlog.get_logger().info(f"fandt {cpr}", grund=f"person {cpr}.", besked_id=["a", cpr])
    logging.getLogger("somebody.elses").warning("value %s is wrong", cpr)

    found = json.dumps(lines(written))

    assert cpr not in found
    assert found.count("[cpr?]") == 4


def test_times_and_ids_are_no_cpr_numbers(written: StringIO) -> None:
    structlog.get_logger().info("x", reg_ns=1_767_225_600_000_000_000, grund="1767225600000000000 0.1234567890")

    (line,) = lines(written)
    assert line["reg_ns"] == 1_767_225_600_000_000_000
    assert line["grund"] == "1767225600000000000 0.1234567890"


def test_an_exception_is_shown_by_type_and_place_with_our_words_alone(written: StringIO) -> None:
    try:
        try:
            int("Mads Skjern")
        except ValueError as cause:
            raise Malformed("wanted a number") from cause
    except Malformed as error:
        structlog.get_logger().error("uventet fejl", exc_info=error)
        logging.getLogger("library").exception("failed")

    found = lines(written)

    for line in found:
        assert "fkorg.errors.Malformed: wanted a number" in line["exception"]
        assert "builtins.ValueError\n" in line["exception"]
        assert "test_observe.py" in line["exception"]
    assert "Mads Skjern" not in json.dumps(found)


def test_the_source_logs_no_field_that_is_not_listed() -> None:
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    unlisted = [
        f"{path}:{node.lineno} {keyword.arg}"
        for path in python(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in levels
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("log", "logger")
        for keyword in node.keywords
        if keyword.arg not in LOGFELTER | {"exc_info"}
    ]

    assert unlisted == []


def test_metrics_tell_answers_sockets_messages_and_the_source() -> None:
    metrics = Metrics()
    metrics.svar("graphql", 200, 0.004)
    metrics.socket(+1)
    metrics.besked("PUSH", "MODTAGET")
    metrics.anvendt("BESKED", "ANVENDT", 3)
    metrics.kilde("laes", "OK", 0.02)

    found = metrics.text().decode()

    for line in (
        'orgraf_svar_seconds_count{door="graphql",operation="andre",status="200"} 1.0',
        "orgraf_sockets_open 1.0",
        'orgraf_beskeder_total{kanal="PUSH",udfald="MODTAGET"} 1.0',
        'orgraf_anvendt_total{aarsag="BESKED",udfald="ANVENDT"} 3.0',
        'orgraf_kilde_seconds_count{operation="laes",udfald="OK"} 1.0',
    ):
        assert line in found


def test_two_processes_in_one_do_not_share_metrics() -> None:
    one, other = Metrics(), Metrics()
    one.socket(+1)

    assert "orgraf_sockets_open 0.0" in other.text().decode()


def client(mangler: list[str], friskhed: dict[str, Friskhed] | None) -> httpx.AsyncClient:
    async def missing() -> list[str]:
        return mangler

    async def fresh(now: datetime) -> dict[str, Friskhed]:
        if friskhed is None:
            raise Unavailable("the database is away")
        return friskhed

    async def measured(now: datetime) -> Maal:
        if friskhed is None:
            raise Unavailable("the database is away")
        kommune = Kommunemaal("11111111", timedelta(seconds=7), now - timedelta(hours=2), 900, 1, 3)
        return Maal(41, now + timedelta(seconds=6), 2, [kommune])

    observed = Observed(Metrics(), missing, fresh, measured, lambda: NOW)  # type: ignore[arg-type]
    app = Starlette(routes=observe.routes(observed))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://orgraf")


async def test_live_is_always_told() -> None:
    async with client(["the database is out of reach"], {}) as http:
        answer = await http.get("/health/live")

    assert (answer.status_code, answer.text) == (200, "live\n")


READY = {
    "nothing is missing": ([], 200),
    "something is missing": (["the first fill of 11111111 is not done"], 503),
}


@pytest.mark.parametrize("mangler, status", READY.values(), ids=READY)
async def test_ready_is_told_with_what_is_missing(mangler: list[str], status: int) -> None:
    async with client(mangler, {}) as http:
        answer = await http.get("/health/ready")

    assert (answer.status_code, answer.json()) == (status, {"klar": not mangler, "mangler": mangler})
    assert ("retry-after" in answer.headers) is bool(mangler)


async def test_metrics_tell_freshness_at_the_moment_of_asking() -> None:
    async with client([], {"11111111": FRISK}) as http:
        answer = await http.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    for line in (
        'orgraf_friskhed{cvr="11111111",status="FRISK"} 1.0',
        'orgraf_friskhed{cvr="11111111",status="BAGUD"} 0.0',
        'orgraf_beskeder_alder_seconds{cvr="11111111"} 2.0',
        'orgraf_verificeret_alder_seconds{cvr="11111111"} NaN',
        'orgraf_aeldste_ventende_seconds{cvr="11111111"} 3.0',
        'orgraf_ventende{cvr="11111111"} 4.0',
        'orgraf_parkerede{cvr="11111111"} 5.0',
        'orgraf_kanal_forbundet{cvr="11111111"} 1.0',
        'orgraf_kilde_tilgaengelig{cvr="11111111"} 0.0',
        'orgraf_leder_tavs_seconds{cvr="11111111"} 7.0',
        'orgraf_afstemning_alder_seconds{cvr="11111111"} 7200.0',
        'orgraf_afstemning_bremset{cvr="11111111"} 900.0',
        'orgraf_skriv_i_tvivl{cvr="11111111"} 1.0',
        'orgraf_afstemning_tabte_beskeder{cvr="11111111"} 3.0',
        "orgraf_forbindelser_ledige 41.0",
        "orgraf_ur_skaev_seconds 6.0",
        "orgraf_incarnation 2.0",
        "orgraf_database_svarer 1.0",
    ):
        assert line in answer.text


async def test_metrics_answer_also_while_the_database_is_away() -> None:
    async with client([], None) as http:
        answer = await http.get("/metrics")

    assert answer.status_code == 200
    assert "orgraf_sockets_open 0.0" in answer.text
    assert "orgraf_database_svarer 0.0" in answer.text
    assert "orgraf_forbindelser_ledige NaN" in answer.text, "what was said before holds no more"


@pytest.mark.parametrize(
    ("siden", "mangler"),
    [(timedelta(days=1), "the database is out of reach"), (timedelta(days=4000), "our certificate has expired")],
)
async def test_certificates_are_counted_down_and_an_expired_one_of_ours_is_not_ready(
    tmp_path: Path, siden: timedelta, mangler: str
) -> None:
    kept = noegler.load_or_make(tmp_path, datetime.now(UTC) - siden)
    settings = Settings(
        contexts={"11111111": None},
        certificate=kept.certifikat(noegler.ANVENDER),
        certificate_key=kept.privat(noegler.ANVENDER),
        sts_certificates=(kept.certifikat(noegler.STS), kept.certifikat(noegler.ANVENDER)),
    )
    transport = httpx.ASGITransport(web.app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://orgraf") as http:
        ready = await http.get("/health/ready")
        metrics = (await http.get("/metrics")).text

    assert ready.status_code == 503
    assert mangler in ready.json()["mangler"][0]
    dage = float(re.findall(r'^orgraf_certifikat_dage{hvis="ours"} (\S+)$', metrics, re.MULTILINE)[0])
    assert dage == pytest.approx(noegler.LEVETID.days - siden.days, abs=0.1)
