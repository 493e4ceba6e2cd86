"""What was recorded about an object, newest first, with names and CPR numbers only for those who may see them."""

import copy
import re
from typing import Any

from tests.graph.naive.execute import Ting, Warn
from tests.graph.naive.fields import Arguments, Felt, Felter, kolonne, regtid
from tests.graph.naive.lister import Element, connection
from tests.graph.naive.moments import ns

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def registrering(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Those of the object within the time asked for, with the whole interval that its digits name (rules.md 3).

    A tombstone of ours (FRAVAER) was never recorded.
    """
    found = []
    for row in f.snapshot.tabeller["registrering"]:
        if (row["objekttype"], row["uuid"]) != (a["objekttype"], a["uuid"].lower()) or row["kilde"] == "FRAVAER":
            continue
        if "registreringFra" in a and row["reg_ns"] < ns(a["registreringFra"])[0]:
            continue
        if "registreringTil" in a and row["reg_ns"] > ns(a["registreringTil"])[1]:
            continue
        key = f"{row['rewind']:010}{row['reg_ns']:019}{row['tie']:05}"
        found.append(Element((key, row["uuid"]), Ting("Registrering", row), {}))
    ordered = sorted(found, key=lambda e: e.key, reverse=True)
    return connection("RegistreringConnection", ordered, a, falling=True)


def hvem(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Who recorded it, when that is a uuid."""
    return t.row["bruger"] if t.row["bruger"] and UUID_TEXT.fullmatch(t.row["bruger"]) else None


def indhold(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """The content, times as text; of a person without what the caller may not see. rules.md 22."""
    content = copy.deepcopy(t.row["content"])
    for entries in content.values():
        for entry in entries:
            for bound in ("fra", "til"):
                entry[bound] = regtid(entry[bound]) if entry.get(bound) is not None else None
    if t.row["objekttype"] == "PERSON":
        hidden = ({"navn"} if not f.navn else set()) | ({"cpr"} if not f.cpr else set())
        for egenskab in content.get("egenskaber", ()):
            egenskab["felter"] = {k: None if k in hidden else v for k, v in egenskab["felter"].items()}
    return content


def _time(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return regtid(t.row["reg_ns"])


FELTER: dict[str, Felt] = {
    "Query.registrering": registrering,
    "Registrering.objekttype": kolonne("objekttype"),
    "Registrering.uuid": kolonne("uuid"),
    "Registrering.tidspunkt": _time,
    "Registrering.livscyklus": kolonne("livscyklus"),
    "Registrering.bruger": hvem,
    "Registrering.note": kolonne("note"),
    "Registrering.indhold": indhold,
}
