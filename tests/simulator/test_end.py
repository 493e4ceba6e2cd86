"""The simulator ends when it is told to, whoever still holds an answer half read."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from fkorg.operationer import Hierarki, operation
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Hoved, write_kuvert
from simulator.tokendoor import ENDS_S
from tests.flows.verden import free_ports
from tests.parts.missing import ROOT

DEADLINE_S = 60.0
SIDE = Hierarki(0, 500)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    except httpx.TransportError:
        return False


def asked(port: int) -> socket.socket:
    """A page of the export is being sent to it, and not read."""
    body = write_kuvert(write_anmodning(SIDE), Hoved("en-transaktion", message_id="urn:uuid:1"))
    head = f"POST /organisation/{operation(SIDE).sti}/6 HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(head.encode() + body)
    assert client.recv(15) == b"HTTP/1.1 200 OK"
    return client


def test_a_client_who_does_not_read_does_not_keep_it(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "orgraf", "simulate", "--unsigned", "--dir", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as simulator:
        try:
            give_up = time.monotonic() + DEADLINE_S
            while not answers(port):
                assert simulator.poll() is None, "it did not start"
                assert time.monotonic() < give_up, "it does not listen"
                time.sleep(0.1)
            with asked(port):
                began = time.monotonic()
                simulator.send_signal(signal.SIGTERM)
                simulator.wait(DEADLINE_S)
        finally:
            simulator.kill()

    assert time.monotonic() - began >= ENDS_S, "it had something to wait for"
