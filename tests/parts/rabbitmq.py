"""A real RabbitMQ of the tests' own: a private node on loopback, with the Beskedfordeler's vhost and two users.

`laeser` may read and nothing else, as a mailbox owner may: the product declares, binds and configures nothing.
`admin` may all: a test makes its queues with it. Owns the processes; refuses to know any message.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.parts.missing import Missing, fetch

VHOST = "BF"
START_S = 60.0


@dataclass
class Broker:
    """One node. kill() and run() again is a crash: durable queues and persistent messages must be there."""

    root: Path
    variables: Mapping[str, str]
    folder: Path
    port: int
    password: str = field(repr=False)
    epmd_port: int
    dist_port: int
    _node: subprocess.Popen[bytes] | None = None
    _epmd: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The reader's address."""
        return f"amqp://laeser:{self.password}@127.0.0.1:{self.port}/{VHOST}"

    @property
    def admin_url(self) -> str:
        """The address of one who may declare, bind and publish."""
        return f"amqp://admin:{self.password}@127.0.0.1:{self.port}/{VHOST}"

    def run(self) -> None:
        """Start the node, or start it again; returns when its port answers."""
        environment = _environment(self)
        erlang = self.root / "usr/lib/erlang/bin"
        if self._epmd is None:
            self._epmd = subprocess.Popen(
                [erlang / "epmd"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        (server,) = self.root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
        with (self.folder / "log" / "console.log").open("wb") as out:
            self._node = subprocess.Popen(
                [server], env=environment, stdout=out, stderr=out, cwd=self.folder, start_new_session=True
            )
        deadline = time.monotonic() + START_S
        while not _answers(self.port):
            if self._node.poll() is not None or time.monotonic() > deadline:
                self.end()
                said = (self.folder / "log" / "console.log").read_text(errors="replace").strip()
                raise Missing(f"RabbitMQ did not start: {said[-600:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of the whole node."""
        if self._node is not None:
            os.killpg(self._node.pid, signal.SIGKILL)
            self._node.wait()
            self._node = None

    def stop(self) -> None:
        """An orderly stop: connections are closed, everything is on disk."""
        if self._node is not None:
            os.killpg(self._node.pid, signal.SIGTERM)
            try:
                self._node.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
            self._node = None

    def end(self) -> None:
        """The session is over: nothing of ours stays behind."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None


def start(folder: Path) -> Broker:
    """Fetch RabbitMQ if need be, and start one node with its files under `folder`."""
    root, variables = fetch("rabbitmq")
    for name in ("mnesia", "log", "gen"):
        (folder / name).mkdir()
    port, epmd_port, dist_port = _free_ports(3)
    broker = Broker(Path(root), variables, folder, port, secrets.token_urlsafe(16), epmd_port, dist_port)
    _write_files(broker)
    broker.run()
    return broker


def _write_files(broker: Broker) -> None:
    right = {"vhost": VHOST, "configure": "", "write": "", "read": ".*"}
    definitions = {
        "vhosts": [{"name": VHOST}],
        "users": [
            {"name": "laeser", "password": broker.password, "tags": ""},
            {"name": "admin", "password": broker.password, "tags": "administrator"},
        ],
        "permissions": [
            {"user": "laeser", **right},
            {"user": "admin", **right, "configure": ".*", "write": ".*"},
        ],
    }
    (broker.folder / "definitions.json").write_text(json.dumps(definitions))
    lines = [
        f"listeners.tcp.1 = 127.0.0.1:{broker.port}",
        f"load_definitions = {broker.folder}/definitions.json",
        "vm_memory_high_watermark.absolute = 512MB",
        "disk_free_limit.absolute = 50MB",
        "log.console.level = warning",
    ]
    (broker.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
    (broker.folder / "enabled_plugins").write_text("[].\n")


def _environment(broker: Broker) -> dict[str, str]:
    folder = broker.folder
    environment = {
        "PATH": f"{broker.root / 'usr/lib/erlang/bin'}:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(broker.epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"orgraf{broker.port}@localhost",
        "RABBITMQ_NODE_PORT": str(broker.port),
        "RABBITMQ_DIST_PORT": str(broker.dist_port),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "gen"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none",
    }
    return environment | dict(broker.variables)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"  # a method frame: connection.start
    except OSError:
        return False


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
