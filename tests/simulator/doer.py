"""The Beskedfordeler's doors with the keys of one simulator, and a client's tokens; everybody has the same clock."""

import ssl
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fkorg.beskedfordeler.amqp import LoginSource, tokenlogin
from fkorg.errors import FkorgError
from fkorg.security import saml, tls
from fkorg.security.keys import Noegle
from fkorg.security.saml import Assertion, Krav
from fkorg.security.tokens import Tokens
from simulator import noegler
from simulator.amqpdoor import Amqpdoor
from simulator.noegler import Noegler
from simulator.sikkerhed import MODTAG, Sikkerhed
from simulator.sts import UDSTEDER
from tests.parts.rabbitmq import VHOST

CVR = "11111111"


@dataclass
class Sted:
    """`hentet`: the tokens that were fetched. `away`: what the token service says instead, if anything."""

    noegler: Noegler
    now: datetime = datetime(2026, 6, 1, 12, tzinfo=UTC)
    hentet: list[Assertion] = field(default_factory=list)
    away: FkorgError | None = None
    sikkerhed: Sikkerhed = field(init=False)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.sikkerhed = Sikkerhed(self.noegler, CVR, lambda: self.now)
        self.tokens = Tokens(self._hent, lambda: self.now, lambda: timedelta(0))

    async def _hent(self, modtager: str, cvr: str) -> Assertion:
        if self.away is not None:
            raise self.away
        text = self.udsted(modtager, cvr)
        krav = Krav([self.sikkerhed.noegler.sts.certifikat], UDSTEDER, modtager)
        self.hentet.append(saml.efterproev(text, krav, self.now))
        return self.hentet[-1]

    def udsted(self, modtager: str = MODTAG, cvr: str = CVR) -> bytes:
        """A token of ours."""
        return self.sikkerhed.tokens.udsted(self.noegler.anvender.certifikat, cvr, modtager, self.now)

    def levetid(self, levetid: timedelta) -> None:
        """So long are the tokens good from now on."""
        self.sikkerhed.tokens = replace(self.sikkerhed.tokens, levetid=levetid)

    def nyt_sts(self, noegle: Noegle) -> None:
        """The token service signs with another key, and the old one holds no longer."""
        self.sikkerhed.noegler = replace(self.sikkerhed.noegler, sts=noegle)
        self.sikkerhed.tokens = replace(self.sikkerhed.tokens, noegle=noegle)

    def door(self, bagved: str) -> Amqpdoor:
        return Amqpdoor(self.sikkerhed, bagved)

    def tls(self, noegle: Noegle | None = None) -> ssl.SSLContext:
        """A client's, that knows the Beskedfordeler; without a certificate of its own unless it is given one."""
        return tls.klient([self.noegler.beskedfordeler.certifikat], noegle)

    def login(self, port: int, cvr: str = CVR, modtager: str = MODTAG, vaert: str = "127.0.0.1") -> LoginSource:
        return tokenlogin(f"amqps://{vaert}:{port}/{VHOST}", self.tls(), self.tokens, modtager, cvr)


def sted(mappe: Path) -> Sted:
    """The keys of that folder."""
    return Sted(noegler.load_or_make(mappe, datetime(2026, 6, 1, tzinfo=UTC)))
