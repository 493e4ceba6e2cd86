"""The five failures, by what a caller can do about each. Foreign exceptions become one of these at the border.

Messages say what was wanted, what was found and what to do; they never hold a name or a CPR number.
"""


class FkorgError(Exception):
    """What all five share. Never raised itself.

    `status_kode` and `tekst` are the source's own words, where it answered.
    """

    def __init__(self, message: str, *, status_kode: int | None = None, tekst: str | None = None) -> None:
        super().__init__(message)
        self.status_kode = status_kode
        self.tekst = tekst


class NotFound(FkorgError):
    """The source knows no such object in this CVR context (StatusKode 44)."""


class Refused(FkorgError):
    """The source said no. Repeating the call does not help."""


class Conflict(Refused):
    """Refused because the object changed meanwhile or is in another life cycle state (StatusKode 47, 49)."""


class NoAccess(Refused):
    """Refused to us, whatever is asked for: no service agreement, no such CVR context, no authority (StatusKode 41).

    It says nothing of the object, and ends when an operator has put it right."""


class Unavailable(FkorgError):
    """Out of reach or overloaded: nothing was written, try again later."""


class Unheard(Unavailable):
    """The call was not taken up: there was no connection, or it was turned away before anybody looked at it. That says
    nothing of what was asked about."""


class Malformed(FkorgError):
    """Someone broke a contract: what was read or is to be sent does not have the agreed form.

    `besked_id`: the BeskedId of the message it was found in, where that much could be read.
    """

    def __init__(self, message: str, *, besked_id: str | None = None) -> None:
        super().__init__(message)
        self.besked_id = besked_id


class Uncertain(FkorgError):
    """A write was sent and its outcome not seen: read back, never repeat blindly."""
