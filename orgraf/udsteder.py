"""A token issuer of our own, for the demo and the tests. Its key is made at first start; tokens as security.md 9.1.

Never used where callers come with tokens of the real token service. Knows nothing of what the tokens open.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from graph.caller import BEGRAENSNINGER, PRIVILEGIER, Ret
from graph.noegler import pinnede, pins
from graph.token import Tokenregler
from simulator import noegler, sts_jwt

ENTITET: Final = "https://saml.demo.orgraf.invalid/runtime/"
"""The demo's issuer; with the slash at the end that the real one has."""
MODTAGER: Final = "http://demo.orgraf.invalid/service/organisationhent/1"
LEVETID: Final = timedelta(hours=8)
ROLLER: Final[Mapping[str, frozenset[Ret]]] = {
    "laes": frozenset({Ret.LAES}),
    "persondata": frozenset({Ret.LAES, Ret.SENAVN, Ret.SECPR}),
    "skriv": frozenset({Ret.LAES, Ret.SKRIV}),
    "drift": frozenset({Ret.LAES, Ret.INDSIGT, Ret.FORKLAR, Ret.KILDE, Ret.DRIFT}),
}
"""The demo's four tokens and what each may. Source: rules.md 27."""


@dataclass(frozen=True, slots=True)
class Udsteder:
    """Who signs: the private key, and the certificate (PEM) that verifiers pin."""

    noegle: rsa.RSAPrivateKey = field(repr=False)
    certifikat: str = field(repr=False)

    @property
    def kid(self) -> str:
        """The Base64url SHA-1 thumbprint of the certificate."""
        (kid,) = pins([self.certifikat])
        return kid

    @property
    def regler(self) -> Tokenregler:
        """What a verifier of this issuer's tokens is configured with."""
        return Tokenregler(ENTITET, MODTAGER, pinnede(pins([self.certifikat])))


def ny(now: datetime) -> Udsteder:
    """A new issuer with a key and a certificate of its own, good for ten years."""
    made = noegler.ny("orgraf demo: token issuer", now)
    return Udsteder(made.privat, made.certifikat.public_bytes(Encoding.PEM).decode())


def load_or_make(mappe: Path, now: datetime) -> Udsteder:
    """The issuer kept in the folder, made and written (readable by its owner alone) when there is none yet."""
    sti = mappe / "udsteder.pem"
    if not sti.exists():
        mappe.mkdir(parents=True, exist_ok=True)
        made = ny(now)
        raw = made.noegle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        draft = mappe / f".udsteder.{os.getpid()}.pem"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw + made.certifikat.encode())
        draft.replace(sti)
    text = sti.read_text()
    noegle = load_pem_private_key(text.encode(), None)
    if not isinstance(noegle, rsa.RSAPrivateKey):
        raise ValueError(f"wanted an RSA key in {sti}: delete the file to have a new one made")
    return Udsteder(noegle, text[text.index("-----BEGIN CERTIFICATE-----") :])


def demo_tokens(udsteder: Udsteder, cvr: str, now: datetime, levetid: timedelta = LEVETID) -> dict[str, str]:
    """The four tokens of the demo, by name."""
    return {navn: udsted(udsteder, cvr, retter, now, system=navn, levetid=levetid) for navn, retter in ROLLER.items()}


def udsted(
    udsteder: Udsteder,
    cvr: str,
    rettigheder: Iterable[Ret],
    now: datetime,
    *,
    system: str = "demo",
    levetid: timedelta = LEVETID,
    claims: Mapping[str, Any] | None = None,
) -> str:
    """A signed token with these rights for one municipality. `claims` replace or add claims; None leaves one out."""
    seconds = int(now.astimezone(UTC).timestamp())
    content: dict[str, Any] = {
        "iss": ENTITET,
        "aud": MODTAGER,
        "sub": f"http://demo.orgraf.invalid/system/{system}",
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + int(levetid.total_seconds()),
        "jti": str(uuid4()),
        "cvr": cvr,
        "spec_ver": "1.0",
        "priv": privilegier(cvr, rettigheder),
    } | dict(claims or {})
    return sts_jwt.underskriv(
        {name: value for name, value in content.items() if value is not None}, udsteder.noegle, udsteder.kid
    )


def privilegier(cvr: str, rettigheder: Iterable[Ret]) -> str:
    """The `priv` claim: Base64 of the privilege groups that give these rights for the CVR."""
    wanted = frozenset(rettigheder)
    data = [uri for uri, ret in BEGRAENSNINGER.items() if ret in wanted]
    grupper = {uri: data if ret is Ret.LAES else [] for uri, ret in PRIVILEGIER.items() if ret in wanted}
    return sts_jwt.privilegier(cvr, grupper)
