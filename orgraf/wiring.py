"""Settings -> the parts they describe: clients of the source, rules for tokens, UUIDs in messages. Nothing else."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from fkorg.catalogue import Objekttype
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.wire.besked_xml import Beskedkoder
from graph.caller import BEGRAENSNINGER, PRIVILEGIER, Ret, Tokenregler, pins
from ingest.bevaring import Bevaring
from orgraf.settings import SettingError, Settings

MINDSTE_HISTORIK: Final = timedelta(days=30)
"""What was known before a change is told with it, for as long as positions hold and longer."""


def transport(settings: Settings) -> Transport:
    """How the source is called; close it at the end."""
    return Transport(timeout_s=settings.source_timeout.total_seconds())


def klienter(settings: Settings, over: Transport) -> dict[str, Klient]:
    """A client of the source for each municipality, by CVR."""
    return {cvr: Klient(over, settings.source_url, cvr=cvr) for cvr in settings.contexts}


def tokenregler(settings: Settings) -> Tokenregler:
    """Which tokens hold. Raises SettingError for keys that cannot be read and rights that do not exist."""
    try:
        keys = pins(path.read_text("utf-8") for path in settings.jwt_keys)
    except (OSError, ValueError) as cause:
        raise SettingError("ORGRAF_JWT_KEYS: wanted PEM files of certificates or public RSA keys") from cause
    return Tokenregler(
        settings.jwt_issuer,
        settings.jwt_audience,
        keys,
        privilegier=_rettigheder("ORGRAF_JWT_PRIVILEGES", settings.jwt_privileges, PRIVILEGIER),
        begraensninger=_rettigheder("ORGRAF_JWT_CONSTRAINTS", settings.jwt_constraints, BEGRAENSNINGER),
    )


def beskedkoder(settings: Settings) -> Beskedkoder:
    """The UUIDs that messages name things by. Raises SettingError for an object type that does not exist."""
    default = Beskedkoder()
    return Beskedkoder(
        _objekttyper("ORGRAF_BESKEDTYPER", settings.beskedtyper) or default.beskedtyper,
        _objekttyper("ORGRAF_OBJEKTTYPER", settings.objekttyper) or default.objekttyper,
    )


def bevaring(settings: Settings) -> Bevaring:
    """What is kept for how long. Raises SettingError for a history too short for what is told of changes."""
    if settings.keep_history is not None and settings.keep_history < MINDSTE_HISTORIK:
        raise SettingError(f"ORGRAF_KEEP_HISTORY: wanted {MINDSTE_HISTORIK.days}d or more")
    return Bevaring(settings.keep_messages, settings.keep_changes, settings.keep_comparisons, settings.keep_history)


def mailbox(settings: Settings) -> str:
    """The CVR of messages that name none (rules.md 33). Raises SettingError when it is needed and not told."""
    if not settings.mailbox_cvr and len(settings.contexts) != 1:
        raise SettingError("ORGRAF_MAILBOX_CVR: is needed when several municipalities are served")
    return settings.mailbox_cvr or next(iter(settings.contexts))


def _objekttyper(name: str, given: Mapping[str, str]) -> dict[str, Objekttype]:
    try:
        return {uuid.lower(): Objekttype(objekttype) for uuid, objekttype in given.items()}
    except ValueError as cause:
        raise SettingError(f"{name}: wanted object types among {', '.join(Objekttype)}") from cause


def _rettigheder(name: str, given: Mapping[str, str], default: Mapping[str, Ret]) -> Mapping[str, Ret]:
    try:
        return {uri: Ret(ret) for uri, ret in given.items()} or default
    except ValueError as cause:
        raise SettingError(f"{name}: wanted rights among {', '.join(Ret)}") from cause
