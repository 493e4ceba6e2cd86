"""Base64 and JSON as tokens and key sets hold them. What is neither gives nothing, and raises nothing."""

import base64
import binascii
import json
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def afkod(text: str) -> bytes:
    """Base64 or Base64url, padded or not; empty bytes for what is neither."""
    try:
        raw = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return b""


def kod(raw: bytes) -> str:
    """Base64url without padding, as thumbprints are written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def objekt(raw: bytes) -> dict[str, Json] | None:
    """The JSON object; None for what is none, or too deep to read."""
    try:
        value: Json = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
