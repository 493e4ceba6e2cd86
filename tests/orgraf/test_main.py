"""The command line: what it offers, and how it says in a line or two what it cannot do."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from orgraf import udsteder
from orgraf.__main__ import main
from tests.parts.missing import ROOT

COMMANDS = [
    *("serve", "ingest", "bootstrap", "rebuild", "parked", "migrate", "klasser", "schema", "simulate", "demo"),
]


@dataclass(frozen=True)
class Done:
    """What a command left: its exit status, and all that it printed."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in this process, which has all its imports at hand, with these settings alone."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def run(*arguments: str, **settings: str) -> Done:
        for name in [name for name in os.environ if name.startswith("ORGRAF_")]:
            monkeypatch.delenv(name)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["orgraf", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(ended.value.code if isinstance(ended.value.code, int) else 0, said.out, said.err)

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def process(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The same as a user does it: what only a process of its own shows."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORGRAF_")}
    return subprocess.run(
        [sys.executable, "-m", "orgraf", *arguments],
        cwd=ROOT,
        env={**environment, "COLUMNS": "200", "NO_COLOR": "1", **settings},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_help_lists_every_command() -> None:
    done = process("--help")

    assert done.returncode == 0
    assert [command for command in COMMANDS if f" {command} " not in done.stdout] == []


def test_the_schema_is_printed_as_it_is_kept(run: Run) -> None:
    done = run("schema")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (ROOT / "schema.graphql").read_text("utf-8")


MISSING = {
    "serve": ["DATABASE_DSN", "CONTEXTS", "SOURCE_URL", "JWT_ISSUER or ORGRAF_JWT_ISSUERS"],
    "ingest": ["DATABASE_DSN", "CONTEXTS", "SOURCE_URL"],
    "migrate": ["DATABASE_DSN"],
}


@pytest.mark.parametrize("command, names", MISSING.items(), ids=MISSING)
def test_settings_that_are_missing_are_named_all_at_once(run: Run, command: str, names: list[str]) -> None:
    done = run(command)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"ORGRAF_{name}: is needed and not set" for name in names]


def test_a_setting_that_is_wrong_is_named_and_its_value_not_repeated(run: Run) -> None:
    secret = {"ORGRAF_DATABASE_DSN": "postgresql://x:hemmelig@127.0.0.1/x", "ORGRAF_CONTEXTS": "hemmelig"}

    done = run("parked", **secret, ORGRAF_NIX="hemmelig")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "ORGRAF_CONTEXTS: wanted CVR numbers of eight digits, each once",
        "ORGRAF_NIX: there is no such setting",
    ]


@pytest.mark.parametrize("how", [{"ORGRAF_TRUSTED_ONLY": "true"}, None])
def test_a_server_of_trusted_documents_alone_needs_their_list(
    run: Run, tmp_path: Path, how: dict[str, str] | None
) -> None:
    key = tmp_path / "udsteder.pem"
    key.write_text(udsteder.ny(datetime.now(UTC)).certifikat)
    needed = dict.fromkeys(("DATABASE_DSN", "SOURCE_URL", "JWT_ISSUER", "JWT_AUDIENCE"), "x")
    needed |= {"CONTEXTS": "11111111", "JWT_KEYS": str(key)}
    settings = {f"ORGRAF_{name}": value for name, value in needed.items()} | (how or {})

    done = run("serve", *([] if how else ["--trusted-only"]), **settings)

    assert (done.returncode, done.stderr) == (
        1,
        "ORGRAF_TRUSTED: is needed when no other documents are answered\n",
    )


OPTIONS = {
    "a size": (("--size", "huge"), "wanted a size of small, medium"),
    "a fault": (("--fault", "nix=1"), "wanted a fault of slow"),
    "a queue without a broker": (("--queue", "x"), "wanted --amqp-url and --queue"),
}


@pytest.mark.parametrize("options, said", OPTIONS.values(), ids=OPTIONS)
def test_the_simulator_refuses_an_option_in_a_line(
    run: Run, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = run("simulate", "--dir", str(tmp_path), *options)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_a_database_that_is_away_is_told_by_migrate_in_a_line() -> None:
    done = process("migrate", ORGRAF_DATABASE_DSN="postgresql://orgraf@127.0.0.1:1/orgraf")

    assert done.returncode == 1
    assert "the database is out of reach" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrating_again_changes_nothing(run: Run, dsn: str) -> None:
    done = run("migrate", ORGRAF_DATABASE_DSN=dsn)

    assert (done.returncode, done.stdout) == (0, "the database is at this version\n")


KLASSER = {
    "no file": (None, "wanted a readable file in UTF-8"),
    "no heading": ("hej\n", "wanted a heading with uuid"),
    "no uuid": ("uuid,titel\nnix,Titel\n", "entry 1: wanted a uuid"),
    "no classes": ("uuid,titel\n", "wanted classes, found none"),
}


@pytest.mark.parametrize("text, said", KLASSER.values(), ids=KLASSER)
def test_a_file_of_classes_that_cannot_be_read_is_told_in_a_line(
    run: Run, dsn: str, tmp_path: Path, text: str | None, said: str
) -> None:
    file = tmp_path / "klasser.csv"
    if text is not None:
        file.write_text(text)

    done = run("klasser", str(file), ORGRAF_DATABASE_DSN=dsn)

    assert done.returncode == 1
    assert done.stderr.startswith(str(file))
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_classes_are_loaded_and_counted(run: Run, dsn: str, tmp_path: Path) -> None:
    file = tmp_path / "klasser.csv"
    file.write_text("uuid,nummer,titel,facet,aktiv\n8a4f9a3e-60cf-4e3b-9a49-0c5a1e3c5d11,00.01,Æbler,,true\n")

    done = run("klasser", str(file), ORGRAF_DATABASE_DSN=dsn)

    assert (done.returncode, done.stdout) == (0, "1 classes loaded\n")


@pytest.mark.parametrize("command", ["rebuild"])
def test_a_municipality_that_is_not_served_is_told(run: Run, dsn: str, command: str) -> None:
    done = run(command, ORGRAF_DATABASE_DSN=dsn, ORGRAF_CONTEXTS="22222222")

    assert done.returncode == 1
    assert "CVR 22222222 is not served yet" in done.stderr


def test_nothing_is_parked_in_an_empty_database(run: Run, dsn: str) -> None:
    done = run("parked", "--json", ORGRAF_DATABASE_DSN=dsn, ORGRAF_CONTEXTS="11111111")

    assert (done.returncode, done.stdout) == (0, "")


def test_ingest_loads_no_graphql() -> None:
    """Loading is most of what a start costs, and each of ingest's is waited for by what came meanwhile."""
    loads = "import sys, orgraf.__main__, orgraf.service; print([one for one in sys.modules if 'graphql' in one])"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
