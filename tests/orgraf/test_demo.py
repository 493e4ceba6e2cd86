"""`orgraf demo`: from an empty folder to a municipality that was tried out, and nothing left running behind it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.parts.folder import shared_folder
from tests.parts.missing import ROOT

DEADLINE_S = 300


@pytest.fixture
def folder() -> Iterator[Path]:
    with shared_folder() as folder:
        yield folder / "demo"


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def demo(
    folder: Path, mark: str, *more: str, ports: tuple[int, int] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """The command, started; `mark` is inherited by everything that it starts. When the block fails while it
    runs, it is told to stop, and what it said is shown."""
    port, simulator = ports or free_ports()
    arguments = ["--dir", str(folder), "--port", str(port), "--simulator-port", str(simulator), *more]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORGRAF_")}
    with subprocess.Popen(
        [sys.executable, "-m", "orgraf", "demo", *arguments],
        cwd=ROOT,
        env={**environment, "DEMO_TEST_MARK": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                print(process.communicate(timeout=60)[0])


def left_running(folder: Path, mark: str) -> list[int]:
    """The processes that belong to the demo: by what they inherited, or by the folder that they were told."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if mark.encode() in told or str(folder).encode() in told:
            found.append(int(process.name))
    return found


def test_the_check_tries_everything_and_leaves_nothing_behind(folder: Path) -> None:
    mark = str(uuid4())

    with demo(folder, mark, "--check") as process:
        said, _ = process.communicate(timeout=DEADLINE_S)

    steps = [line for line in said.splitlines() if line.startswith(("ok ", "FAIL"))]
    assert process.returncode == 0, said
    assert [step[:4] for step in steps] == ["ok  "] * 7, said
    assert left_running(folder, mark) == []
    assert set(json.loads((folder / "tokens.json").read_text())) == {"laes", "persondata", "skriv", "drift"}
    assert (folder / "tokens.json").stat().st_mode & 0o077 == 0


def test_a_demo_that_is_told_to_stop_while_it_starts_leaves_nothing_behind(folder: Path) -> None:
    mark = str(uuid4())

    with demo(folder, mark) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgres")
        before = left_running(folder, mark)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=DEADLINE_S)

    assert len(before) > 1, "the demo and its Postgres at least"
    assert (process.returncode, left_running(folder, mark)) == (1, [])
    assert "Traceback" not in said


@pytest.mark.parametrize("taken", [0, 1], ids=["its own port", "the simulator's port"])
def test_a_port_in_use_is_told_before_anything_starts(folder: Path, taken: int) -> None:
    mark, ports = str(uuid4()), free_ports()
    with socket.create_server(("127.0.0.1", ports[taken])), demo(folder, mark, ports=ports) as process:
        said, _ = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 1
    assert said.strip() == (
        f"the demo stopped: port {ports[taken]} is in use: choose others by --port and --simulator-port"
    )
    assert left_running(folder, mark) == []
    assert not folder.exists()
