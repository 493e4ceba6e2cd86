"""Alarms: each asks for metrics that exist and has its paragraph in the runbook, and no paragraph is without alarm."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from orgraf.observe import Metrics
from tests.house.source import ROOT

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "docs" / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOK = dict(
    re.findall(r"^## (\w+)\n((?:(?!## ).*\n?)*)", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
)
PROMETHEUS = {"up"}
"""What Prometheus knows of every target by itself."""
METRIC = re.compile(r"\b(up|orgraf_\w+)\b")


def exposed() -> set[str]:
    """The names under which samples come out of /metrics."""
    metrics = Metrics()
    metrics.svar("graphql", 200, 0.1)
    metrics.maal(None, datetime(2026, 6, 1, tzinfo=UTC))
    families = list(metrics.registry.collect())
    return {sample.name for one in families for sample in one.samples} | {one.name for one in families}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_asks_for_metrics_that_exist_and_leads_to_its_paragraph(rule: dict[str, Any]) -> None:
    asked = set(METRIC.findall(rule["expr"]))

    assert asked
    assert asked - PROMETHEUS <= exposed()
    assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert len(RUNBOOK.get(rule["alert"], "").split()) >= 20


def test_each_paragraph_is_of_an_alarm() -> None:
    assert set(RUNBOOK) == {rule["alert"] for rule in RULES}


def test_what_operators_are_told_to_set_exists() -> None:
    from orgraf.settings import Settings

    known = {f"ORGRAF_{name.upper()}" for name in Settings.__dataclass_fields__}
    pages = [(ROOT / "docs" / name).read_text("utf-8") for name in ("operations.md", "runbook.md")]
    named = {name for page in pages for name in re.findall(r"ORGRAF_[A-Z_]*[A-Z]", page)} - {"ORGRAF_KEEP"}

    assert named <= known
