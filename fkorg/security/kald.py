"""Calls to the services, signed with a token of the municipality's, and answers that prove themselves.

Implements fkorg.soap.transport.Sikring. Source: security.md 4.2 and 5.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509

from fkorg.errors import Malformed, Unavailable
from fkorg.security import verifier, wss
from fkorg.security.keys import Noegle
from fkorg.security.navne import ACTION, MESSAGE_ID, RELATES_TO, SECURITY
from fkorg.security.saml import Assertion
from fkorg.security.tokens import Tokens
from fkorg.security.verifier import Afvist, Grund
from fkorg.soap.faults import Usigneret, afviser_token
from fkorg.soap.transport import TokenAfvist
from fkorg.wire import soap_xml, xml
from fkorg.wire.soap_xml import SoapFejl

TRAAD_BYTES: Final = 100_000
"""A longer answer is verified in a thread: a megabyte takes 0.15 s and more."""


@dataclass(frozen=True, slots=True)
class Sikret:
    """One per process. `modtager`: the audience of the services; `tjeneste`: whose signature their answers have."""

    noegle: Noegle = field(repr=False)
    tokens: Tokens
    modtager: str
    tjeneste: Sequence[x509.Certificate] = field(repr=False)
    ur: Callable[[], datetime]

    async def underskriv(self, kuvert: bytes, cvr: str) -> tuple[bytes, Assertion]:
        """As Sikring has it."""
        try:
            assertion = await self.tokens.token(self.modtager, cvr)
        except Malformed as cause:
            raise Unavailable(f"nothing was sent, for want of a token that proves itself: {cause}") from cause
        return wss.underskriv(kuvert, self.noegle, self.ur(), token=assertion.token), assertion

    async def efterproev(self, svar: bytes, message_id: str, token: Assertion) -> None:
        """As Sikring has it."""
        if len(svar) > TRAAD_BYTES:
            fejl = await asyncio.to_thread(self._proev, svar, message_id)
        else:
            fejl = self._proev(svar, message_id)
        if fejl is not None and afviser_token(fejl) and self.tokens.afvist(token):
            raise TokenAfvist("the service does not take our token; the next one is new")

    def _proev(self, svar: bytes, message_id: str) -> SoapFejl | None:
        """The fault in a proved answer, if it is one."""
        try:
            fundet = verifier.laes(svar)
        except Afvist:
            if (fejl := _usigneret(svar)) is not None:
                raise Usigneret(fejl) from None
            raise
        verifier.proev(fundet, self.tjeneste, self.ur(), kraevede=(ACTION, MESSAGE_ID, RELATES_TO))
        if fundet.tekst(RELATES_TO) != message_id:
            raise Afvist(Grund.ADRESSERING, "the answer to what was asked")
        return soap_xml.read_fault(fundet.body[0]) if len(fundet.body) == 1 else None


def _usigneret(svar: bytes) -> SoapFejl | None:
    """The fault in an answer without any signature; None for anything else."""
    try:
        envelope = xml.parse(svar)
        fejl = soap_xml.read_fault(soap_xml.open_kuvert(envelope).krop)
    except Malformed:
        return None
    return fejl if next(envelope.iter(SECURITY), None) is None else None
