"""Fetches tokens of the token service over HTTP, in either form; what is said there: fkorg/security/sts.py.

Source: security.md 3.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

import aiohttp
from cryptography import x509

from fkorg.errors import NoAccess, Unavailable
from fkorg.security import sts
from fkorg.security.keys import Noegle
from fkorg.security.saml import Assertion, Krav
from fkorg.security.sts import ISSUE, Oenske
from fkorg.soap.transport import OK, Http, hele
from fkorg.wire.soap_xml import content_type
from fkorg.wire.xml import BESKED

TIMEOUT_S: Final = 30.0
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Tokenservice:
    """The token service at an address. `udsteder`: its entity, `certifikater`: whose signature its tokens have; both as
    configured. `hent` asks by WS-Trust over SOAP, `hent_json` asks the same as JSON, over connections of `http` that
    our certificate opens: neither question nor answer is signed there."""

    http: Http
    adresse: str
    udsteder: str
    certifikater: Sequence[x509.Certificate] = field(repr=False)
    noegle: Noegle = field(repr=False)
    ur: Callable[[], datetime]

    async def hent(self, modtager: str, cvr: str) -> Assertion:
        """A token for that audience and municipality. Raises Unavailable, NoAccess or Malformed."""
        oenske = self._oenske(modtager, cvr)
        message_id, kontekst = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
        body = sts.anmodning(oenske, self.adresse, self.ur(), message_id, kontekst)
        _, raw = await self._spoerg(body, {"Content-Type": content_type(ISSUE)})
        return sts.svar(raw, oenske, self.certifikater, self.ur(), message_id, kontekst)

    async def hent_json(self, modtager: str, cvr: str) -> Assertion:
        """The same as JSON. Raises the same."""
        oenske = self._oenske(modtager, cvr)
        status, raw = await self._spoerg(sts.anmodning_json(oenske), {"Content-Type": JSON, "Accept": JSON})
        if status != OK:
            kind = Unavailable if status >= 500 or status in (408, 429) else NoAccess
            raise kind(f"the token service refused: HTTP {status}")
        return sts.svar_json(raw, oenske, self.ur())

    def _oenske(self, modtager: str, cvr: str) -> Oenske:
        return Oenske(self.noegle, cvr, Krav(self.certifikater, self.udsteder, modtager))

    async def _spoerg(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of the answer."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                svar = await self.http.send("POST", self.adresse, body, headers)
                try:
                    return svar.status, await hele(svar, BESKED.size_bytes)
                finally:
                    await svar.aclose()
        except (aiohttp.ClientError, OSError, TimeoutError) as cause:
            raise Unavailable(f"the token service is out of reach: {type(cause).__name__}") from cause
