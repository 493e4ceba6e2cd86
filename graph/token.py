"""Token -> principal: the checks of a JWT, by the rules of its issuer, and a bounded memory of those that passed.

Source: security.md 9.1 and 9.2, rules.md 27, 36, 39. Deny by default: what cannot be read grants nothing. Knows no HTTP
framework, no clock (`now` is an argument) and no settings; messages say what was wanted and never repeat the token.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import jwt

from graph.caller import Cnf, Principal, TokenAfvist
from graph.jose import Json, afkod, objekt
from graph.noegler import Noegler, Tokennoegle
from graph.privilegier import Tildeling, af_privilegier, af_roller

STOERSTE_TOKEN_BYTES: Final = 16 * 1024
SKAEVHED: Final = timedelta(seconds=60)
"""How far the clocks of issuer and verifier may lie apart."""
LAENGSTE_LEVETID: Final = timedelta(hours=24)
GEMMES_HOEJST: Final = timedelta(seconds=60)
CNF: Final = "x5t#S256"
_CVR: Final = re.compile(r"[0-9]{8}\Z", re.ASCII)

Sti: TypeAlias = tuple[str, ...]
"""The names from the outermost claim to the one that is meant."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Where an issuer says things. `usendt`: what it never sends; what it sends all the same is checked."""

    kalder: Sti = ("sub",)
    nummer: Sti = ("jti",)
    cvr: Sti = ("cvr",)
    privilegier: Sti = ("priv",)
    roller: Sti | None = None
    usendt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tokenregler:
    """Which tokens of one issuer hold here. `udsteder` and `modtager` match exactly; each of `noegler` is bound to one
    of `algoritmer`.

    `cvrer`: those it may speak for, None: each that is served; with `fast_cvr` all its tokens are for that one and say
    none. `navnerum` stands before its callers' names, so that those of two issuers are never the same caller.
    """

    udsteder: str
    modtager: str
    noegler: Noegler = field(repr=False)
    algoritmer: tuple[str, ...] = ("PS256",)
    claims: Claims = Claims()
    cvrer: frozenset[str] | None = None
    fast_cvr: str | None = None
    tildeling: Tildeling = field(default_factory=Tildeling)
    cnf: Cnf = Cnf.OFF
    navnerum: str = ""


@dataclass(frozen=True, slots=True)
class Efterproevet:
    """Whose token it is. `bundet`: the thumbprint of the certificate it is to be shown with; None: it is not bound."""

    principal: Principal
    bundet: str | None


class Forevist(list[str]):
    """Authorization headers that are shown again and again, by a socket for each thing it tells: what is known of them
    is kept with them."""

    __slots__ = ("kendt",)

    def __init__(self, headers: Iterable[str]) -> None:
        super().__init__(headers)
        self.kendt: _Kendt | None = None


class Tokenkontrol:
    """The verifier with its bounded memory of tokens already verified (rules.md 39). Lives as long as the server."""

    def __init__(self, udstedere: Iterable[Tokenregler], *, pladser: int = 10_000) -> None:
        self._udstedere = {regler.udsteder: regler for regler in udstedere}
        self._pladser = pladser
        self._kendte: OrderedDict[bytes, _Kendt] = OrderedDict()
        self._udgave = object()

    def __len__(self) -> int:
        return len(self._kendte)

    def glem(self) -> None:
        """An issuer's keys are others: everything verified under the old ones is forgotten."""
        self._kendte.clear()
        self._udgave = object()

    def kalder(
        self,
        authorization: Sequence[str],
        betjente: Mapping[str, UUID | None],
        now: datetime,
        certifikat: str | None = None,
    ) -> Principal:
        """The caller of a request with these Authorization headers and this client certificate (its thumbprint).

        `betjente`: the CVRs served here, each with its Organisation when known. Raises TokenAfvist, and Unavailable
        while the issuer's keys are not here."""
        kendt = authorization.kendt if isinstance(authorization, Forevist) else None
        if kendt is None or kendt.til <= now or kendt.udgave is not self._udgave:
            kendt = self._find(bearer(authorization), betjente, now)
            if isinstance(authorization, Forevist):
                authorization.kendt = kendt
        found = kendt.efterproevet
        if found.bundet is not None and found.bundet != certifikat:
            raise TokenAfvist("wanted the client certificate that the token is bound to (cnf)")
        principal = found.principal
        if principal.cvr not in betjente:
            raise TokenAfvist("wanted a token for a CVR that is served here")
        organisation = betjente[principal.cvr]
        return principal if principal.organisation == organisation else replace(principal, organisation=organisation)

    def _find(self, token: str, betjente: Mapping[str, UUID | None], now: datetime) -> "_Kendt":
        key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        kendt = self._kendte.get(key)
        if kendt is None or kendt.til <= now:
            self._kendte.pop(key, None)
            found = verify(token, self._udstedere, betjente, now)
            kendt = _Kendt(found, min(found.principal.udloeber, now + GEMMES_HOEJST), self._udgave)
            if kendt.til > now:
                self._kendte[key] = kendt
                while len(self._kendte) > self._pladser:
                    self._kendte.popitem(last=False)
        return kendt


@dataclass(frozen=True, slots=True)
class _Kendt:
    """What was verified, until when it is not verified again, and under which keys."""

    efterproevet: Efterproevet
    til: datetime
    udgave: object


def bearer(authorization: Sequence[str]) -> str:
    """The token of the one Authorization header. Raises TokenAfvist."""
    if len(authorization) != 1:
        raise TokenAfvist(f"wanted one Authorization header, found {len(authorization)}")
    scheme, _, token = authorization[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenAfvist("wanted Authorization: Bearer <token>")
    return token.strip()


def verify(
    token: str, udstedere: Mapping[str, Tokenregler], betjente: Mapping[str, UUID | None], now: datetime
) -> Efterproevet:
    """Whose token it is, when it holds at `now`: every check of security.md 9.2 but that of the certificate shown.

    Its issuer is read before its signature is, to choose the rules, and the rules ask for it again. Raises TokenAfvist,
    and Unavailable while the issuer's keys are not here.
    """
    if len(token) > STOERSTE_TOKEN_BYTES or not token.isascii():
        raise TokenAfvist(f"wanted a token of at most {STOERSTE_TOKEN_BYTES} bytes")
    if token.count(".") != 2:
        raise TokenAfvist("wanted a token of three parts")
    head, body, _ = token.split(".")
    header = objekt(afkod(head))  # before PyJWT does, so that a deep or broken one is refused and not an exception
    if header is None:
        raise TokenAfvist("wanted a token header of JSON")
    regler = _regler(afkod(body), udstedere)
    noegle = _noegle(header, regler, now)
    try:
        payload = jwt.PyJWS().decode(token, noegle.offentlig, algorithms=[noegle.algoritme])
    except (jwt.PyJWTError, ValueError, RecursionError) as cause:
        raise TokenAfvist("wanted a token signed by a key of its issuer") from cause
    claims = objekt(payload)
    if claims is None:
        raise TokenAfvist("wanted claims as a JSON object")
    return _efterproevet(claims, regler, betjente, now)


def _regler(payload: bytes, udstedere: Mapping[str, Tokenregler]) -> Tokenregler:
    """Those of the issuer that the token says it is of; nothing of it is believed yet."""
    claims = objekt(payload)
    if claims is None:
        raise TokenAfvist("wanted claims as a JSON object")
    iss = claims.get("iss")
    if iss is None:
        raise TokenAfvist("wanted the claims iss")
    regler = udstedere.get(iss) if isinstance(iss, str) else None
    if regler is None:
        raise TokenAfvist("wanted a token of a configured issuer")
    return regler


def _noegle(header: Mapping[str, Json], regler: Tokenregler, now: datetime) -> Tokennoegle:
    alg = header.get("alg")
    if alg not in regler.algoritmer:
        raise TokenAfvist(f"wanted alg {' or '.join(regler.algoritmer)}")
    if "crit" in header or "b64" in header:
        raise TokenAfvist("wanted a token without crit")
    kid = header.get("kid")
    noegle = regler.noegler(kid, now) if isinstance(kid, str) else None
    if noegle is None:
        raise TokenAfvist("wanted the kid of a key of its issuer")
    if alg != noegle.algoritme:
        raise TokenAfvist("wanted the alg that the key is bound to")
    return noegle


def _efterproevet(
    claims: dict[str, Json], regler: Tokenregler, betjente: Mapping[str, UUID | None], now: datetime
) -> Efterproevet:
    names = regler.claims
    wanted: list[Sti] = [("exp",), ("nbf",), ("iat",), ("iss",), ("aud",), names.kalder, names.nummer]
    if regler.fast_cvr is None:
        wanted.append(names.cvr)
    missing = [".".join(sti) for sti in wanted if _ved(claims, sti) is None and sti[-1] not in names.usendt]
    if missing:
        raise TokenAfvist(f"wanted the claims {', '.join(missing)}")
    if claims["iss"] != regler.udsteder:
        raise TokenAfvist("wanted a token of a configured issuer")
    if claims["aud"] != regler.modtager:
        raise TokenAfvist("wanted a token for this service: aud as one exact string")
    for sti in (names.kalder, names.nummer):
        value = _ved(claims, sti)
        if value is not None and (not isinstance(value, str) or not value):
            raise TokenAfvist(f"wanted {'.'.join(sti)} as text")
    udloeber = _udloeber(claims, now)
    cvr = _cvr(claims, regler)
    if cvr not in betjente:
        raise TokenAfvist("wanted a token for a CVR that is served here")
    rights = af_privilegier(_ved(claims, names.privilegier), cvr, regler.tildeling)
    if names.roller is not None:
        rights |= af_roller(_ved(claims, names.roller), regler.tildeling)
    caller = f"{regler.navnerum}{_ved(claims, names.kalder)}"
    return Efterproevet(Principal(caller, cvr, betjente[cvr], rights, udloeber), _bundet(claims, regler))


def _cvr(claims: dict[str, Json], regler: Tokenregler) -> str:
    """The CVR it is for, which its issuer may speak for."""
    if regler.fast_cvr is not None:
        return regler.fast_cvr
    cvr = _ved(claims, regler.claims.cvr)
    if not isinstance(cvr, str) or not _CVR.match(cvr):
        raise TokenAfvist("wanted cvr as eight digits")
    if regler.cvrer is not None and cvr not in regler.cvrer:
        raise TokenAfvist("wanted a CVR that the issuer may speak for")
    return cvr


def _bundet(claims: dict[str, Json], regler: Tokenregler) -> str | None:
    """The thumbprint it is bound to. A binding that cannot be read is refused where bindings are looked at."""
    if regler.cnf is Cnf.OFF or (regler.cnf is Cnf.IF_PRESENT and "cnf" not in claims):
        return None
    thumbprint = _ved(claims, ("cnf", CNF))
    if not isinstance(thumbprint, str) or not thumbprint:
        raise TokenAfvist(f"wanted a token that is bound to a client certificate (cnf, {CNF})")
    return thumbprint


def _udloeber(claims: dict[str, Json], now: datetime) -> datetime:
    """The time of expiry, when the times are JSON integers and `now` lies between them, give or take the skew."""
    iat, exp = _seconds(claims, "iat"), _seconds(claims, "exp")
    nbf = _seconds(claims, "nbf") if "nbf" in claims else iat
    if not iat < exp <= iat + int(LAENGSTE_LEVETID.total_seconds()):
        raise TokenAfvist("wanted a life of at most 24 hours")
    moment, skew = now.timestamp(), SKAEVHED.total_seconds()
    if moment >= exp + skew:
        raise TokenAfvist("wanted a token that has not expired: fetch a new one")
    if moment < nbf - skew or moment < iat - skew:
        raise TokenAfvist("wanted a token whose time has begun: check the clocks")
    return datetime.fromtimestamp(exp, UTC)


def _seconds(claims: dict[str, Json], name: str) -> int:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TokenAfvist(f"wanted {name} as a whole number of seconds")
    return value


def _ved(claims: dict[str, Json], sti: Sti) -> Json:
    """What stands there; None when nothing does."""
    value: Json = claims
    for navn in sti:
        value = value.get(navn) if isinstance(value, dict) else None
    return value
