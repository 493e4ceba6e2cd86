"""The strict door before the services: calls that do not prove whose they are get no further; answers are signed.

Source: security.md 4 and 6. Knows no operation. One thread at a time: it remembers the messages it has seen.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fkorg.security import saml, tls, verifier, wss
from fkorg.security.navne import ACTION, MESSAGE_ID, REPLY_TO, TO
from fkorg.security.saml import Assertion, Krav
from fkorg.security.verifier import Afvist, Genkendt, Grund
from simulator.noegler import Noegler
from simulator.sts import UDSTEDER, Tokenservice

MODTAGER: Final = "http://stoettesystemerne.dk/service/organisation/3"
"""The audience of the services."""
MODTAG: Final = "http://entityid.kombit.dk/service/bfo_modtag/2"
"""The audience of the Beskedfordeler, for who receives messages."""


@dataclass(slots=True)
class Sikkerhed:
    """One municipality's. `ur`: what time it is."""

    noegler: Noegler
    cvr: str
    ur: Callable[[], datetime]
    tokens: Tokenservice = field(init=False)
    _genkendt: Genkendt = field(default_factory=Genkendt, init=False)

    def __post_init__(self) -> None:
        kendte = [(self.noegler.anvender.certifikat, frozenset({self.cvr}))]
        self.tokens = Tokenservice(self.noegler.sts, kendte=kendte)

    def token(self, body: bytes, adresse: str) -> bytes:
        """The token service's answer to a request at that address."""
        return self.tokens.besvar(body, adresse, self.ur())

    def proev(self, body: bytes, adresse: str) -> None:
        """The call at that address is signed by whose token it carries, for our municipality, now and for the first
        time. Raises Afvist."""
        now = self.ur()
        fundet = verifier.laes(body)
        if fundet.assertion is None:
            raise Afvist(Grund.ASSERTION, "a token in the Security header")
        krav = Krav((self.noegler.sts.certifikat,), UDSTEDER, MODTAGER)
        token = saml.efterproev(saml.klip(body, fundet.assertion), krav, now)
        verifier.proev(fundet, [token.certifikat], now, kraevede=(ACTION, MESSAGE_ID, REPLY_TO, TO))
        if fundet.tekst(TO) != adresse:
            raise Afvist(Grund.ADRESSERING, "a call of this address")
        self._kraev_kommune(token)
        self._genkendt.kraev_ny(fundet.tekst(MESSAGE_ID) or "", now)

    def proev_login(self, tekst: str) -> Assertion:
        """What opens a mailbox: a token as it is, for the Beskedfordeler. Nobody proves there to hold its key. Raises
        Afvist."""
        if tekst[:1] != "<" or tekst.startswith("<?"):
            raise Afvist(Grund.ASSERTION, "the assertion alone: no declaration, no Base64")
        krav = Krav((self.noegler.sts.certifikat,), UDSTEDER, MODTAG)
        token = saml.efterproev(tekst.encode(), krav, self.ur())
        self._kraev_kommune(token)
        if token.certifikat != self.noegler.anvender.certifikat:
            raise Afvist(Grund.BEKRAEFTELSE, "a token of who is registered")
        return token

    def _kraev_kommune(self, token: Assertion) -> None:
        if token.cvr != self.cvr:
            raise Afvist(Grund.CVR, "a token for this municipality")

    def underskriv(self, svar: bytes) -> bytes:
        """The answer as it is sent."""
        return wss.underskriv(svar, self.noegler.tjeneste, self.ur())

    def pushtls(self) -> ssl.SSLContext:
        """How a message is pushed: as the Beskedfordeler, to the caller's own door or one that this machine trusts."""
        context = tls.klient(noegle=self.noegler.beskedfordeler)
        tls.stol_paa(context, [self.noegler.push.certifikat])
        return context
