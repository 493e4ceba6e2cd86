"""Where and when every world begins."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

CVR: Final = "11111111"
ORG: Final = UUID(int=1)
START: Final = datetime(2026, 3, 29, tzinfo=UTC)
"""The night that summer time begins."""
HEMMELIGHED: Final = b"noegle"
"""The key of hashes."""
