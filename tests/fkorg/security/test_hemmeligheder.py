"""No private key, password or token is told: not at DEBUG, not in an error, not by an object that shows itself."""

import base64
import logging
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fkorg.errors import FkorgError
from fkorg.security import keys
from fkorg.security.kald import Sikret
from fkorg.security.keys import Noegle
from fkorg.security.tokens import Tokens
from tests.fkorg.security import fixture as f
from tests.fkorg.security.fixture import NOW, noegle
from tests.fkorg.security.test_kald import TOKEN_AFVIST, Tjeneste, laes, slet
from tests.fkorg.security.test_keys import KODEORD


def privat(af: Noegle) -> set[str]:
    """What nobody may tell of a key: its lines in PEM, its number, its parts."""
    pem = af.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    tal = af.privat.private_numbers()
    return {*pem.splitlines()[1:-1], *(str(one) for one in (tal.d, tal.p, tal.q)), f"{tal.d:x}"}


def token(raw: bytes) -> set[str]:
    """What nobody may tell of an assertion: what makes it one, as it is and in Base64."""
    kode = base64.b64encode(raw).decode()
    return {"SubjectConfirmation", "<Assertion", "SignatureValue", kode[200:260], kode[-80:-20]}


async def test_of_calls_that_go_well_and_badly(caplog: pytest.LogCaptureFixture, logget: StringIO) -> None:
    tjeneste, sagt = Tjeneste(), []
    with caplog.at_level(logging.DEBUG):
        klient = tjeneste.klient()
        for spoil in (None, "fault", "unsigned", "changed"):
            tjeneste.fault = TOKEN_AFVIST if spoil == "fault" else None
            tjeneste.signeret = spoil != "unsigned"
            tjeneste.aendr = (lambda raw: raw.replace(b">20</", b">21</")) if spoil == "changed" else (lambda raw: raw)
            for kald in (laes, slet):
                try:
                    await kald(klient)
                except FkorgError as fejl:
                    sagt += [str(fejl), repr(fejl), str(fejl.__cause__)]
    assertion = await tjeneste.hent(f.MODTAGER, f.CVR)
    tokens = Tokens(tjeneste.hent, lambda: NOW, lambda: timedelta(0))
    await tokens.token(f.MODTAGER, f.CVR)
    sikret = Sikret(noegle(f.EGEN), tokens, f.MODTAGER, [noegle("organisation").certifikat], lambda: NOW)
    sagt += [repr(one) for one in (assertion, assertion.token, tokens, sikret, noegle(f.EGEN), klient)]

    told = "\n".join([caplog.text, logget.getvalue(), *sagt])
    assert len(sagt) > 10
    assert not [one for one in privat(noegle(f.EGEN)) | token(assertion.token.xml) if one in told]


def test_of_a_file_that_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    raw = f.pkcs12(noegle(f.EGEN), KODEORD)
    with caplog.at_level(logging.DEBUG), pytest.raises(ValueError, match="wanted a PKCS#12 file") as found:
        keys.fra_pkcs12(raw[:-1], KODEORD)

    told = "".join([caplog.text, str(found.value), repr(found.value), str(found.value.__cause__)])
    assert not [one for one in {*privat(noegle(f.EGEN)), KODEORD} if one in told]
