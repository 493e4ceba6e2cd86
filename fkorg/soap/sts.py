"""Fetches tokens of the token service over HTTP; what is said there: fkorg/security/sts.py. Source: security.md 3."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

import aiohttp
from cryptography import x509

from fkorg.errors import Malformed, Unavailable
from fkorg.security import sts
from fkorg.security.keys import Noegle
from fkorg.security.saml import Assertion, Krav
from fkorg.security.sts import ISSUE, Oenske
from fkorg.soap.transport import Http
from fkorg.wire.soap_xml import content_type
from fkorg.wire.xml import BESKED

TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Tokenservice:
    """The token service at an address. `udsteder`: its entity, `certifikater`: whose signature its answers and tokens
    have; both as configured."""

    http: Http
    adresse: str
    udsteder: str
    certifikater: Sequence[x509.Certificate] = field(repr=False)
    noegle: Noegle = field(repr=False)
    ur: Callable[[], datetime]

    async def hent(self, modtager: str, cvr: str) -> Assertion:
        """A token for that audience and municipality. Raises Unavailable, NoAccess or Malformed."""
        oenske = Oenske(self.noegle, cvr, Krav(self.certifikater, self.udsteder, modtager))
        message_id, kontekst = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
        body = sts.anmodning(oenske, self.adresse, self.ur(), message_id, kontekst)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                raw = await self._spoerg(body)
        except (aiohttp.ClientError, OSError, TimeoutError) as cause:
            raise Unavailable(f"the token service is out of reach: {type(cause).__name__}") from cause
        return sts.svar(raw, oenske, self.certifikater, self.ur(), message_id, kontekst)

    async def _spoerg(self, body: bytes) -> bytes:
        svar = await self.http.send("POST", self.adresse, body, {"Content-Type": content_type(ISSUE)})
        try:
            found = bytearray()
            async with aclosing(svar.stykker()) as pieces:
                async for piece in pieces:
                    found += piece
                    if len(found) > BESKED.size_bytes:
                        raise Malformed(f"wanted an answer of at most {BESKED.size_bytes} bytes of the token service")
            return bytes(found)
        finally:
            await svar.aclose()
