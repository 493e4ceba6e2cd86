"""Every setting: its name, type, default and meaning, one line each. The only reader of the environment.

The variable of a setting is ORGRAF_ and its name in capitals; the same with _FILE behind it names a file that holds the
value, for secrets. A value that cannot be read, or a needed one that is missing, stops the start and is named. Below
`orgraf` a setting is an argument. Refuses to know what a setting does.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from fkorg.failpoint import Handling
from graph.caller import Cnf
from orgraf import failpoints
from orgraf.proxies import Nets

PREFIX = "ORGRAF_"
OURS = frozenset({"ORGRAF_SHARED", "ORGRAF_NO_UV"})  # read by tests and scripts, never by the product

E = TypeVar("E", bound=StrEnum)
Contexts: TypeAlias = Mapping[str, UUID | None]
Names: TypeAlias = Mapping[str, str]
Handlinger: TypeAlias = Mapping[str, Handling]


class StsForm(StrEnum):
    """How the token service is asked. Source: security.md 3.1, 3.5."""

    SOAP = "soap"
    JSON = "json"


class SettingError(Exception):
    """What is wrong in the environment, each setting by name. Never repeats a value: it may be a secret."""


def _setting(default: Any, about: str, *, secret: bool = False) -> Any:
    made = {"default_factory": lambda: default} if isinstance(default, dict) else {"default": default}
    return dataclasses.field(repr=not secret, metadata={"about": about}, **made)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All of them. Durations are written `0.25s`, `10min`, `24h`, `7d`; lists with commas; maps as JSON."""

    # Database
    database_dsn: str = _setting("", "Address of Postgres: `postgresql://user:password@host:5432/orgraf`.", secret=True)
    read_dsn: str = _setting(
        "",
        "Login for the statements that answer callers (`orgraf roles --read`). Empty: `ORGRAF_DATABASE_DSN`.",
        secret=True,
    )
    database_pool: int = _setting(10, "Connections that each process keeps.")
    statement_timeout: timedelta = _setting(timedelta(seconds=10), "Longest run of one statement of a caller.")

    # The source
    contexts: Contexts = _setting({}, "Municipalities served: `CVR`, or `CVR=UUID of its Organisation`, with commas.")
    source_url: str = _setting("", "Base address of the SOAP services; `/organisation/<service>/6` follows.")
    source_timeout: timedelta = _setting(timedelta(seconds=30), "Longest wait for one SOAP answer.")
    certificate: Path | None = _setting(
        None, "Our OCES function certificate: PKCS#12 with its key, or PEM. Empty: calls are not signed (simulator)."
    )
    certificate_key: Path | None = _setting(None, "Its private key, when the certificate is PEM.")
    certificate_password: str = _setting("", "Password of the key.", secret=True)
    sts_url: str = _setting("", "Address of the token service, for the form it is asked in.")
    sts_form: StsForm = _setting(
        StsForm.SOAP, "How it is asked: soap (signed), or json over TLS with ORGRAF_CERTIFICATE."
    )
    sts_issuer: str = _setting("", "Entity of the token service: `Issuer` of its tokens, exactly.")
    sts_certificates: tuple[Path, ...] = _setting((), "PEM files: who signs tokens; old and new, with commas.")
    source_certificates: tuple[Path, ...] = _setting((), "PEM files: who signs the services' answers; old and new.")
    source_audience: str = _setting(
        "http://stoettesystemerne.dk/service/organisation/3", "Audience of tokens for the services, exactly."
    )
    klasser: Path | None = _setting(None, "File of KLE numbers and titles (CSV or JSON), loaded at start.")

    # Messages
    amqp_url: str = _setting(
        "",
        "Address of the mailbox's broker, vhost BF. With `amqps:` and ORGRAF_CERTIFICATE we log in with a token. "
        "Empty: no AMQP.",
        secret=True,
    )
    amqp_queue: str = _setting("", "Name of the mailbox's queue.")
    amqp_prefetch: int = _setting(100, "Unacknowledged messages at most.")
    amqp_ca: Path | None = _setting(None, "PEM file: the CAs of an `amqps:` broker. Empty: those of this machine.")
    amqp_audience: str = _setting(
        "http://entityid.kombit.dk/service/bfo_modtag/2", "Audience of tokens for the mailbox, exactly."
    )
    amqp_certificate: bool = _setting(True, "Show our certificate in that broker's TLS handshake, besides the token.")
    push: bool = _setting(False, "Open the push door, `/beskedfordeler/modtag`.")
    push_callers: tuple[Path, ...] = _setting(
        (), "PEM files: who may push, old and new. `orgraf ingest` alone opens such a door. Empty: all who reach it."
    )
    push_certificate: Path | None = _setting(None, "The push door's own certificate for TLS: PEM, with its chain.")
    push_certificate_key: Path | None = _setting(None, "Its private key: PEM, without a password.")
    push_proxies: Nets = _setting(
        (), "Or, instead of TLS: addresses of the proxies that end it, such as `10.0.0.5, 10.1.0.0/24`."
    )
    push_header: str = _setting("X-Client-Cert", "Header in which they tell the caller's certificate: PEM or DER.")
    push_rate: int = _setting(1000, "Messages a second that are taken at the push door; more are told to wait (429).")
    mailbox_cvr: str = _setting("", "CVR of messages that name none. Empty: the only one of ORGRAF_CONTEXTS.")
    beskedtyper: Names = _setting({}, "Message type UUID to objekttype; empty: invented ones, as the simulator's.")
    objekttyper: Names = _setting({}, "ObjektType UUID in messages to objekttype; empty: invented, as above.")

    # Ingest
    settle: timedelta = _setting(timedelta(seconds=60), "Wait before a changed object is read once more to confirm.")
    backoff_first: timedelta = _setting(timedelta(seconds=0.25), "First wait before a failed read is tried again.")
    backoff_most: timedelta = _setting(timedelta(seconds=60), "Longest such wait.")
    source_behind: timedelta = _setting(
        timedelta(minutes=15), "A read still older than its message is parked after it."
    )
    lease: timedelta = _setting(timedelta(seconds=60), "How long a worker owns the objects it claimed.")
    takeover: timedelta = _setting(timedelta(seconds=5), "A leader that is not heard for so long is succeeded.")
    batch: int = _setting(50, "Objects read by one `list` call, at most.")
    functions_poll: timedelta = _setting(
        timedelta(minutes=30), "How often functions, which send no message, are asked for."
    )
    probe: timedelta = _setting(timedelta(seconds=15), "How often the source is asked whether it is there.")
    compare: timedelta = _setting(timedelta(hours=24), "How often everything is compared with the source.")

    # What is kept
    keep_messages: timedelta = _setting(timedelta(days=30), "How long an applied message is known again.")
    keep_changes: timedelta = _setting(
        timedelta(days=7), "How long a position in the change log holds; the same for ingest and servers."
    )
    keep_comparisons: timedelta = _setting(timedelta(days=90), "How long what comparisons found is kept.")
    keep_reads: timedelta = _setting(timedelta(days=730), "How long it is kept who has seen names and CPR numbers.")
    keep_history: timedelta | None = _setting(
        None, "How far back `registreringstid` reaches, such as `1825d`; the same for ingest and servers. Empty: all."
    )

    # Callers
    jwt_issuer: str = _setting("", "`iss` of callers' tokens, exactly, with the slash at its end.")
    jwt_audience: str = _setting("", "`aud` of callers' tokens: our entity id.")
    jwt_keys: tuple[Path, ...] = _setting((), "PEM files of the issuer's certificates or public keys, with commas.")
    jwt_privileges: Names = _setting(
        {}, "Privilege URI to right (LAES, SKRIV, INDSIGT, ...); empty: the built-in ones."
    )
    jwt_constraints: Names = _setting({}, "Constraint URI to right (SENAVN, SECPR); empty: the built-in ones.")
    jwt_cnf: Cnf | None = _setting(
        None,
        "`cnf` of its tokens: off, if_present, required. Empty: if_present where certificates are known, else off.",
    )
    jwt_issuers: Path | None = _setting(
        None, "JSON file of further issuers: keys by JWKS, claims, CVRs, rights; docs/security.md shows one."
    )
    client_certificate_header: str = _setting(
        "", "Header in which proxies tell a caller's certificate (DER in Base64, RFC 9440, or PEM). Empty: not known."
    )
    client_certificate_proxies: Nets = _setting(
        (), "Those proxies: addresses or networks, with commas. From all others the header is taken away."
    )

    # Doors and limits
    listen_host: str = _setting("127.0.0.1", "Address to listen on.")
    listen_port: int = _setting(8000, "Port to listen on.")
    body_bytes: int = _setting(64 * 1024, "Largest request body, and WebSocket message.")
    origins: tuple[str, ...] = _setting(
        (), "Pages of other hosts that may open a WebSocket, as `https://host`, with commas. Ours may always."
    )
    sockets: int = _setting(10_000, "WebSockets that one caller may have open at each server.")
    slow_reader: timedelta = _setting(
        timedelta(seconds=30),
        "A WebSocket whose client takes nothing for so long is closed, half as long later at most.",
    )
    reuse_bytes: int = _setting(
        0, "Memory for answers that are given again until something changes; such as `67108864`. 0: each is made anew."
    )
    price: int = _setting(
        10_000_000, "Most that an operation may cost: its fields, each as often as its pages are long."
    )
    answer_bytes: int = _setting(64 * 1024 * 1024, "Most that the data of one answer may take.")
    trusted: Path | None = _setting(
        None, "JSON file of trusted documents, `{id: document}` or Apollo's: metrics name their operations."
    )
    trusted_only: bool = _setting(False, "Answer no documents but those of ORGRAF_TRUSTED; as `serve --trusted-only`.")
    cards: bool = _setting(True, "Read what is asked for most from the cards that ingest keeps; else from the tables.")
    wait: timedelta = _setting(timedelta(seconds=5), "Longest wait for a `stand` or for one's own write to be seen.")

    # The try-out page, logs
    page_token: str = _setting("", "Token that the try-out page shows to all who open it: for the demo.", secret=True)
    log_json: bool = _setting(True, "Log lines as JSON; else for people.")

    # Tests
    clock_offset: Path | None = _setting(None, "For tests: a file of seconds to put the clock forward by.")
    failpoints: Handlinger = _setting({}, "For tests: where to be killed, stopped or held: `refresh.applied=kill@3`.")


def read(environment: Mapping[str, str], needed: tuple[str, ...] = ()) -> Settings:
    """The settings of an environment, with the needed ones: `a|b` is either. Raises SettingError, which names all that
    is wrong at once."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for field in dataclasses.fields(Settings):
        name = PREFIX + field.name.upper()
        try:
            text = _text(name, environment)
            if text is not None:
                found[field.name] = PARSERS[field.type](text)
        except (ValueError, OSError) as error:
            wrong.append(f"{name}: wanted {error}" if isinstance(error, ValueError) else f"{name}_FILE: cannot be read")
    told = {line.partition(":")[0] for line in wrong}
    for one in needed:
        names = [f"{PREFIX}{name.upper()}" for name in one.split("|")]
        if not any(found.get(name) for name in one.split("|")) and not told & {*names}:
            wrong.append(f"{' or '.join(names)}: is needed and not set")
    wrong += [f"{name}: there is no such setting" for name in sorted(environment) if _unknown(name)]
    if wrong:
        raise SettingError("\n".join(wrong))
    return Settings(**found)


def table() -> str:
    """The README's list, as Markdown."""
    lines = ["| Setting | Default | Meaning |", "| --- | --- | --- |"]
    for field in dataclasses.fields(Settings):
        default = field.default if field.default is not dataclasses.MISSING else None
        lines.append(f"| `{PREFIX}{field.name.upper()}` | {_shown(default)} | {field.metadata['about']} |")
    return "\n".join(lines) + "\n"


def _text(name: str, environment: Mapping[str, str]) -> str | None:
    """The value's text, from the variable or from the file that it names; None when neither is set."""
    if name in environment and f"{name}_FILE" in environment:
        raise ValueError(f"only one of {name} and {name}_FILE")
    if f"{name}_FILE" in environment:
        return Path(environment[f"{name}_FILE"]).read_text("utf-8").strip()
    return environment.get(name)


def _unknown(name: str) -> bool:
    known = {field.name.upper() for field in dataclasses.fields(Settings)}
    return name.startswith(PREFIX) and name not in OURS and name.removeprefix(PREFIX).removesuffix("_FILE") not in known


def _shown(default: object) -> str:
    if isinstance(default, timedelta):
        seconds = default.total_seconds()
        size, unit = next((size, unit) for unit, size in reversed(UNITS.items()) if seconds % size == 0 or unit == "s")
        return f"`{seconds / size:g}{unit}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return "" if default in (None, "", ()) else f"`{default}`"


UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|min|h|d)", text.strip())
    if match is None:
        raise ValueError("a duration such as 250ms, 30s, 10min, 24h or 7d")
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text.strip()):
        raise ValueError("a whole number, not negative")
    return int(text)


def _truth(text: str) -> bool:
    if text.strip().lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.strip().lower() == "true"


def _contexts(text: str) -> Contexts:
    found: dict[str, UUID | None] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        cvr, _, uuid = part.partition("=")
        if not re.fullmatch(r"[0-9]{8}", cvr) or cvr in found:
            raise ValueError("CVR numbers of eight digits, each once")
        try:
            found[cvr] = UUID(uuid) if uuid else None
        except ValueError:
            raise ValueError("a UUID after the sign =") from None
    return found


def _names(text: str) -> Names:
    try:
        found = json.loads(text)
    except ValueError:
        raise ValueError("a JSON object of text to text") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("a JSON object of text to text")
    return found


def _texts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(map(Path, _texts(text)))


def _nets(text: str) -> Nets:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("addresses or networks (10.0.0.0/24) with commas") from None


def _one_of(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        if text.strip() not in list(kind):
            raise ValueError(" or ".join(kind))
        return kind(text.strip())

    return read


PARSERS: Mapping[object, Callable[[str], Any]] = {
    str: str.strip,
    int: _whole,
    bool: _truth,
    timedelta: _duration,
    timedelta | None: lambda text: _duration(text) if text.strip() else None,
    Path: Path,
    Path | None: lambda text: Path(text) if text else None,
    tuple[Path, ...]: _paths,
    tuple[str, ...]: _texts,
    Contexts: _contexts,
    Names: _names,
    Handlinger: failpoints.read,
    Nets: _nets,
    StsForm: _one_of(StsForm),
    Cnf | None: lambda text: _one_of(Cnf)(text) if text.strip() else None,
}
