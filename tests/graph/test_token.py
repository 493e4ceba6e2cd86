"""Which tokens give a principal, and which rights; every refusal of security.md 11 (26 to 30, 32) as a row."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from graph import caller
from graph.caller import BEGRAENSNINGER, PRIVILEGIER, SCOPE, Ret, TokenAfvist, Tokenkontrol
from orgraf import udsteder

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CVR = "11111111"
KORSBAEK = UUID("11111111-1111-4111-8111-111111111111")
BETJENTE: dict[str, UUID | None] = {CVR: KORSBAEK, "22222222": None}
UDSTEDER = udsteder.ny(NOW)
FREMMED = udsteder.ny(NOW)
UDSTIL, REDIGER = list(PRIVILEGIER)[:2]
SENAVN = next(iter(BEGRAENSNINGER))


def token(*rettigheder: Ret, **claims: Any) -> str:
    return udsteder.udsted(UDSTEDER, CVR, rettigheder or (Ret.LAES,), NOW, claims=claims)


def verify(text: str, now: datetime = NOW) -> caller.Principal:
    return caller.verify(text, UDSTEDER.regler, BETJENTE, now)


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def with_header(key: Any = None, algorithm: str = "PS256", **header: Any) -> str:
    """A token whose header is changed and which is then signed, so that the header alone is at fault."""
    good = jwt.decode(token(), options={"verify_signature": False})
    headers = {"kid": UDSTEDER.kid, **header}
    return jwt.encode(
        good, key or UDSTEDER.noegle, algorithm=algorithm, headers={k: v for k, v in headers.items() if v is not None}
    )


def unsigned(alg: Any) -> str:
    head = b64(json.dumps({"alg": alg, "typ": "JWT", "kid": UDSTEDER.kid}).encode())
    return f"{head}.{token().split('.')[1]}."


def hmac_with_public_key() -> str:
    """The classic: HS256 keyed with the text of the pinned public key."""
    pem = UDSTEDER.noegle.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{b64(json.dumps({'alg': 'HS256', 'kid': UDSTEDER.kid}).encode())}.{token().split('.')[1]}"
    return f"{signed}.{b64(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def changed_payload() -> str:
    head, body, signature = token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{b64(json.dumps(claims | {'cvr': '22222222'}).encode())}.{signature}"


def priv(document: Any) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def group(privilege: str = UDSTIL, cvr: str = CVR, constraints: Any = (), scope: str = SCOPE) -> dict[str, Any]:
    return {"privilege": privilege, "scope": scope + cvr, "constraints": list(constraints)}


def groups(*these: Any) -> str:
    return priv({"privilegegroups": list(these)})


AFVIST: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "three parts"),
    "no dots": (lambda: "abc", "three parts"),
    "four parts": (lambda: token() + ".x", "three parts"),
    "above 16 kB": (lambda: token(fyld="x" * 17_000), "at most 16384"),
    "not ascii": (lambda: "å" + token(), "at most 16384"),
    "header is no JSON": (lambda: "e30x." + token().partition(".")[2], "header"),
    "header is a JSON list": (lambda: b64(b"[]") + "." + token().partition(".")[2], "header"),
    "header is deep JSON": (lambda: b64(b"[" * 9_000) + "." + token().partition(".")[2], "header"),
    "alg none": (lambda: unsigned("none"), "alg PS256"),
    "alg None": (lambda: unsigned("None"), "alg PS256"),
    "alg NONE": (lambda: unsigned("NONE"), "alg PS256"),
    "alg nOnE": (lambda: unsigned("nOnE"), "alg PS256"),
    "alg empty": (lambda: unsigned(""), "alg PS256"),
    "alg a list": (lambda: unsigned(["PS256"]), "alg PS256"),
    "alg null": (lambda: unsigned(None), "alg PS256"),
    "alg PS256 without signature": (lambda: unsigned("PS256"), "signed by a pinned key"),
    "HS256 keyed with the public key": (hmac_with_public_key, "alg PS256"),
    "RS256 while PS256 is pinned": (lambda: with_header(algorithm="RS256"), "alg PS256"),
    "PS384": (lambda: with_header(algorithm="PS384"), "alg PS256"),
    "crit": (lambda: with_header(crit=["exp"], exp=1), "without crit"),
    "other key with the right kid": (lambda: with_header(FREMMED.noegle), "signed by a pinned key"),
    "payload changed after signing": (changed_payload, "signed by a pinned key"),
    "no kid": (lambda: with_header(kid=None), "kid of a pinned key"),
    "unknown kid": (lambda: with_header(FREMMED.noegle, kid=FREMMED.kid), "kid of a pinned key"),
    "kid with a path": (lambda: with_header(kid="../../etc/passwd"), "kid of a pinned key"),
    "kid with SQL": (lambda: with_header(kid="' or 1=1 --"), "kid of a pinned key"),
    "kid of a foreign key with x5c beside": (
        lambda: with_header(FREMMED.noegle, kid="x", x5c=["MII"]),
        "kid of a pinned key",
    ),
    "embedded jwk with the right kid": (
        lambda: with_header(
            FREMMED.noegle, jwk=json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(FREMMED.noegle.public_key()))
        ),
        "signed by a pinned key",
    ),
    "jku with the right kid": (
        lambda: with_header(FREMMED.noegle, jku="https://evil.invalid/jwks"),
        "signed by a pinned key",
    ),
    "claims are a list": (
        lambda: jwt.PyJWS().encode(b"[]", UDSTEDER.noegle, "PS256", {"kid": UDSTEDER.kid}),
        "claims as a JSON object",
    ),
    "claims are deep JSON": (
        lambda: jwt.PyJWS().encode(b"[" * 9_000, UDSTEDER.noegle, "PS256", {"kid": UDSTEDER.kid}),
        "claims as a JSON object",
    ),
    "expired": (lambda: token(iat=SECONDS - 3600, nbf=SECONDS - 3600, exp=SECONDS - 61), "not expired"),
    "too early": (lambda: token(nbf=SECONDS + 61), "time has begun"),
    "issued in the future": (lambda: token(iat=SECONDS + 61, nbf=SECONDS), "time has begun"),
    "exp is text": (lambda: token(exp="tomorrow"), "exp as a whole number"),
    "exp is a number in a string": (lambda: token(exp=str(SECONDS + 60)), "exp as a whole number"),
    "exp is a fraction": (lambda: token(exp=SECONDS + 60.5), "exp as a whole number"),
    "exp is true": (lambda: token(exp=True), "exp as a whole number"),
    "exp is negative": (lambda: token(exp=-1), "at most 24 hours"),
    "exp is huge": (lambda: token(exp=10**30), "at most 24 hours"),
    "all three times are huge": (lambda: token(exp=10**30 + 9, iat=10**30, nbf=10**30), "time has begun"),
    "a life of more than 24 hours": (lambda: token(exp=SECONDS + 86_401), "at most 24 hours"),
    "nbf is a number in a string": (lambda: token(nbf=str(SECONDS)), "nbf as a whole number"),
    "iat is a number in a string": (lambda: token(iat=str(SECONDS)), "iat as a whole number"),
    "iss without the slash": (lambda: token(iss=udsteder.ENTITET.rstrip("/")), "configured issuer"),
    "iss of another": (lambda: token(iss="https://evil.invalid/"), "configured issuer"),
    "aud of another": (lambda: token(aud="http://other.invalid/service"), "aud as one exact string"),
    "aud is a list": (lambda: token(aud=[udsteder.MODTAGER]), "aud as one exact string"),
    "sub is a number": (lambda: token(sub=7), "sub as text"),
    "jti is empty": (lambda: token(jti=""), "jti as text"),
    "cvr of nine digits": (lambda: token(cvr="111111111"), "eight digits"),
    "cvr of Arabic-Indic digits": (lambda: token(cvr="١" * 8), "eight digits"),
    "cvr with a line break": (lambda: token(cvr="11111111\n"), "eight digits"),
    "cvr is a number": (lambda: token(cvr=11111111), "eight digits"),
    "cvr not served": (lambda: token(cvr="33333333"), "served here"),
}
"""Named tokens with a piece of the message each is refused with."""


@pytest.mark.parametrize("make, wanted", AFVIST.values(), ids=AFVIST)
def test_a_token_that_does_not_hold_is_refused_without_being_repeated(make: Callable[[], str], wanted: str) -> None:
    text = make()

    with pytest.raises(TokenAfvist, match=re.escape(wanted)) as refused:
        verify(text)

    assert not any(len(part) > 8 and part in str(refused.value) for part in text.split("."))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "cvr"])
def test_a_required_claim_that_is_missing_is_named(claim: str) -> None:
    with pytest.raises(TokenAfvist, match=f"claims {claim}$"):
        verify(token(**{claim: None}))


TIDER = {
    "one second before exp and skew": (SECONDS + 28_800 + 59, True),
    "at exp and skew": (SECONDS + 28_800 + 60, False),
    "at nbf less the skew": (SECONDS - 60, True),
    "one second before nbf less the skew": (SECONDS - 61, False),
}


@pytest.mark.parametrize("moment, holds", TIDER.values(), ids=TIDER)
def test_the_skew_is_exactly_sixty_seconds(moment: int, holds: bool) -> None:
    now = datetime.fromtimestamp(moment, UTC)

    if holds:
        assert verify(token(), now).cvr == CVR
    else:
        with pytest.raises(TokenAfvist):
            verify(token(), now)


def test_a_token_that_holds_gives_the_principal() -> None:
    found = verify(token(Ret.LAES, Ret.SENAVN))

    assert found == caller.Principal(
        "http://demo.orgraf.invalid/system/demo",
        CVR,
        KORSBAEK,
        frozenset({Ret.LAES, Ret.SENAVN}),
        NOW + timedelta(hours=8),
    )
    assert found.har(Ret.SENAVN)
    assert not found.har(Ret.SKRIV)


PRIV: dict[str, tuple[Any, set[Ret]]] = {
    "no priv": (None, set()),
    "read": (groups(group()), {Ret.LAES}),
    "Base64url without padding": (groups(group()).rstrip("=").replace("+", "-").replace("/", "_"), {Ret.LAES}),
    "read and write": (groups(group(), group(REDIGER)), {Ret.LAES, Ret.SKRIV}),
    "group of another CVR": (groups(group(cvr="22222222")), set()),
    "one of our CVR beside one of another": (groups(group(REDIGER, "22222222"), group()), {Ret.LAES}),
    "scope without the URN": (groups(group(scope="")), set()),
    "scope in other letters": (groups(group(scope=SCOPE.upper())), set()),
    "unknown privilege": (groups(group("http://other/rediger/1")), set()),
    "constraint Ja": (groups(group(constraints=[{"name": SENAVN, "value": "Ja"}])), {Ret.LAES, Ret.SENAVN}),
    "constraint ja": (groups(group(constraints=[{"name": SENAVN, "value": "ja"}])), {Ret.LAES}),
    "constraint Nej": (groups(group(constraints=[{"name": SENAVN, "value": "Nej"}])), {Ret.LAES}),
    "constraint true": (groups(group(constraints=[{"name": SENAVN, "value": True}])), {Ret.LAES}),
    "constraint Ja of another CVR": (
        groups(group(), group(cvr="22222222", constraints=[{"name": SENAVN, "value": "Ja"}])),
        {Ret.LAES},
    ),
    "unknown constraint": (groups(group(constraints=[{"name": "x", "value": "Ja"}])), {Ret.LAES}),
    "constraint without name": (groups(group(constraints=[{"value": "Ja"}, 7, None])), {Ret.LAES}),
    "constraints as text": (groups(group() | {"constraints": "Ja"}), {Ret.LAES}),
    "not Base64": ("{}!", set()),
    "not JSON": (base64.b64encode(b"udstil").decode(), set()),
    "not UTF-8": (base64.b64encode(b"\xff\xfe\xfd").decode(), set()),
    "JSON list": (priv([group()]), set()),
    "groups as an object": (priv({"privilegegroups": group()}), set()),
    "group as text": (groups("x", 7, None, [], group()), {Ret.LAES}),
    "privilege as a list": (groups(group() | {"privilege": [UDSTIL]}), set()),
    "deep JSON": (base64.b64encode(b"[" * 8_000).decode(), set()),
    "a number": (7, set()),
    "an object": ({"privilegegroups": [group()]}, set()),
}


@pytest.mark.parametrize("document, rights", PRIV.values(), ids=PRIV)
def test_only_what_can_be_read_and_is_of_our_cvr_grants(document: Any, rights: set[Ret]) -> None:
    assert verify(token(priv=document)).rettigheder == rights


AUTHORIZATION: dict[str, tuple[list[str], str | None]] = {
    "none": ([], None),
    "two": (["Bearer a.b.c", "Bearer a.b.c"], None),
    "Basic": (["Basic a.b.c"], None),
    "no token": (["Bearer "], None),
    "token alone": (["a.b.c"], None),
    "Bearer": (["Bearer a.b.c"], "a.b.c"),
    "lower case": (["bearer  a.b.c "], "a.b.c"),
}


@pytest.mark.parametrize("headers, found", AUTHORIZATION.values(), ids=AUTHORIZATION)
def test_one_bearer_header_is_wanted(headers: list[str], found: str | None) -> None:
    if found is not None:
        assert caller.bearer(headers) == found
    else:
        with pytest.raises(TokenAfvist):
            caller.bearer(headers)


def test_a_verified_token_is_remembered_for_a_minute_and_not_beyond_its_end() -> None:
    kontrol = Tokenkontrol(UDSTEDER.regler)
    short = udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), NOW, levetid=timedelta(seconds=30))
    kontrol.principal(short, BETJENTE, NOW)

    assert kontrol.principal(short, BETJENTE, NOW + timedelta(seconds=89)).cvr == CVR
    with pytest.raises(TokenAfvist, match="not expired"):
        kontrol.principal(short, BETJENTE, NOW + timedelta(seconds=90))


def test_a_change_of_keys_forgets_what_was_verified() -> None:
    kontrol, text = Tokenkontrol(UDSTEDER.regler), token()
    kontrol.principal(text, BETJENTE, NOW)

    kontrol.skift(FREMMED.regler)

    with pytest.raises(TokenAfvist, match="kid"):
        kontrol.principal(text, BETJENTE, NOW)


def test_the_memory_of_verified_tokens_is_bounded() -> None:
    kontrol = Tokenkontrol(UDSTEDER.regler, pladser=2)
    first, *others = (token() for _ in range(3))
    for text in (first, *others):
        kontrol.principal(text, BETJENTE, NOW)

    assert len(kontrol) == 2


def test_the_organisation_is_that_of_now_also_for_a_remembered_token() -> None:
    kontrol, text = Tokenkontrol(UDSTEDER.regler), token()
    assert kontrol.principal(text, {CVR: None}, NOW).organisation is None

    assert kontrol.principal(text, BETJENTE, NOW).organisation == KORSBAEK
    with pytest.raises(TokenAfvist, match="served here"):
        kontrol.principal(text, {}, NOW)


def test_pins_are_named_by_thumbprint_and_refuse_weak_or_other_keys() -> None:
    public = UDSTEDER.noegle.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()

    assert list(caller.pins([UDSTEDER.certifikat])) == [UDSTEDER.kid]
    assert len(caller.pins([UDSTEDER.certifikat, public])) == 2
    for key in (weak, curve):
        with pytest.raises(ValueError, match="2048"):
            caller.pins([key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()])
