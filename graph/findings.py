"""Reads the markers of an answer (graph/compile/markers): takes them out, and makes errors of them.

Most answers have none and never come here. Paths are found by walking the JSON text up to the last first occurrence,
so that a warning at the start of a large answer costs little. Source of the counting: rules.md 12.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from graph.compile.markers import FOR_MANGE, HER, PERSON, SLUT, UDELADT, Fund
from graph.errors import fejl

Sti: TypeAlias = list[str | int]
_TEGN: Final = "".join((HER, UDELADT, FOR_MANGE)).encode()
_SLUT: Final = SLUT.encode()
_LAENGST: Final = 40
"""Of a marker: two numbers and three signs."""
_HER, _UDELADT, _FOR_MANGE = HER.encode(), UDELADT.encode(), FOR_MANGE.encode()
_MAERKE: Final = re.compile(rb"([" + _TEGN + rb"])(\d+)(?::(\d+))?" + _SLUT)
_PERSON: Final = PERSON.encode()
_ORD: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]|[' + _TEGN + rb"]\d+(?::\d+)?" + _SLUT)


def personer(svar: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The answer without the persons that are marked in it, and their uuids, each once."""
    dele = svar.split(_PERSON)
    return b"".join(dele[::2]), tuple(uuid.decode() for uuid in dict.fromkeys(dele[1::2]))


def findes(svar: bytes) -> bool:
    """Does the answer hold a marker?"""
    return _SLUT in svar


def laes(svar: bytes, fund: Sequence[Fund], binds: Sequence[Mapping[str, Any]]) -> tuple[bytes, list[dict[str, Any]]]:
    """The answer without its markers, and the errors that they tell. `binds`: where NotFound's uuids are."""
    alle = list(_alle(svar))
    skaaret = list(_skaaret(svar, alle))
    maerker = [m for m in alle if not any(fra <= m.start() < til for fra, til in skaaret)]
    set_: dict[int, list[re.Match[bytes]]] = {}
    for m in maerker:
        set_.setdefault(int(m[2]), []).append(m)
    noedvendige = {
        m.start(): m for nr, fundne in set_.items() for m in (fundne if fund[nr].hver is not None else fundne[:1])
    }
    stier = _stier(svar, noedvendige)
    errors: list[dict[str, Any]] = []
    sete: set[tuple[bytes, str | None]] = set()
    for start, m in sorted(noedvendige.items()):
        f = fund[int(m[2])]
        antal = 1 if f.hver is not None else len(set_[int(m[2])])
        id_ = None if f.hver is None else str(binds[f.hver]["uuid"][int(m[3]) - 1])
        if id_ is not None and (m[2], id_) in sete:
            continue
        sete.add((m[2], id_))
        besked = f.besked if antal == 1 else f"{f.besked} ({antal} places)"
        errors.append(fejl(besked, f.klassifikation, sti=stier[start], advarsel=f.advarsel, id=id_))
    return _uden(svar, maerker, skaaret), errors


def _uden(svar: bytes, maerker: list[re.Match[bytes]], skaaret: list[tuple[int, int]]) -> bytes:
    """The text without markers, elements that were left out, and those beyond the most that is shown."""
    ud, her = bytearray(), 0
    stykker = sorted([(m.start(), m.end(), m[1]) for m in maerker] + [(fra, til, b"") for fra, til in skaaret])
    for fra, til, tegn in stykker:
        ud += svar[her:fra]
        her = til
        if tegn == _UDELADT:
            if svar[her : her + 1] == b",":
                her += 1
            elif ud.endswith(b","):
                del ud[-1]
    ud += svar[her:]
    return bytes(ud)


def _alle(svar: bytes) -> Iterator[re.Match[bytes]]:
    """The markers in order, by their ends: for one byte a megabyte is searched at once, for one of three in 20 ms."""
    fra, slut = 0, svar.find(_SLUT)
    while slut >= 0:
        m = _MAERKE.search(svar, max(fra, slut - _LAENGST), slut + 1)
        assert m is not None, "what ends a marker stands behind one"
        yield m
        fra = slut + 1
        slut = svar.find(_SLUT, fra)


def _skaaret(svar: bytes, alle: Sequence[re.Match[bytes]]) -> Iterator[tuple[int, int]]:
    """Of each list that has one element too many: where the last element, with its comma, begins and ends."""
    for m in alle:
        if m[1] == _FOR_MANGE:
            dybde, komma = 0, m.end()
            for ord_ in _ORD.finditer(svar, m.end()):
                tegn = ord_[0]
                if tegn in (b"[", b"{"):
                    dybde += 1
                elif tegn == b"," and dybde == 0:
                    komma = ord_.start()
                elif tegn in (b"]", b"}"):
                    dybde -= 1
                    if dybde < 0:
                        yield komma, ord_.start()
                        break


@dataclass(slots=True)
class _Niveau:
    """One open object or list on the way."""

    liste: bool
    sted: str | int = 0
    venter_noegle: bool = True
    udeladt: bool = False


@dataclass(slots=True)
class _Gang:
    """Where a walk through the text is."""

    aabne: list[_Niveau] = field(default_factory=list)

    def gaa(self, tegn: bytes) -> None:
        """Past one word of the text."""
        if tegn in (b"{", b"["):
            self.aabne.append(_Niveau(tegn == b"["))
        elif tegn in (b"}", b"]"):
            self.aabne.pop()
        elif tegn == b",":
            self._komma(self.aabne[-1])
        elif tegn[:1] == b'"' and not self.aabne[-1].liste and self.aabne[-1].venter_noegle:
            self.aabne[-1].sted, self.aabne[-1].venter_noegle = tegn[1:-1].decode(), False

    def sti(self, tegn: bytes) -> Sti:
        """The path here: of an element that is left out, and of a list that is too long, the list's own."""
        niveauer = self.aabne[:-1] if tegn[:1] in (_UDELADT, _FOR_MANGE) else self.aabne
        return [niveau.sted for niveau in niveauer]

    def _komma(self, niveau: _Niveau) -> None:
        if niveau.liste:
            niveau.sted = int(niveau.sted) + (0 if niveau.udeladt else 1)
            niveau.udeladt = False
        else:
            niveau.venter_noegle = True


def _stier(svar: bytes, noedvendige: dict[int, re.Match[bytes]]) -> dict[int, Sti]:
    """The paths of those places, as they are in the answer without its markers."""
    stier: dict[int, Sti] = {}
    sidste = max(noedvendige, default=-1)
    gang = _Gang()
    for ord_ in _ORD.finditer(svar):
        if ord_.start() > sidste:
            break
        tegn = ord_[0]
        if tegn[:1] in (_HER, _UDELADT, _FOR_MANGE):
            if ord_.start() in noedvendige:
                stier[ord_.start()] = gang.sti(tegn)
            if tegn[:1] == _UDELADT:
                gang.aabne[-1].udeladt = True
        else:
            gang.gaa(tegn)
    return stier
