"""The command line: each command reads its settings, wires, runs, and says in one line why when it cannot."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import typer

from fkorg import failpoint
from fkorg.errors import FkorgError
from orgraf import clock, observe, settings
from orgraf.settings import SettingError, Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A fast, fresh GraphQL front for a Danish municipality's organisation. Settings come from the environment.",
)

parking = typer.Typer()
app.add_typer(parking, name="parked")

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="As `orgraf parked` lists them.")]
T = TypeVar("T")
Seed = Annotated[int, typer.Option(help="The same seed makes the same municipality.")]
Unsigned = Annotated[
    bool, typer.Option("--unsigned", help="Calls of the source as they are: no tokens, no signatures.")
]
Size = Annotated[str, typer.Option(help="small, medium, large, stress, m0, m1 or m10.")]


@app.command()
def serve(
    trusted_only: Annotated[
        bool, typer.Option("--trusted-only", help="Answer no documents but those of ORGRAF_TRUSTED.")
    ] = False,
) -> None:
    """Serve GraphQL, the try-out page, health and metrics; the push door too when ORGRAF_PUSH is true."""
    from orgraf import web

    found = _settings("database_dsn", "contexts", "source_url", "jwt_issuer|jwt_issuers")
    web.serve(replace(found, trusted_only=found.trusted_only or trusted_only))


@app.command()
def ingest() -> None:
    """Receive messages, read back what changed, apply it. Fills the model first when that is not done."""
    from orgraf import service

    found = _settings("database_dsn", "contexts", "source_url")
    _run(service.ingest(found))


@app.command()
def bootstrap() -> None:
    """Fill the read model from the hierarchy export. Cut short, it goes on where it was at the next call."""
    from orgraf import service

    found = _settings("database_dsn", "contexts", "source_url")
    _run(service.bootstrap(found))


@app.command()
def reconcile(
    json: Annotated[bool, typer.Option("--json", help="One JSON object for each municipality.")] = False,
) -> None:
    """Compare everything with the source now, put right what differs, and report it."""
    from orgraf import service

    found = _settings("database_dsn", "contexts", "source_url")
    _run(service.reconcile(found, as_json=json))


@app.command()
def rebuild() -> None:
    """Make all rows anew from the stored registrations, without a call to the source."""
    from orgraf import service

    found = _settings("database_dsn", "contexts")
    _run(service.rebuild(found))


@parking.callback(invoke_without_command=True)
def parked(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what could not be read or applied, and why; try it again, or discard it."""
    from orgraf import parking as setaside

    if context.invoked_subcommand is None:
        found = _settings("database_dsn", "contexts")
        _run(setaside.show(found, as_json=json))


@parking.command("retry")
def parked_retry(
    ids: Ids = None, all: Annotated[bool, typer.Option("--all", help="Everything that is set aside.")] = False
) -> None:
    """Receive messages again, and have objects read back again. What fails again is set aside again."""
    from orgraf import parking as setaside

    if bool(ids) == all:
        _fail("wanted ids as `orgraf parked` lists them, or --all")
    found = _settings("database_dsn", "contexts")
    _run(setaside.retry(found, ids or [], alle=all))


@parking.command("discard")
def parked_discard(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="As `orgraf parked` lists them.")],
) -> None:
    """Forget what is set aside under these ids; the log keeps that it was."""
    from orgraf import parking as setaside

    found = _settings("database_dsn", "contexts")
    _run(setaside.discard(found, ids))


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    gendannet: Annotated[
        bool,
        typer.Option("--gendannet", help="The database was restored: begin a new incarnation, compare everything."),
    ] = False,
) -> None:
    """Tell how the database, the broker, the source and ingest are, and what to do. Exit status 1: something is."""
    from orgraf import doctor as examining

    found = _settings("database_dsn") if gendannet else _settings("database_dsn", "contexts", "source_url")
    if gendannet:
        _run(examining.gendannet(found))
    elif not _run(examining.run(found, as_json=json)):
        raise typer.Exit(1)


@app.command()
def opslag(
    person: Annotated[UUID | None, typer.Option(help="Only who has seen this person, the latest first.")] = None,
    fra: Annotated[datetime | None, typer.Option(help="From this moment on, UTC.")] = None,
    til: Annotated[datetime | None, typer.Option(help="Up to this moment, UTC.")] = None,
) -> None:
    """Print who has seen names and CPR numbers, or searched by one: one JSON object a line."""
    from orgraf import opslag as reads

    found = _settings("database_dsn", "contexts")
    _run(reads.show(found, person, *(one and one.replace(tzinfo=UTC) for one in (fra, til))))


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    import migrations

    found = _settings("database_dsn")
    try:
        migrations.upgrade(found.database_dsn)
    except FkorgError as failure:
        _fail(str(failure))
    typer.echo("the database is at this version")


@app.command()
def roles(
    graph: Annotated[str | None, typer.Option(help="The database's role that `orgraf serve` logs in as.")] = None,
    ingest: Annotated[str | None, typer.Option(help="The one that `orgraf ingest` logs in as.")] = None,
    read: Annotated[str | None, typer.Option(help="The one that answers are read as: ORGRAF_READ_DSN.")] = None,
    push: Annotated[bool, typer.Option("--push", help="Servers keep messages too: they have the push door.")] = False,
) -> None:
    """Give database roles what a server and ingest need and nothing else; after each `orgraf migrate`, as its owner."""
    from orgraf import roller

    found = _settings("database_dsn")
    if graph is None and ingest is None and read is None:
        _fail("wanted --graph ROLE, --ingest ROLE, --read ROLE or several")
    _run(roller.giv(found, graph, ingest, read, push=push))


@app.command()
def klasser(file: Annotated[Path, typer.Argument(help="CSV or JSON: uuid, nummer, titel, facet, aktiv.")]) -> None:
    """Load classes: KLE numbers, titles of roles and types. Known uuids are overwritten."""
    from orgraf import service

    found = _settings("database_dsn")
    _run(service.klasser(found, file))


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from graph.schema import sdl

    typer.echo(sdl(), nl=False)


@app.command()
def simulate(
    dir: Annotated[Path, typer.Option(help="Folder of its truth; deleting it starts anew.")] = Path(".simulator"),
    port: Annotated[int, typer.Option(help="Where the twelve services answer, on 127.0.0.1.")] = 8001,
    size: Size = "small",
    seed: Seed = 1,
    push_url: Annotated[str | None, typer.Option(help="Send messages here by REST push.")] = None,
    amqp_url: Annotated[str | None, typer.Option(help="Send messages to this broker.")] = None,
    queue: Annotated[str | None, typer.Option(help="The mailbox's queue on that broker.")] = None,
    amqps_port: Annotated[int | None, typer.Option(help="That broker over TLS, for a login with a token.")] = None,
    tokens_port: Annotated[
        int | None, typer.Option(help="The token service's JSON and JWTs over TLS, for the registered certificate.")
    ] = None,
    ret: Annotated[
        str, typer.Option(help="replace: a list that is sent replaces it; merge: it is laid over.")
    ] = "replace",
    fault: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, more than once; GET /fejl tells them.")] = None,
    unsigned: Unsigned = False,
) -> None:
    """Run the simulated municipality alone."""
    from simulator import server

    options = server.Options(
        *(dir, port, "127.0.0.1", size, seed, push_url, amqp_url, queue, ret, fault or []),
        signed=not unsigned,
        amqps_port=amqps_port,
        tokens_port=tokens_port,
    )
    try:
        server.run(options)
    except ValueError as cause:
        _fail(str(cause))


@app.command()
def demo(
    check: Annotated[bool, typer.Option("--check", help="Try it out through the public doors, then end.")] = False,
    port: int = 8000,
    simulator_port: int = 8001,
    dir: Annotated[Path, typer.Option(help="Folder of the demo; deleting it starts anew.")] = Path(".demo"),
    size: Size = "small",
    seed: Seed = 1,
    unsigned: Unsigned = False,
) -> None:
    """Run Postgres, the simulator, ingest and the server on this machine."""
    from orgraf import demo as running

    options = running.Options(dir, port, simulator_port, size, seed, check, dict(os.environ), signed=not unsigned)
    raise typer.Exit(asyncio.run(running.run(options, typer.echo)))


def main() -> None:
    """The entry point of `orgraf`."""
    try:
        app()
    except SettingError as wrong:
        _fail(str(wrong))


def _settings(*needed: str) -> Settings:
    """The settings of the environment; from here on the log is set up as they say."""
    found = settings.read(os.environ, needed)
    observe.configure_logging(as_json=found.log_json)
    clock.shift_by(found.clock_offset)
    failpoint.switch_on(found.failpoints)
    return found


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except FkorgError as failure:
        _fail(str(failure))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
