"""`Stand`: a position in the change log, and its text that only we can write (rules.md 29, 30).

Owns the order of positions and the form, the seal and the age of their text. Refuses to know the database and the
clock: what is current arrives as `Aktuel`, time as `now`. The text is opaque to clients; its seal is bound to this
installation and to one municipality, so that no position works where it was not given.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

LEVETID: Final = timedelta(days=7)
"""How long a position can be continued. The log is kept a day longer (`aendringslog.prune`)."""
_VERSION: Final = 1
_BODY: Final = struct.Struct(">BIQQI")  # version, incarnation, xid, seq, seconds since 1970
_REST: Final = 16
_KEY_ID: Final = 4
_SEAL: Final = 12
_SIZES: Final = frozenset({_KEY_ID + _BODY.size + _SEAL, _KEY_ID + _BODY.size + _REST + _SEAL})
_LONGEST_TEXT: Final = 100


class Standkode(StrEnum):
    """`extensions.kode` of a position that cannot be continued."""

    STAND_INVALID = "STAND_INVALID"
    STAND_EXPIRED = "STAND_EXPIRED"


class Standfejl(Exception):
    """A position that cannot be continued: load anew and go on from there. `grund` is written for clients."""

    kode: Standkode = Standkode.STAND_INVALID
    grund: str = "stand could not be used"

    def __init__(self) -> None:
        super().__init__(self.grund)


class Forfalsket(Standfejl):
    """No text of ours, or one that was changed."""

    grund = "stand was not given by this server: send back exactly what an answer contained"


class Fremmed(Standfejl):
    """Given by another installation or to another municipality."""

    grund = "stand was given by another installation or for another municipality"


class AndenInkarnation(Standfejl):
    """Given before the model was restored or failed over."""

    grund = "the model was restored after stand was given: load anew and go on from a new stand"


class HinsidesSidste(Standfejl):
    """Ours and newer than anything the database knows: the database lost its latest changes."""

    grund = "stand lies beyond the last change: the model was restored; load anew and go on from a new stand"


class Udloebet(Standfejl):
    """Older than the log is kept."""

    kode = Standkode.STAND_EXPIRED
    grund = "stand is older than the change log is kept: load anew and go on from a new stand"


@dataclass(frozen=True, slots=True)
class Stand:
    """A position: all changes up to and including (xid, seq) are behind it; `seq` 0 lies before all of its xid.

    `rest` is set inside a change that is told to several users: those up to and including `rest`, by uuid, have
    been told; UUID(int=0) = the unit itself, none of its users. None = the whole change is behind it.
    """

    incarnation: int
    xid: int
    seq: int = 0
    rest: UUID | None = None


@dataclass(frozen=True, slots=True)
class Segl:
    """What seals positions: the secret of `model_state`, for one municipality."""

    key: bytes
    key_id: bytes

    @classmethod
    def of(cls, secret: bytes, organisation: UUID) -> "Segl":
        """The seal of one municipality, derived from the installation's secret."""
        key = hmac.digest(secret, b"orgraf stand" + organisation.bytes, "sha256")
        return cls(key, hashlib.sha256(b"id" + key).digest()[:_KEY_ID])

    def text(self, stand: Stand, givet: datetime) -> str:
        """The position as opaque text; its age counts from `givet`. Equal arguments give equal text."""
        body = _BODY.pack(_VERSION, stand.incarnation, stand.xid, stand.seq, int(givet.timestamp()))
        body += stand.rest.bytes if stand.rest is not None else b""
        raw = self.key_id + body + self._seal(body)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def parse(self, text: str, now: datetime, levetid: timedelta = LEVETID) -> Stand:
        """The position of a text. Raises Forfalsket, Fremmed or Udloebet."""
        raw = _decode(text)
        key_id, body, seal = raw[:_KEY_ID], raw[_KEY_ID:-_SEAL], raw[-_SEAL:]
        if key_id != self.key_id:
            raise Fremmed
        if not hmac.compare_digest(seal, self._seal(body)):
            raise Forfalsket
        version, incarnation, xid, seq, seconds = _BODY.unpack(body[: _BODY.size])
        if version != _VERSION:
            raise Forfalsket
        if now - datetime.fromtimestamp(seconds, UTC) > levetid:
            raise Udloebet
        return Stand(incarnation, xid, seq, UUID(bytes=body[_BODY.size :]) if len(body) > _BODY.size else None)

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self.key, body, "sha256")[:_SEAL]


@dataclass(frozen=True, slots=True)
class Aktuel:
    """Where the database is: every change with a transaction id below `horisont` is visible and complete.

    `naeste_xid` is the first id never given. On a replica it lags, so that nothing there lies beyond the last.
    """

    incarnation: int
    horisont: int
    naeste_xid: int
    replika: bool = False

    @property
    def stand(self) -> Stand:
        """The position of an answer read now: starting after it misses nothing and may repeat nothing told before."""
        return Stand(self.incarnation, self.horisont)


def check(stand: Stand, aktuel: Aktuel) -> None:
    """Raises AndenInkarnation or HinsidesSidste for a position that this database cannot continue."""
    if stand.incarnation != aktuel.incarnation:
        raise AndenInkarnation
    if stand.xid > aktuel.naeste_xid and not aktuel.replika:
        raise HinsidesSidste


def start(stand: Stand, aktuel: Aktuel) -> Stand:
    """Where to read on from. A position above the horizon (one's own write) goes back to it, so that changes of
    transactions still running are not passed by. On a replica the caller waits until the horizon has passed it."""
    return stand if aktuel.replika else min(stand, aktuel.stand, key=_order)


def passed(stand: Stand, aktuel: Aktuel) -> bool:
    """Is everything up to the position visible to the snapshot that gave `aktuel`?"""
    return aktuel.horisont > stand.xid or (stand.seq == 0 and aktuel.horisont == stand.xid)


def _order(stand: Stand) -> tuple[int, int]:
    return stand.xid, stand.seq


def _decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as cause:
        raise Forfalsket from cause
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    if len(text) > _LONGEST_TEXT or len(raw) not in _SIZES or canonical != text:
        raise Forfalsket
    return raw
