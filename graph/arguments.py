"""Filter, paging and time arguments: what they decide of a plan's shape (`Form`), and the values that are bound.

One table says it by argument name. Raises Ugyldigt, which names the argument, for what the schema's types cannot
forbid. Refuses to know SQL.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from fkorg.catalogue import Objekttype
from graph.caller import PERSONRETTE, Principal
from graph.plan import Form
from graph.rettigheder import kraever, soegeret
from graph.types.scalars import Tidspunkt
from model.sortering import soegeord

SIDE: Final = 500
"""The page when none is asked for, and the largest. Source: rules.md 18."""
FOERST: Final = ("", UUID(int=0))
"""Before every element of a list."""
SIDST: Final = ("\U0010ffff", UUID(int=2**128 - 1))
"""After every element of a list."""
ORD: Final = 10
LAENGSTE_TEKST: Final = 200
PERSONLIG: Final = "personlig"
"""Of the form of a field that searches by a name or CPR number: it goes into the log of reads."""
_CURSOR: Final = b"1"
STOERSTE_NS: Final = 2**63 - 2
"""The latest registration time that a row may have; no earlier one than its opposite."""
_TELEFON: Final = re.compile(r"(?:\+45|0045)?(\d{8})", re.ASCII)
_LIKE: Final = re.compile(r"([\\%_])")


class Ugyldigt(Exception):
    """An argument that no answer can be given for: ValidationError; the message names it, never its value."""


@dataclass(slots=True)
class Samling:
    """What one field's arguments come to, while it is put together."""

    principal: Principal
    argumenter: Mapping[str, Any]
    form: dict[str, Any] = field(default_factory=dict)
    bind: dict[str, Any] = field(default_factory=dict)


Regel: TypeAlias = Callable[[Samling, str, Any], None]


def normaliser(argumenter: Mapping[str, Any], sider: bool, principal: Principal) -> tuple[Form, dict[str, Any]]:
    """Shape and values of one field's coerced arguments; null counts as absent. Raises Ugyldigt."""
    if not argumenter and not sider:
        return (), {}
    s = Samling(principal, argumenter)
    for navn, vaerdi in argumenter.items():
        if vaerdi is not None:
            REGLER[navn](s, navn, vaerdi)
    if sider:
        _side(s)
    return tuple(sorted(s.form.items(), key=lambda pair: pair[0])), s.bind


def i_bigint(ns: int) -> int:
    """A registration time as the tables hold it; beyond what they can hold, the nearest that they can."""
    return max(-STOERSTE_NS, min(STOERSTE_NS, ns))


def laes_cursor(navn: str, text: str) -> tuple[str, UUID]:
    """The place that a cursor names. Raises Ugyldigt."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if raw[:1] != _CURSOR or b"\0" in raw:
            raise ValueError
        return raw[37:].decode(), UUID(raw[1:37].decode("ascii"))
    except (ValueError, binascii.Error) as cause:
        raise Ugyldigt(f"{navn}: wanted a cursor that this server gave") from cause


def skriv_cursor(tekst: str, uuid: UUID) -> str:
    """The cursor of a place, as the database writes it too."""
    return base64.urlsafe_b64encode(_CURSOR + f"{uuid}{tekst}".encode()).rstrip(b"=").decode()


def telefonnummer(cifre: str) -> tuple[str, ...]:
    """The ways in which texts write a Danish telephone number of eight digits."""
    par = " ".join(cifre[n : n + 2] for n in range(0, 8, 2))
    return f" {cifre}", f" {par}", f" {cifre[:4]} {cifre[4:]}", f"+45{cifre}"


def _binder(s: Samling, navn: str, vaerdi: Any) -> None:
    """The value is bound; that it is there decides the shape."""
    s.form[navn] = True
    s.bind[navn] = vaerdi


def _former(s: Samling, navn: str, vaerdi: Any) -> None:
    """The value itself decides the shape."""
    s.form[navn] = vaerdi


def _cvr(s: Samling, navn: str, vaerdi: str) -> None:
    if vaerdi != s.principal.cvr:
        s.form["afvist"] = "NotFound"


def _uuid(s: Samling, navn: str, vaerdi: UUID | list[UUID]) -> None:
    if isinstance(vaerdi, list) and len(vaerdi) > SIDE:
        raise Ugyldigt(f"{navn}: wanted at most {SIDE}, found {len(vaerdi)}")
    s.bind[navn] = vaerdi


def _objekttype(s: Samling, navn: str, vaerdi: Any) -> None:
    s.bind[navn] = str(vaerdi)


def _dybde(s: Samling, navn: str, vaerdi: int) -> None:
    if vaerdi < 0:
        raise Ugyldigt(f"{navn}: wanted 0 or more, found {vaerdi}")
    _binder(s, navn, vaerdi)


def _fra_tid(s: Samling, navn: str, vaerdi: Tidspunkt) -> None:
    """From the start of the interval that the digits name on, so that it matches what it was copied from."""
    _binder(s, navn, i_bigint(vaerdi.ns))


def _til_tid(s: Samling, navn: str, vaerdi: Tidspunkt) -> None:
    """Up to the end of that interval (rules.md 3)."""
    _binder(s, navn, i_bigint(vaerdi.sidste_ns))


def _opgaver(s: Samling, navn: str, vaerdi: Mapping[str, Any]) -> None:
    if vaerdi.get("rolle") is not None:
        _binder(s, "opgaver.rolle", vaerdi["rolle"])
    s.form["opgaver"] = True
    ens = sorted({nummer for nummer in vaerdi["kleNummer"] if not nummer.endswith("*")})
    begynder = sorted({nummer[:-1] for nummer in vaerdi["kleNummer"] if nummer.endswith("*")})
    if "" in begynder:
        s.form["opgaver.alle"] = True
        return
    if ens or not begynder:
        _binder(s, "opgaver.numre", ens)
    if begynder:
        _binder(s, "opgaver.begyndelser", [f"{nummer}%" for nummer in begynder])


def _kle_nummer(s: Samling, navn: str, vaerdi: str) -> None:
    if "*" in vaerdi:
        raise Ugyldigt(f"{navn}: wanted a whole number, found a *")
    dele = vaerdi.split(".")
    s.bind["numre"] = [".".join(dele[:antal]) for antal in range(1, len(dele) + 1)]


def _bruger_filter(s: Samling, navn: str, vaerdi: Mapping[str, Any]) -> None:
    filtre = {f"{navn}.{del_}": v for del_, v in vaerdi.items() if v is not None}
    person = filtre.pop(f"{navn}.personFilter", {})
    adresse = filtre.pop(f"{navn}.adresseRolleFilter", None)
    filtre |= {f"{navn}.personFilter.{del_}": v for del_, v in person.items() if v is not None}
    if not _maa_soege(s.principal, "BrugerFilter", vaerdi) or not _maa_soege(s.principal, "PersonFilter", person):
        s.form.setdefault("afvist", "Unauthorized")
    if {kraever("PersonFilter", del_) for del_, v in person.items() if v is not None} & PERSONRETTE:
        s.form[PERSONLIG] = True
    if adresse is not None:
        _binder(s, f"{navn}.adresseRolleFilter.rolle", adresse["rolle"])
        filtre[f"{navn}.adresseRolleFilter.tekst"] = adresse["tekst"]
    for sti, v in filtre.items():
        if isinstance(v, str) and not sti.endswith(".cpr"):
            s.form[sti] = "begyndelse" if v.endswith("*") else "hel"
            s.bind[sti] = _tekst(sti, v.removesuffix("*"))
        else:
            _binder(s, sti, v)


def _maa_soege(principal: Principal, filter_: str, givet: Mapping[str, Any]) -> bool:
    """Filtering is disclosure: what may be searched by is what may be seen."""
    krav = {kraever(filter_, del_) for del_, vaerdi in givet.items() if vaerdi is not None}
    return all(ret is None or principal.har(ret) for ret in krav)


def _brugernavn(s: Samling, navn: str, vaerdi: str) -> None:
    s.bind[navn] = _tekst(navn, vaerdi)


def _soegetekst(s: Samling, navn: str, vaerdi: str) -> None:
    """Words as they stand in soegetekst: ' ' before each, casefolded (storage.md 6)."""
    ord_ = soegeord(_tekst(navn, vaerdi)).split()
    if not ord_:
        raise Ugyldigt(f"{navn}: wanted at least one word")
    if len(ord_) > ORD or len(vaerdi) > LAENGSTE_TEKST:
        raise Ugyldigt(f"{navn}: wanted at most {ORD} words and {LAENGSTE_TEKST} letters")
    nummer = _TELEFON.fullmatch("".join(ord_))
    if nummer:
        s.form["nummer"] = True
        s.bind |= {f"nummer{n}": f"%{form}%" for n, form in enumerate(telefonnummer(nummer[1]))}
    s.form["ord"] = len(ord_)
    s.bind |= {f"ord{n}": f"% {_like(et)}%" for n, et in enumerate(ord_)}
    s.bind["tekst"] = " " + " ".join(ord_)
    ret = soegeret(Objekttype.PERSON)
    if ret in s.principal.rettigheder and Objekttype.PERSON in (s.argumenter.get("typer") or (Objekttype.PERSON,)):
        s.form[PERSONLIG] = True
    s.bind["forrest"] = f" {_like(' '.join(ord_))}%"


def _typer(s: Samling, navn: str, vaerdi: list[Any]) -> None:
    s.form[navn] = tuple(sorted({str(type_) for type_ in vaerdi}))
    for objekttype in map(Objekttype, s.form[navn]):
        if (ret := soegeret(objekttype)) is not None and not s.principal.har(ret):
            s.form["advarsel"] = ret


def _siden(s: Samling, navn: str, vaerdi: Any) -> None:
    """Parts of a page are read together, by `_side`."""


def _side(s: Samling) -> None:
    """A page: forwards by first and after, backwards by last and before, never mixed. Source: design.md 5.1."""
    givet: dict[str, Any] = {navn: s.argumenter.get(navn) for navn in ("first", "last", "after", "before")}
    baglaens = givet["last"] is not None or givet["before"] is not None
    forlaens = givet["first"] is not None or givet["after"] is not None
    if baglaens and forlaens:
        raise Ugyldigt("first and after cannot be mixed with last and before")
    antal, fra = ("last", "before") if baglaens else ("first", "after")
    stoerrelse = SIDE if givet[antal] is None else int(givet[antal])
    if not 0 <= stoerrelse <= SIDE:
        raise Ugyldigt(f"{antal}: wanted 0 to {SIDE}, found {stoerrelse}")
    s.form["baglaens"] = baglaens
    s.bind["first"] = stoerrelse
    s.bind["fra"] = givet[fra] is not None
    if givet[fra] is not None:
        s.bind["sted"] = laes_cursor(fra, str(givet[fra]))


def _tekst(navn: str, vaerdi: str) -> str:
    """Postgres holds no NUL."""
    if "\0" in vaerdi:
        raise Ugyldigt(f"{navn}: wanted a text without NUL")
    return vaerdi


def _like(vaerdi: str) -> str:
    return _LIKE.sub(r"\\\1", vaerdi)


REGLER: Final[Mapping[str, Regel]] = {
    "cvr": _cvr,
    "uuid": _uuid,
    "rolle": _binder,
    "type": _binder,
    "itSystemer": _binder,
    "status": _former,
    "medEfterkommere": _former,
    "alleNiveauer": _former,
    "maksDybde": _dybde,
    "opgaver": _opgaver,
    "brugerFilter": _bruger_filter,
    "kleNummer": _kle_nummer,
    "brugernavn": _brugernavn,
    "tekst": _soegetekst,
    "typer": _typer,
    "objekttype": _objekttype,
    "registreringFra": _fra_tid,
    "registreringTil": _til_tid,
    "first": _siden,
    "last": _siden,
    "after": _siden,
    "before": _siden,
}
"""What each argument of a read field comes to; a test shows that every one is here."""
