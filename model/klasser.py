"""The classes: KLE numbers, titles of roles and types, from a file that an operator gives. Source: rules.md 6.

Owns the form of that file. A file is taken whole or not at all; an error names the line and what was wanted.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from fkorg.errors import Malformed
from fkorg.klassifikation import Klasse
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)
KOLONNER: Final = ("uuid", "nummer", "titel", "facet", "aktiv")
_KLE: Final = re.compile(r"[0-9]{2}(\.[0-9]{2}){0,2}\Z", re.ASCII)
_SANDT: Final = {"": True, "true": True, "1": True, "ja": True, "false": False, "0": False, "nej": False}


def read(path: Path) -> list[Klasse]:
    """The classes of a CSV file with a heading, or of a JSON list of objects, with these columns. Raises Malformed."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as cause:
        raise Malformed(f"{path}: wanted a readable file in UTF-8") from cause
    rows = _json(path, text) if path.suffix.lower() == ".json" else _csv(path, text)
    found = [_klasse(f"{path}, entry {number}", row) for number, row in enumerate(rows, 1)]
    if not found:
        raise Malformed(f"{path}: wanted classes, found none")
    return found


async def gem(tx: Connection, klasser: list[Klasse]) -> int:
    """Store them; of two entries with one uuid the last counts. How many there are."""
    unique = list({klasse.uuid: klasse for klasse in klasser}.values())
    await SQL["gem"].execute(
        tx,
        uuid=[k.uuid for k in unique],
        nummer=[k.nummer for k in unique],
        titel=[k.titel for k in unique],
        facet=[k.facet for k in unique],
        aktiv=[k.aktiv for k in unique],
    )
    return len(unique)


def _csv(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = {"uuid", "titel"} - set(reader.fieldnames or ())
    if missing:
        raise Malformed(f"{path}: wanted a heading with {', '.join(KOLONNER)}; {', '.join(sorted(missing))} is missing")
    yield from reader


def _json(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError as cause:
        raise Malformed(f"{path}: wanted JSON") from cause
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Malformed(f"{path}: wanted a list of objects with {', '.join(KOLONNER)}")
    yield from found


def _klasse(where: str, row: Mapping[str, Any]) -> Klasse:
    try:
        uuid = UUID(str(row.get("uuid")))
    except ValueError as cause:
        raise Malformed(f"{where}: wanted a uuid, found {str(row.get('uuid'))[:40]!r}") from cause
    titel, nummer = str(row.get("titel") or "").strip(), str(row.get("nummer") or "").strip() or None
    aktiv = _SANDT.get(str("" if row.get("aktiv") is None else row["aktiv"]).strip().lower())
    if not titel:
        raise Malformed(f"{where}: wanted a titel, found none")
    if nummer is not None and not _KLE.match(nummer):
        raise Malformed(f"{where}: wanted nummer as xx, xx.xx or xx.xx.xx, found {nummer[:20]!r}")
    if aktiv is None:
        raise Malformed(f"{where}: wanted aktiv as true or false, found {str(row['aktiv'])[:20]!r}")
    return Klasse(uuid, titel, nummer, str(row.get("facet") or "").strip() or None, aktiv)
