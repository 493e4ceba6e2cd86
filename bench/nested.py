"""The nested query of about 2,000 objects: the product against resolvers and DataLoader, side by side, in one table.

Same Postgres, same rows, same document, 16 callers, alternating rounds, medians. Answers are compared before anything
is measured. Starts its own servers on loopback, ends them, and ends by itself.
usage: python -m bench.nested [--rounds 3] [--seconds 8] [--callers 16]
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.console import Console
from rich.table import Table

from bench import kommune, load
from bench.servers import Server, produkt, resolvere
from migrations import upgrade
from orgraf.embedded import Embedded

DOCUMENT: Final = """
query Enhed($uuid: [UUID!]!) {
  organisationEnhed(uuid: $uuid) {
    uuid
    enhedsnavn
    underliggendeEnheder {
      uuid
      enhedsnavn
      medlemskaber {
        uuid
        medlemskabRolleTitel
        funktionsTypeUuid
        start
        slut
        bruger {
          uuid
          brugernavn
          person { uuid navn }
          adresser { uuid adresseTekst }
        }
      }
    }
  }
}
"""
GOAL: Final = 10


def main(rounds: int, seconds: float, callers: int) -> int:
    """Run it; 0 when the product answers at least GOAL times as many as the peer, else 1."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="orgraf-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Embedded(folder / "pg", fsync=False) as postgres:
            upgrade(postgres.dsn())
            found = asyncio.run(_compare(console, postgres, folder, rounds, seconds, callers))
    return _report(console, found)


async def _compare(
    console: Console, postgres: Embedded, folder: Path, rounds: int, seconds: float, callers: int
) -> dict[str, list[load.Round]]:
    count = await _fill(postgres.dsn())
    console.print(f"{count:,} rows, {callers} callers, {rounds} rounds of {seconds:g} s each, medians")
    async with resolvere(postgres.dsn()) as peer, produkt(postgres.dsn(), folder) as ours:
        body = json.dumps({"query": DOCUMENT, "variables": {"uuid": [str(kommune.en_uuid("centre 0"))]}}).encode()
        objects = await _same_answer(body, peer, ours)
        console.print(f"equal answers of {objects:,} objects")
        return await _rounds(body, {"resolvers": peer, "orgraf": ours}, rounds, seconds, callers, postgres)


async def _fill(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return await kommune.load(connection)
    finally:
        await connection.close()


async def _same_answer(body: bytes, peer: Server, ours: Server) -> int:
    """The number of objects in the answer. Raises when the two differ or one tells of an error."""
    answers = []
    for server in (peer, ours):
        answer = json.loads(await load.ask(server.port, body, server.headers))
        if answer.get("errors"):
            raise SystemExit(f"{server.name} answered with errors: {answer['errors'][:3]}")
        answers.append(json.dumps(answer["data"]))
    if answers[0] != answers[1]:
        at = next(i for i, (a, b) in enumerate(zip(*answers, strict=False)) if a != b)
        shown = "\n".join(answer[max(at - 200, 0) : at + 200] for answer in answers)
        raise SystemExit(f"the two servers answer differently; nothing was measured:\n{shown}")
    return answers[0].count('{"')


async def _rounds(
    body: bytes, servers: Mapping[str, Server], rounds: int, seconds: float, callers: int, postgres: Embedded
) -> dict[str, list[load.Round]]:
    """Both in turn, after a short round each to warm up."""
    found: dict[str, list[load.Round]] = {name: [] for name in servers}
    for number in range(rounds + 1):
        for name, server in servers.items():
            pids = (server.pid, postgres.pid or 0)
            length = seconds if number else 1.0
            done = await load.run(server.port, body, server.headers, callers, length, pids)
            if number:
                found[name].append(done)
    return found


def _report(console: Console, found: Mapping[str, list[load.Round]]) -> int:
    def median(name: str, column: str) -> float:
        return float(statistics.median(getattr(done, column) for done in found[name]))

    table = Table(title="nested query: one unit, its children, members, persons, addresses")
    columns = {"answers/s": "per_second", "p50 ms": "p50_ms", "server CPU ms": "server_cpu_ms"}
    columns |= {"Postgres CPU ms": "postgres_cpu_ms", "answer kB": "size_bytes"}
    for title in ("", *columns):
        table.add_column(title, justify="right" if title else "left")
    for name in found:
        values = [median(name, column) / (1000 if column == "size_bytes" else 1) for column in columns.values()]
        table.add_row(name, *(f"{value:,.1f}" for value in values))
    ratio = median("orgraf", "per_second") / median("resolvers", "per_second")
    console.print(table)
    console.print(f"throughput orgraf / resolvers: {ratio:.1f}x (goal {GOAL}x)")
    return 0 if ratio >= GOAL else 1


def _arguments() -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m bench.nested", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--callers", type=int, default=16)
    return vars(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main(**_arguments()))
