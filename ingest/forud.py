"""Reading one ahead: while a page is applied, the next is fetched. Knows nothing of pages."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

from fkorg.tasks import cancelled

T = TypeVar("T")


async def forud(kilde: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same values in the same order; the source always works on the next one while the caller has one."""
    task = asyncio.ensure_future(anext(kilde, None))
    try:
        while (value := await task) is not None:
            task = asyncio.ensure_future(anext(kilde, None))
            yield value
    finally:
        try:
            await cancelled(task)
        finally:
            await kilde.aclose()
