"""Arguments that several fields take, declared once. What they mean is in graph/arguments.py."""

from typing import Final
from uuid import UUID

from graph.types.field import Argument
from graph.types.scalars import CVR, Cursor

CVR_ARGUMENT: Final = Argument("cvr", CVR, "The municipality: must be the one of the token.")
UUIDER: Final = Argument("uuid", list[UUID], "One or many; answered in this order.")
ROLLE: Final = Argument("rolle", list[UUID] | None, "Only these roles; absent: all.")
FUNKTIONSTYPER: Final = Argument("rolle", list[UUID] | None, "Only these types of function; absent: all.")
FIRST: Final = Argument("first", int | None, "So many from the start, at most and by default 500.")
LAST: Final = Argument("last", int | None, "So many from the end, at most and by default 500. Not with first or after.")
AFTER: Final = Argument("after", Cursor | None, "Those after this cursor.")
BEFORE: Final = Argument("before", Cursor | None, "Those before this cursor. Not with first or after.")
SIDER: Final = (FIRST, LAST, AFTER, BEFORE)
