"""Which keys are taken, and what each is used with: pinned ones and key sets."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from graph import noegler
from tests.graph.tokens import FREMMED, UDSTEDER, jwk, jwks

KURVE = ec.generate_private_key(ec.SECP256R1())
KORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)


def pem(key: Any) -> str:
    found: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found.decode()


def kurve(**more: Any) -> dict[str, Any]:
    return jwt.algorithms.ECAlgorithm.to_jwk(KURVE.public_key(), as_dict=True) | {"kid": "k"} | more


def test_pins_are_named_by_thumbprint_and_refuse_weak_or_other_keys() -> None:
    public = pem(UDSTEDER.noegle)

    assert list(noegler.pins([UDSTEDER.certifikat])) == [UDSTEDER.kid]
    assert len(noegler.pins([UDSTEDER.certifikat, public])) == 2
    for key in (KORT, KURVE):
        with pytest.raises(ValueError, match="2048"):
            noegler.pins([pem(key)])


def test_a_pinned_key_is_bound_to_the_one_algorithm_that_fits() -> None:
    found = noegler.pins([pem(UDSTEDER.noegle), pem(KURVE)], ("PS256", "ES256"))

    assert [one.algoritme for one in found.values()] == ["PS256", "ES256"]
    with pytest.raises(ValueError, match="just one of PS256, RS256"):
        noegler.pins([pem(UDSTEDER.noegle)], ("PS256", "RS256"))


PRIVAT = jwt.algorithms.RSAAlgorithm.to_jwk(UDSTEDER.noegle, as_dict=True) | {"kid": "k", "key_ops": ["sign", "verify"]}
JWK: dict[str, tuple[Any, list[str], str | None]] = {
    "with alg": (jwk(UDSTEDER, "k"), ["RS256", "PS256"], "PS256"),
    "without alg, one fits": (jwk(UDSTEDER, "k", alg=None), ["RS256", "ES256"], "RS256"),
    "without alg, two fit": (jwk(UDSTEDER, "k", alg=None), ["RS256", "PS256"], None),
    "alg not configured": (jwk(UDSTEDER, "k"), ["RS256"], None),
    "alg none": (jwk(UDSTEDER, "k", alg="none"), ["RS256"], None),
    "alg a list": (jwk(UDSTEDER, "k", alg=["PS256"]), ["PS256"], None),
    "for signatures": (jwk(UDSTEDER, "k", use="sig", key_ops=["verify"]), ["PS256"], "PS256"),
    "for encryption": (jwk(UDSTEDER, "k", use="enc"), ["PS256"], None),
    "for signing": (jwk(UDSTEDER, "k", key_ops=["sign"]), ["PS256"], None),
    "a curve": (kurve(), ["ES256", "RS256"], "ES256"),
    "a curve with another alg": (kurve(alg="ES384"), ["ES256", "ES384"], None),
    "a curve off its curve": (kurve(x="A" * 43), ["ES256"], None),
    "a private key": (PRIVAT, ["PS256"], "PS256"),
    "a short key": (
        jwt.algorithms.RSAAlgorithm.to_jwk(KORT.public_key(), as_dict=True) | {"kid": "k"},
        ["PS256"],
        None,
    ),
    "a secret": ({"kty": "oct", "k": "AAAA", "kid": "k", "alg": "HS256"}, ["PS256"], None),
    "without kid": ({**jwk(UDSTEDER, "k"), "kid": None}, ["PS256"], None),
    "kid a number": (jwk(UDSTEDER, "k") | {"kid": 7}, ["PS256"], None),
    "n missing": (jwk(UDSTEDER, "k", n=None), ["PS256"], None),
    "n not Base64": (jwk(UDSTEDER, "k", n="å"), ["PS256"], None),
    "n empty": (jwk(UDSTEDER, "k", n=""), ["PS256"], None),
    "kty a list": (jwk(UDSTEDER, "k", kty=["RSA"]), ["PS256"], None),
    "text": ("k", ["PS256"], None),
}


@pytest.mark.parametrize("key, algoritmer, bundet", JWK.values(), ids=JWK)
def test_of_a_key_set_what_verifies_signatures_by_one_algorithm_is_taken(
    key: Any, algoritmer: list[str], bundet: str | None
) -> None:
    if bundet is None:
        with pytest.raises(ValueError, match="wanted a key set with keys for"):
            noegler.jwks(jwks(key), algoritmer)
    else:
        found = noegler.jwks(jwks("x", key), algoritmer)["k"]
        assert found.algoritme == bundet
        assert isinstance(found.offentlig, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)


def test_of_two_keys_with_one_kid_the_first_is_taken() -> None:
    found = noegler.jwks(jwks(jwk(UDSTEDER, "k"), jwk(FREMMED, "k")), ["PS256"])

    assert found == noegler.jwks(jwks(jwk(UDSTEDER, "k")), ["PS256"])


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[]}', b"[" * 9_000, b"<html>"])
def test_what_is_no_key_set_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="wanted a key set"):
        noegler.jwks(raw, ["PS256"])
