"""Keys from files, and what is wrong with those that are none."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from fkorg.security import keys
from tests.fkorg.security.fixture import EGEN, FREMMED, NOW, noegle, pkcs12

KODEORD = "hemmeligt æ"


def pem(privat: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kodeord: str | None = None) -> bytes:
    how = NoEncryption() if kodeord is None else BestAvailableEncryption(kodeord.encode())
    return privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def certifikat(navn: str) -> bytes:
    return noegle(navn).certifikat.public_bytes(Encoding.PEM)


@pytest.mark.parametrize("kodeord", [None, KODEORD])
def test_a_key_is_read_from_either_kind_of_file(kodeord: str | None) -> None:
    egen = noegle(EGEN)
    for found in (
        keys.fra_pkcs12(pkcs12(noegle(EGEN), kodeord), kodeord),
        keys.fra_pem(pem(egen.privat, kodeord), certifikat(EGEN), kodeord),
    ):
        assert found.certifikat == egen.certifikat
        assert keys.passer(found.underskriv(b"x"), b"x", [egen.certifikat])


def test_a_key_shows_nothing_of_itself() -> None:
    assert "privat" not in repr(noegle(EGEN))


@pytest.mark.parametrize(
    ("data", "kodeord"),
    [(b"", None), (b"ikke", "x"), (pkcs12(noegle(EGEN), KODEORD), "forkert"), (pkcs12(noegle(EGEN), KODEORD), None)],
)
def test_what_is_no_pkcs12_with_that_password_is_refused_in_words(data: bytes, kodeord: str | None) -> None:
    with pytest.raises(ValueError, match="wanted a PKCS#12 file") as found:
        keys.fra_pkcs12(data, kodeord)
    assert "forkert" not in str(found.value)


def test_what_is_no_key_of_the_certificate_is_refused_in_words() -> None:
    egen = noegle(EGEN)
    with pytest.raises(ValueError, match="wanted the certificate of the private key"):
        keys.fra_pem(pem(egen.privat), certifikat(FREMMED))
    with pytest.raises(ValueError, match="wanted an RSA key"):
        keys.fra_pem(pem(ec.generate_private_key(ec.SECP256R1())), certifikat(EGEN))
    with pytest.raises(ValueError, match="wanted a private key as PEM"):
        keys.fra_pem(b"ikke", certifikat(EGEN))
    with pytest.raises(ValueError, match="wanted a private key as PEM"):
        keys.fra_pem(pem(egen.privat, KODEORD), certifikat(EGEN), "forkert")
    with pytest.raises(ValueError, match="wanted a certificate as PEM"):
        keys.fra_pem(pem(egen.privat), b"ikke")


def test_pins_are_lists() -> None:
    assert keys.pins([certifikat(EGEN) + certifikat(FREMMED), certifikat(EGEN)]) == (
        noegle(EGEN).certifikat,
        noegle(FREMMED).certifikat,
        noegle(EGEN).certifikat,
    )
    with pytest.raises(ValueError, match="wanted certificates as PEM"):
        keys.pins([b"ikke"])


def test_days_are_counted_to_the_end() -> None:
    found = noegle(EGEN).certifikat
    assert keys.dage_tilbage(found, NOW) == pytest.approx(30)
    assert keys.dage_tilbage(found, NOW + timedelta(days=31)) == pytest.approx(-1)
