"""What a mutation answers when it does not succeed. Source: rules.md 21; design.md 5.1 (extensions).

Owns how a failed write is told, with the receipts of what was done. Messages name arguments, never repeat values.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from fkorg.errors import FkorgError
from graph.errors import TABEL


class Kode(StrEnum):
    """`extensions.kode` of a write that did not succeed."""

    REFUSED = "REFUSED"
    CONFLICT = "CONFLICT"
    UNCERTAIN = "UNCERTAIN"
    UNAVAILABLE = "UNAVAILABLE"


class Skrivefejl(Exception):
    """A write that did not succeed, told as GraphQL tells it. `kvitteringer`: the receipts of what was done before."""

    def __init__(
        self,
        message: str,
        classification: str,
        kode: Kode | None = None,
        *,
        status_kode: int | None = None,
        tekst: str | None = None,
    ) -> None:
        super().__init__(message)
        self.classification = classification
        self.kode = kode
        self.status_kode = status_kode
        self.tekst = tekst
        self.kvitteringer: Sequence[dict[str, Any]] = ()

    @property
    def extensions(self) -> dict[str, Any]:
        """What `extensions` of the error says beside what every error says."""
        found: dict[str, Any] = {"classification": self.classification, "type": "ERROR", "message": str(self)}
        if self.kode is not None:
            found |= {"kode": self.kode.value}
        if self.kode in (Kode.REFUSED, Kode.CONFLICT) or self.status_kode is not None:
            found |= {"statusKode": self.status_kode, "tekst": self.tekst}
        if self.kvitteringer:
            found["kvitteringer"] = list(self.kvitteringer)
        return found


def ugyldig(argument: str, hvad: str) -> Skrivefejl:
    """A bad argument, by name, with what was wanted."""
    return Skrivefejl(f"{argument}: {hvad}", "ValidationError")


def konflikt(hvad: str) -> Skrivefejl:
    """The object is not as the caller takes it to be; seen by us, before the source was asked."""
    return Skrivefejl(hvad, "ValidationError", Kode.CONFLICT)


def uden_ret(ret: str) -> Skrivefejl:
    """The caller lacks a right."""
    return Skrivefejl(f"the token does not give the right {ret}", "Unauthorized")


def oversat(fejl: FkorgError) -> Skrivefejl:
    """A failure of the source as the caller is told it, by the one table of failures (graph/errors)."""
    klassifikation, kode = next(told for kind, told in TABEL.items() if isinstance(fejl, kind))
    return Skrivefejl(
        str(fejl),
        klassifikation.value,
        None if kode is None else Kode(kode),
        status_kode=fejl.status_kode,
        tekst=fejl.tekst,
    )
