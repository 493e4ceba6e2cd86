"""Token -> principal: who calls, for which municipality, with which rights. Plans and mutations see only this.

Source: security.md 9.1 and 9.2 (a PS256 JWT as the token service issues it), rules.md 27, 36, 39; the binding to a
client certificate (`cnf`) is not checked here. Deny by default: what cannot be read grants nothing. Knows no HTTP
framework, no clock (`now` is an argument) and no settings; messages say what was wanted and never repeat the token.
"""

import base64
import binascii
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

STOERSTE_TOKEN_BYTES: Final = 16 * 1024
SKAEVHED: Final = timedelta(seconds=60)
"""How far the clocks of issuer and verifier may lie apart."""
LAENGSTE_LEVETID: Final = timedelta(hours=24)
GEMMES_HOEJST: Final = timedelta(seconds=60)
SCOPE: Final = "urn:dk:gov:saml:cvrNumberIdentifier:"
"""What the scope of a privilege group starts with; the CVR follows."""
_CVR: Final = re.compile(r"[0-9]{8}\Z", re.ASCII)
_PAAKRAEVET: Final = ("exp", "nbf", "iat", "iss", "aud", "sub", "jti", "cvr")


class Ret(StrEnum):
    """The rights a caller can have. Source: rules.md 36."""

    LAES = "LAES"
    SKRIV = "SKRIV"
    SENAVN = "SENAVN"
    SECPR = "SECPR"
    INDSIGT = "INDSIGT"
    FORKLAR = "FORKLAR"
    KILDE = "KILDE"
    DRIFT = "DRIFT"


PERSONRETTE: Final = frozenset({Ret.SENAVN, Ret.SECPR})
"""To personal data: who has one is named in the log of reads, and statements differ by them."""
_ROLLE: Final = "http://organisation.stoettesystemerne.dk/roles/usersystemrole/"
PRIVILEGIER: Final[Mapping[str, Ret]] = {
    _ROLLE + "udstil/1": Ret.LAES,
    _ROLLE + "rediger/1": Ret.SKRIV,
    _ROLLE + "indsigt/1": Ret.INDSIGT,
    _ROLLE + "forklar/1": Ret.FORKLAR,
    _ROLLE + "kilde/1": Ret.KILDE,
    _ROLLE + "drift/1": Ret.DRIFT,
}
"""Privilege URI -> right. Defaults of ours: the true URIs come with the agreement and are configured."""
BEGRAENSNINGER: Final[Mapping[str, Ret]] = {
    "http://organisation.stoettesystemerne.dk/constraints/SeNavn/1": Ret.SENAVN,
    "http://organisation.stoettesystemerne.dk/constraints/SeCPR/1": Ret.SECPR,
}
"""Constraint URI -> the right that its value `Ja` gives. Defaults of ours, as above."""


class TokenAfvist(Exception):
    """No principal: the message says what was wanted. The answer is 401."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose token holds. `organisation` is None until the municipality of the CVR is known to the model."""

    caller: str
    cvr: str
    organisation: UUID | None
    rettigheder: frozenset[Ret]
    udloeber: datetime

    def har(self, ret: Ret) -> bool:
        """True when the caller has the right."""
        return ret in self.rettigheder


@dataclass(frozen=True, slots=True)
class Tokenregler:
    """Which tokens hold here. `noegler`: pinned keys by kid (see `pins`); `udsteder` and `modtager` match exactly."""

    udsteder: str
    modtager: str
    noegler: Mapping[str, RSAPublicKey] = field(repr=False)
    algoritmer: tuple[str, ...] = ("PS256",)
    privilegier: Mapping[str, Ret] = field(default_factory=lambda: PRIVILEGIER)
    begraensninger: Mapping[str, Ret] = field(default_factory=lambda: BEGRAENSNINGER)


def pins(pem_texts: Iterable[str]) -> dict[str, RSAPublicKey]:
    """Pinned certificates or public keys (PEM) by their kid: the Base64url SHA-1 thumbprint, computed here.

    Raises ValueError for what is neither, for a key that is not RSA, and for RSA below 2048 bits.
    """
    found: dict[str, RSAPublicKey] = {}
    for text in pem_texts:
        thumbprint, key = _pin(text)
        if not isinstance(key, RSAPublicKey) or key.key_size < 2048:
            raise ValueError("wanted a pinned RSA key of at least 2048 bits")
        found[base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()] = key
    return found


def _pin(pem: str) -> tuple[bytes, object]:
    """The thumbprint (a name only: SHA-1 proves nothing here) and the public key."""
    if "BEGIN CERTIFICATE" in pem:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        return certificate.fingerprint(hashes.SHA1()), certificate.public_key()
    key = load_pem_public_key(pem.encode())
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha1(der, usedforsecurity=False).digest(), key


class Tokenkontrol:
    """The verifier with its bounded memory of tokens already verified (rules.md 39). Lives as long as the server."""

    def __init__(self, regler: Tokenregler, *, pladser: int = 10_000) -> None:
        self._regler = regler
        self._pladser = pladser
        self._kendte: OrderedDict[bytes, tuple[Principal, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kendte)

    def skift(self, regler: Tokenregler) -> None:
        """Other keys or rules: everything verified under the old ones is forgotten."""
        self._regler = regler
        self._kendte.clear()

    def kalder(self, authorization: Sequence[str], betjente: Mapping[str, UUID | None], now: datetime) -> Principal:
        """The caller of a request with these Authorization headers. Raises TokenAfvist."""
        return self.principal(bearer(authorization), betjente, now)

    def principal(self, token: str, betjente: Mapping[str, UUID | None], now: datetime) -> Principal:
        """The principal of a token. `betjente`: the CVRs served here, each with its Organisation when known."""
        key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        found, until = self._kendte.get(key, (None, now))
        if found is None or until <= now:
            self._kendte.pop(key, None)
            found = verify(token, self._regler, betjente, now)
            until = min(found.udloeber, now + GEMMES_HOEJST)
            if until > now:
                self._kendte[key] = (found, until)
                while len(self._kendte) > self._pladser:
                    self._kendte.popitem(last=False)
        if found.cvr not in betjente:
            raise TokenAfvist("wanted a token for a CVR that is served here")
        organisation = betjente[found.cvr]
        return found if found.organisation == organisation else replace(found, organisation=organisation)


def bearer(authorization: Sequence[str]) -> str:
    """The token of the one Authorization header. Raises TokenAfvist."""
    if len(authorization) != 1:
        raise TokenAfvist(f"wanted one Authorization header, found {len(authorization)}")
    scheme, _, token = authorization[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenAfvist("wanted Authorization: Bearer <token>")
    return token.strip()


def verify(token: str, regler: Tokenregler, betjente: Mapping[str, UUID | None], now: datetime) -> Principal:
    """The principal of a token that holds at `now`; every check of security.md 9.2 but `cnf`. Raises TokenAfvist."""
    if len(token) > STOERSTE_TOKEN_BYTES or not token.isascii():
        raise TokenAfvist(f"wanted a token of at most {STOERSTE_TOKEN_BYTES} bytes")
    if token.count(".") != 2:
        raise TokenAfvist("wanted a token of three parts")
    key = _key(_header(token), regler)
    try:
        payload = jwt.PyJWS().decode(token, key, algorithms=list(regler.algoritmer))
    except (jwt.PyJWTError, ValueError, RecursionError) as cause:
        raise TokenAfvist("wanted a token signed by a pinned key") from cause
    claims = _dict(_json(payload))
    if claims is None:
        raise TokenAfvist("wanted claims as a JSON object")
    return _principal(claims, regler, betjente, now)


def _header(token: str) -> dict[str, Json]:
    """The unsigned header. Read before PyJWT does, so that a deep or broken one is refused and not an exception."""
    header = _dict(_json(_decode(token.partition(".")[0])))
    if header is None:
        raise TokenAfvist("wanted a token header of JSON")
    return header


def _key(header: Mapping[str, Json], regler: Tokenregler) -> RSAPublicKey:
    if header.get("alg") not in regler.algoritmer:
        raise TokenAfvist(f"wanted alg {' or '.join(regler.algoritmer)}")
    if "crit" in header or "b64" in header:
        raise TokenAfvist("wanted a token without crit")
    kid = header.get("kid")
    key = regler.noegler.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise TokenAfvist("wanted the kid of a pinned key")
    return key


def _principal(
    claims: Mapping[str, Json], regler: Tokenregler, betjente: Mapping[str, UUID | None], now: datetime
) -> Principal:
    if missing := [name for name in _PAAKRAEVET if name not in claims]:
        raise TokenAfvist(f"wanted the claims {', '.join(missing)}")
    if claims["iss"] != regler.udsteder:
        raise TokenAfvist("wanted a token of the configured issuer")
    if claims["aud"] != regler.modtager:
        raise TokenAfvist("wanted a token for this service: aud as one exact string")
    for name in ("sub", "jti"):
        if not isinstance(claims[name], str) or not claims[name]:
            raise TokenAfvist(f"wanted {name} as text")
    udloeber = _udloeber(claims, now)
    cvr = claims["cvr"]
    if not isinstance(cvr, str) or not _CVR.match(cvr):
        raise TokenAfvist("wanted cvr as eight digits")
    if cvr not in betjente:
        raise TokenAfvist("wanted a token for a CVR that is served here")
    return Principal(str(claims["sub"]), cvr, betjente[cvr], _rettigheder(claims.get("priv"), cvr, regler), udloeber)


def _udloeber(claims: Mapping[str, Json], now: datetime) -> datetime:
    """The time of expiry, when the three times are JSON integers and `now` lies between them, give or take the skew."""
    iat, nbf, exp = (_seconds(claims, name) for name in ("iat", "nbf", "exp"))
    if not iat < exp <= iat + int(LAENGSTE_LEVETID.total_seconds()):
        raise TokenAfvist("wanted a life of at most 24 hours")
    moment, skew = now.timestamp(), SKAEVHED.total_seconds()
    if moment >= exp + skew:
        raise TokenAfvist("wanted a token that has not expired: fetch a new one")
    if moment < nbf - skew or moment < iat - skew:
        raise TokenAfvist("wanted a token whose time has begun: check the clocks")
    return datetime.fromtimestamp(exp, UTC)


def _seconds(claims: Mapping[str, Json], name: str) -> int:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TokenAfvist(f"wanted {name} as a whole number of seconds")
    return value


def _rettigheder(priv: Json, cvr: str, regler: Tokenregler) -> frozenset[Ret]:
    """The rights of the groups whose scope names the token's own CVR; what cannot be read grants nothing."""
    document = _dict(_json(_decode(priv))) if isinstance(priv, str) else None
    groups = document.get("privilegegroups") if document else None
    rights: set[Ret] = set()
    for group in groups if isinstance(groups, list) else []:
        if not isinstance(group, dict) or group.get("scope") != SCOPE + cvr:
            continue
        privilege = group.get("privilege")
        right = regler.privilegier.get(privilege) if isinstance(privilege, str) else None
        if right is not None:
            rights.add(right)
            rights.update(_constraints(group.get("constraints"), regler))
    return frozenset(rights)


def _constraints(constraints: Json, regler: Tokenregler) -> Iterable[Ret]:
    """The rights of constraints `{"name": URI, "value": "Ja"}`: name and value as in the XML form of the list."""
    for constraint in constraints if isinstance(constraints, list) else []:
        if isinstance(constraint, dict) and constraint.get("value") == "Ja":
            name = constraint.get("name")
            if isinstance(name, str) and name in regler.begraensninger:
                yield regler.begraensninger[name]


def _decode(text: str) -> bytes:
    """Base64 or Base64url, padded or not; empty bytes for what is neither."""
    try:
        raw = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return b""


def _json(raw: bytes) -> Json:
    try:
        value: Json = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value


def _dict(value: Json) -> dict[str, Json] | None:
    return value if isinstance(value, dict) else None
