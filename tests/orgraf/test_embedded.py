import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from orgraf.embedded import SOCKET_PATH_MAX, Embedded, EmbeddedError
from tests.parts.folder import shared_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """Outside pytest's private folders, so that root's server (`nobody`) can walk to it."""
    with shared_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    """One server for the tests that only look."""
    with shared_folder() as folder, Embedded(folder / "pg") as server:
        yield server


@pytest.fixture(scope="module")
def far() -> Iterator[Embedded]:
    """One with a path too long for a socket, and with a loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with shared_folder() as folder, Embedded(folder / ("long-name" * 12) / "pg", port=port, fsync=False) as server:
        yield server


def lives(pid: int) -> bool:
    """False also for a process that ended and was not yet waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def ask(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("setting", "expected"),
    {
        "writes are synced": ("fsync", "on"),
        "no compilation of plans": ("jit", "off"),
        "no port is open": ("listen_addresses", ""),
        "time is UTC": ("TimeZone", "UTC"),
        "text is UTF-8": ("server_encoding", "UTF8"),
    }.values(),
)
async def test_a_new_server_has_our_settings(server: Embedded, setting: str, expected: str) -> None:
    assert await ask(server.dsn(), f"select current_setting('{setting}')") == expected


async def test_text_is_sorted_by_code_point_by_a_builtin_collation(server: Embedded) -> None:
    sql = "select format('%s %s', datlocprovider, datlocale) from pg_database where datname = current_database()"

    assert await ask(server.dsn(), sql) == "b C.UTF-8"


@pytest.mark.parametrize("extension", ["btree_gist", "pg_trgm"])
async def test_the_extensions_of_the_read_model_are_at_hand(server: Embedded, extension: str) -> None:
    assert await ask(server.dsn(), f"create extension {extension}") is None


async def test_what_is_committed_survives_kill_9_and_a_start_again(folder: Path) -> None:
    server = Embedded(folder / "pg")
    server.start()
    await ask(server.dsn(), "create table kept as select 42 as answer")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()

    with server:
        assert await ask(server.dsn(), "select answer from kept") == 42


async def test_a_server_that_outlived_its_supervisor_is_ended_at_the_next_start(folder: Path) -> None:
    script = "import os, sys, pathlib; from orgraf.embedded import Embedded; s = Embedded(pathlib.Path(sys.argv[1])); "
    script += "s.start(); print(s.pid); sys.stdout.flush(); os._exit(1)"
    left = subprocess.run([sys.executable, "-c", script, folder / "pg"], capture_output=True, text=True, cwd=Path.cwd())
    orphan = int(left.stdout)
    assert lives(orphan)

    with Embedded(folder / "pg") as server:
        assert await ask(server.dsn(), "select 1") == 1
        assert server.pid != orphan

    assert not lives(orphan)


def test_a_second_supervisor_of_one_folder_is_refused(far: Embedded) -> None:
    with pytest.raises(EmbeddedError, match="another orgraf uses"):
        Embedded(far.directory, fsync=False).start()


def test_a_bad_setting_is_named_in_the_error_and_not_tried_again(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        Embedded(folder / "pg", settings={"no_such_setting": "1"}).start()


async def test_the_loopback_port_asks_the_password(far: Embedded) -> None:
    assert await ask(far.tcp_dsn(), "select 1") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(f"postgresql://orgraf:wrong@127.0.0.1:{far.port}/orgraf", "select 1")


async def test_a_long_path_still_gets_a_socket(far: Embedded) -> None:
    assert len(str(far.directory)) > SOCKET_PATH_MAX
    assert await ask(far.dsn(), "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
async def test_root_in_a_private_folder_keeps_the_folders_mode_and_its_meaning(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    with Embedded(private / "pg", fsync=False) as server:
        await ask(server.dsn(), "create table kept as select 42 as answer")
    with Embedded(private / "pg", fsync=False) as server:
        assert await ask(server.dsn(), "select answer from kept") == 42
    assert private.stat().st_mode & 0o777 == 0o700

    for name in (private / "pg").iterdir():
        name.unlink()
    with Embedded(private / "pg", fsync=False) as server:
        assert await ask(server.dsn(), "select to_regclass('kept') is null") is True
        elsewhere = server.home
    assert elsewhere != private / "pg"
    await asyncio.to_thread(subprocess.run, ["rm", "-r", elsewhere], check=True)
