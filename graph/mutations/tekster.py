"""Names, keys and other texts from callers, checked by the catalogue before the source is asked (rules.md 23)."""

import re
from collections.abc import Mapping
from typing import Final

import strawberry

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.ret import SaetFelter
from graph.mutations.fejl import ugyldig

API_NAVNE: Final[Mapping[str, str]] = {
    "brugervendtnoegle": "brugervendtNoegle",
    "adressetekst": "adresseTekst",
    "overordnet": "overordnetEnhed",
    "enhedstype": "enhedstypeUuid",
    "funktionstype": "funktionsTypeUuid",
    "brugerTyper": "brugerTypeUuid",
    "tilknyttedePersoner": "person",
    "tilknyttedeBrugere": "brugere",
    "tilknyttedeEnheder": "enheder",
    "tilknyttedeOpgaver": "opgaver",
    "tilknyttedeOrganisationer": "tilhoerer",
    "tilknyttedeItSystemer": "itSystemer",
    "tilknyttedeFunktioner": "funktioner",
}
"""What the API calls a field or relation of the catalogue, where it is not the same name."""
KAN_AFSLUTTES: Final = frozenset({"cpr"})
"""The fields that null ends; the others are names and keys, which an object is never without."""


def felter(
    objekttype: Objekttype, fra_ns: int, givet: Mapping[str, str | None], argument: str | None = None
) -> list[SaetFelter]:
    """The step that sets the given fields from a day on; those UNSET are untouched, none: no step.

    `argument`: what the caller knows the field as, where it is not the API's name of it.
    Raises Skrivefejl, which names the argument, for null on a name or key and for text the source would refuse.
    """
    wanted = {felt: value for felt, value in givet.items() if value is not strawberry.UNSET}
    for felt, value in wanted.items():
        _kontrol(objekttype, felt, value, argument or api_navn(felt))
    return [SaetFelter(wanted, fra_ns)] if wanted else []


def api_navn(felt: str) -> str:
    """The API's name of a field or relation."""
    return API_NAVNE.get(felt, felt)


def _kontrol(objekttype: Objekttype, felt: str, value: str | None, argument: str) -> None:
    regel = KATALOG[objekttype].felt(felt)
    if value is None:
        if felt not in KAN_AFSLUTTES:
            raise ugyldig(argument, "wanted a text: a name or key cannot be ended")
        return
    if not value.strip():
        raise ugyldig(argument, "wanted a text that is not blank")
    if regel.max_laengde is not None and len(value) > regel.max_laengde:
        raise ugyldig(argument, f"wanted at most {regel.max_laengde} characters, found {len(value)}")
    if regel.moenster is not None and not re.fullmatch(regel.moenster, value):
        raise ugyldig(argument, f"wanted a text of the form {regel.moenster}")
    if not value.isprintable():
        raise ugyldig(argument, "wanted a text on one line, without control characters")
