"""Which tokens give a principal: every refusal of security.md 11 (26 to 29, 31, 32) as a row with its number."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from graph import noegler, token
from graph.caller import Cnf, Principal, Ret, TokenAfvist
from graph.noegler import Tokennoegle, pinnede, pins
from graph.privilegier import Tildeling
from graph.token import Claims, Forevist, Tokenkontrol, Tokenregler
from orgraf import udsteder
from tests.graph.tokens import (
    BETJENTE,
    CVR,
    FREMMED,
    KORSBAEK,
    NOW,
    SECONDS,
    UDSTEDER,
    b64,
    changed_payload,
    hmac_with_public_key,
    jwk,
    jwks,
    raw,
    udstedt,
    unsigned,
    verify,
    with_header,
)

AFVIST: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "three parts"),
    "no dots": (lambda: "abc", "three parts"),
    "four parts": (lambda: udstedt() + ".x", "three parts"),
    "32: above 16 kB": (lambda: udstedt(fyld="x" * 17_000), "at most 16384"),
    "not ascii": (lambda: "å" + udstedt(), "at most 16384"),
    "header is no JSON": (lambda: "e30x." + udstedt().partition(".")[2], "header"),
    "header is a JSON list": (lambda: b64(b"[]") + "." + udstedt().partition(".")[2], "header"),
    "header is deep JSON": (lambda: b64(b"[" * 9_000) + "." + udstedt().partition(".")[2], "header"),
    "26: alg none": (lambda: unsigned("none"), "alg PS256"),
    "26: alg None": (lambda: unsigned("None"), "alg PS256"),
    "26: alg NONE": (lambda: unsigned("NONE"), "alg PS256"),
    "26: alg nOnE": (lambda: unsigned("nOnE"), "alg PS256"),
    "26: alg empty": (lambda: unsigned(""), "alg PS256"),
    "26: alg a list": (lambda: unsigned(["PS256"]), "alg PS256"),
    "26: alg null": (lambda: unsigned(None), "alg PS256"),
    "26: alg PS256 without signature": (lambda: unsigned("PS256"), "signed by a key of its issuer"),
    "26: HS256 keyed with the public key": (hmac_with_public_key, "alg PS256"),
    "26: RS256 while PS256 is pinned": (lambda: with_header(algorithm="RS256"), "alg PS256"),
    "26: PS384": (lambda: with_header(algorithm="PS384"), "alg PS256"),
    "27: crit": (lambda: with_header(crit=["exp"], exp=1), "without crit"),
    "27: other key with the right kid": (lambda: with_header(FREMMED.noegle), "signed by a key of its issuer"),
    "27: payload changed after signing": (changed_payload, "signed by a key of its issuer"),
    "27: no kid": (lambda: with_header(kid=None), "kid of a key of its issuer"),
    "27: unknown kid": (lambda: with_header(FREMMED.noegle, kid=FREMMED.kid), "kid of a key of its issuer"),
    "27: kid with a path": (lambda: with_header(kid="../../etc/passwd"), "kid of a key of its issuer"),
    "27: kid with SQL": (lambda: with_header(kid="' or 1=1 --"), "kid of a key of its issuer"),
    "27: kid of a foreign key with x5c beside": (
        lambda: with_header(FREMMED.noegle, kid="x", x5c=["MII"]),
        "kid of a key of its issuer",
    ),
    "27: embedded jwk with the right kid": (
        lambda: with_header(FREMMED.noegle, jwk=jwk(FREMMED, UDSTEDER.kid)),
        "signed by a key of its issuer",
    ),
    "27: x5u and x5c with the right kid": (
        lambda: with_header(FREMMED.noegle, x5u="https://evil.invalid/x", x5c=["MII"]),
        "signed by a key of its issuer",
    ),
    "27: jku with the right kid": (
        lambda: with_header(FREMMED.noegle, jku="https://evil.invalid/jwks"),
        "signed by a key of its issuer",
    ),
    "claims are a list": (
        lambda: raw(b"[]"),
        "claims as a JSON object",
    ),
    "claims are deep JSON": (
        lambda: raw(b"[" * 9_000),
        "claims as a JSON object",
    ),
    "28: expired": (lambda: udstedt(iat=SECONDS - 3600, nbf=SECONDS - 3600, exp=SECONDS - 61), "not expired"),
    "28: too early": (lambda: udstedt(nbf=SECONDS + 61), "time has begun"),
    "28: issued in the future": (lambda: udstedt(iat=SECONDS + 61, nbf=SECONDS), "time has begun"),
    "28: exp is text": (lambda: udstedt(exp="tomorrow"), "exp as a whole number"),
    "28: exp is a number in a string": (lambda: udstedt(exp=str(SECONDS + 60)), "exp as a whole number"),
    "28: exp is a fraction": (lambda: udstedt(exp=SECONDS + 60.5), "exp as a whole number"),
    "28: exp is true": (lambda: udstedt(exp=True), "exp as a whole number"),
    "28: exp is negative": (lambda: udstedt(exp=-1), "at most 24 hours"),
    "28: exp is huge": (lambda: udstedt(exp=10**30), "at most 24 hours"),
    "28: all three times are huge": (lambda: udstedt(exp=10**30 + 9, iat=10**30, nbf=10**30), "time has begun"),
    "28: a life of more than 24 hours": (lambda: udstedt(exp=SECONDS + 86_401), "at most 24 hours"),
    "28: nbf is a number in a string": (lambda: udstedt(nbf=str(SECONDS)), "nbf as a whole number"),
    "28: iat is a number in a string": (lambda: udstedt(iat=str(SECONDS)), "iat as a whole number"),
    "29: iss without the slash": (lambda: udstedt(iss=udsteder.ENTITET.rstrip("/")), "a configured issuer"),
    "29: iss of another": (lambda: udstedt(iss="https://evil.invalid/"), "a configured issuer"),
    "29: aud of another": (lambda: udstedt(aud="http://other.invalid/service"), "aud as one exact string"),
    "29: aud is a list": (lambda: udstedt(aud=[udsteder.MODTAGER]), "aud as one exact string"),
    "sub is a number": (lambda: udstedt(sub=7), "sub as text"),
    "jti is empty": (lambda: udstedt(jti=""), "jti as text"),
    "29: cvr of nine digits": (lambda: udstedt(cvr="111111111"), "eight digits"),
    "29: cvr of Arabic-Indic digits": (lambda: udstedt(cvr="١" * 8), "eight digits"),
    "29: cvr with a line break": (lambda: udstedt(cvr="11111111\n"), "eight digits"),
    "29: cvr is a number": (lambda: udstedt(cvr=11111111), "eight digits"),
    "29: cvr not served": (lambda: udstedt(cvr="33333333"), "served here"),
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
        verify(udstedt(**{claim: None}))


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
        assert verify(udstedt(), now).cvr == CVR
    else:
        with pytest.raises(TokenAfvist):
            verify(udstedt(), now)


def test_a_token_that_holds_gives_the_principal() -> None:
    found = verify(udstedt(Ret.LAES, Ret.SENAVN))

    assert found == Principal(
        "http://demo.orgraf.invalid/system/demo",
        CVR,
        KORSBAEK,
        frozenset({Ret.LAES, Ret.SENAVN}),
        NOW + timedelta(hours=8),
    )
    assert found.har(Ret.SENAVN)
    assert not found.har(Ret.SKRIV)


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
        assert token.bearer(headers) == found
    else:
        with pytest.raises(TokenAfvist):
            token.bearer(headers)


Vist = Callable[[list[str]], Sequence[str]]
"""How headers are shown: once, or by who shows them again and again."""


@pytest.mark.parametrize("vist", [list, Forevist])
def test_a_verified_token_is_remembered_for_a_minute_and_not_beyond_its_end(vist: Vist) -> None:
    kontrol = Tokenkontrol([UDSTEDER.regler])
    short = udsteder.udsted(UDSTEDER, CVR, (Ret.LAES,), NOW, levetid=timedelta(seconds=30))
    shown = vist([f"Bearer {short}"])
    kontrol.kalder(shown, BETJENTE, NOW)

    assert kontrol.kalder(shown, BETJENTE, NOW + timedelta(seconds=89)).cvr == CVR
    with pytest.raises(TokenAfvist, match="not expired"):
        kontrol.kalder(shown, BETJENTE, NOW + timedelta(seconds=90))


@pytest.mark.parametrize("vist", [list, Forevist])
def test_a_change_of_keys_forgets_what_was_verified(vist: Vist) -> None:
    keys: dict[str, Tokennoegle] = dict(pins([UDSTEDER.certifikat]))
    kontrol, text = Tokenkontrol([replace(UDSTEDER.regler, noegler=pinnede(keys))]), udstedt()
    shown = vist([f"Bearer {text}"])
    kontrol.kalder(shown, BETJENTE, NOW)

    keys.clear()
    assert kontrol.kalder(shown, BETJENTE, NOW).cvr == CVR
    kontrol.glem()

    with pytest.raises(TokenAfvist, match="kid"):
        kontrol.kalder(shown, BETJENTE, NOW)


def test_the_memory_of_verified_tokens_is_bounded() -> None:
    kontrol = Tokenkontrol([UDSTEDER.regler], pladser=2)
    first, *others = (udstedt() for _ in range(3))
    for text in (first, *others):
        kontrol.kalder([f"Bearer {text}"], BETJENTE, NOW)

    assert len(kontrol) == 2


@pytest.mark.parametrize("vist", [list, Forevist])
def test_the_organisation_is_that_of_now_also_for_a_remembered_token(vist: Vist) -> None:
    kontrol, shown = Tokenkontrol([UDSTEDER.regler]), vist([f"Bearer {udstedt()}"])
    assert kontrol.kalder(shown, {CVR: None}, NOW).organisation is None

    assert kontrol.kalder(shown, BETJENTE, NOW).organisation == KORSBAEK
    with pytest.raises(TokenAfvist, match="served here"):
        kontrol.kalder(shown, {}, NOW)


def bundet(cnf: Cnf, binding: Any) -> tuple[Tokenkontrol, list[str]]:
    return Tokenkontrol([replace(UDSTEDER.regler, cnf=cnf)]), [f"Bearer {udstedt(cnf=binding)}"]


TIL_VORES, TIL_ANDEN = {"x5t#S256": "vores"}, {"x5t#S256": "anden"}
CNF: dict[str, tuple[Cnf, Any, str | None, bool]] = {
    "31: required, of another certificate": (Cnf.REQUIRED, TIL_ANDEN, "vores", False),
    "31: required, no certificate": (Cnf.REQUIRED, TIL_VORES, None, False),
    "31: required, no binding": (Cnf.REQUIRED, None, "vores", False),
    "31: required, no binding and no certificate": (Cnf.REQUIRED, None, None, False),
    "31: required, a binding of another kind": (Cnf.REQUIRED, {"jkt": "vores"}, "vores", False),
    "31: if present, of another certificate": (Cnf.IF_PRESENT, TIL_ANDEN, "vores", False),
    "31: if present, no certificate": (Cnf.IF_PRESENT, TIL_VORES, None, False),
    "31: if present, a binding that cannot be read": (Cnf.IF_PRESENT, "vores", "vores", False),
    "31: if present, an empty binding": (Cnf.IF_PRESENT, {"x5t#S256": ""}, None, False),
    "required, ours": (Cnf.REQUIRED, TIL_VORES, "vores", True),
    "if present, ours": (Cnf.IF_PRESENT, TIL_VORES, "vores", True),
    "if present, no binding": (Cnf.IF_PRESENT, None, None, True),
    "off, of another certificate": (Cnf.OFF, TIL_ANDEN, "vores", True),
}


@pytest.mark.parametrize("cnf, binding, certifikat, holds", CNF.values(), ids=CNF)
def test_a_bound_token_is_shown_with_its_certificate(
    cnf: Cnf, binding: Any, certifikat: str | None, holds: bool
) -> None:
    kontrol, authorization = bundet(cnf, binding)

    if holds:
        assert kontrol.kalder(authorization, BETJENTE, NOW, certifikat).cvr == CVR
    else:
        with pytest.raises(TokenAfvist, match="client certificate"):
            kontrol.kalder(authorization, BETJENTE, NOW, certifikat)


@pytest.mark.parametrize("vist", [list, Forevist])
def test_31_a_remembered_token_is_not_taken_with_another_certificate(vist: Vist) -> None:
    kontrol, bearer = bundet(Cnf.REQUIRED, TIL_VORES)
    authorization = vist(bearer)
    kontrol.kalder(authorization, BETJENTE, NOW, "vores")

    for certifikat in ("anden", None):
        with pytest.raises(TokenAfvist, match="bound to"):
            kontrol.kalder(authorization, BETJENTE, NOW, certifikat)


ENTRA = Tokenregler(
    "https://login.invalid/tenant/v2.0",
    "api://orgraf",
    pinnede(noegler.jwks(jwks(jwk(FREMMED, "k1", alg=None)), ["RS256"])),
    ("RS256",),
    Claims(kalder=("azp",), nummer=("uti",), roller=("realm_access", "roles"), usendt=frozenset({"nbf"})),
    fast_cvr="22222222",
    tildeling=Tildeling({}, {}, {"Organisation.Read": frozenset({Ret.LAES, Ret.SENAVN})}),
    navnerum="entra|",
)
"""An issuer whose tokens are nothing like KOMBIT's."""


def entra(key: Any = FREMMED.noegle, algorithm: str = "RS256", **claims: Any) -> str:
    content = {
        "iss": ENTRA.udsteder,
        "aud": "api://orgraf",
        "iat": SECONDS,
        "exp": SECONDS + 3_600,
        "uti": "abc",
        "azp": "http://demo.orgraf.invalid/system/demo",
        "realm_access": {"roles": ["Organisation.Read", "offline_access"]},
    } | claims
    return jwt.encode(
        {name: value for name, value in content.items() if value is not None}, key, algorithm, headers={"kid": "k1"}
    )


def test_an_issuer_with_other_claims_gives_the_rights_of_its_roles_for_its_own_cvr() -> None:
    found = verify(entra(cvr=CVR), regler=ENTRA)

    assert found.caller == "entra|http://demo.orgraf.invalid/system/demo"
    assert (found.cvr, found.rettigheder) == ("22222222", {Ret.LAES, Ret.SENAVN})
    assert found.udloeber == NOW + timedelta(hours=1)


ANDRE: dict[str, tuple[Callable[[], str], str]] = {
    "26: its key with another algorithm": (lambda: entra(algorithm="PS256"), "alg RS256"),
    "27: signed by the other issuer's key": (lambda: entra(UDSTEDER.noegle), "signed by a key of its issuer"),
    "27: the other issuer's kid": (lambda: with_header(kid="k1"), "kid of a key of its issuer"),
    "28: nbf in the future though it sends none": (lambda: entra(nbf=SECONDS + 61), "time has begun"),
    "28: nbf as text though it sends none": (lambda: entra(nbf="0"), "nbf as a whole number"),
    "28: no exp": (lambda: entra(exp=None), "claims exp"),
    "29: the other issuer's aud": (lambda: entra(aud=udsteder.MODTAGER), "aud as one exact string"),
    "no caller": (lambda: entra(azp=None, sub="x"), "claims azp"),
    "no number": (lambda: entra(uti=None, jti="x"), "claims uti"),
}


@pytest.mark.parametrize("make, wanted", ANDRE.values(), ids=ANDRE)
def test_each_issuers_tokens_are_held_to_its_own_rules(make: Callable[[], str], wanted: str) -> None:
    begge = {regler.udsteder: regler for regler in (ENTRA, UDSTEDER.regler)}

    with pytest.raises(TokenAfvist, match=re.escape(wanted)):
        token.verify(make(), begge, BETJENTE, NOW)


def test_29_an_issuer_speaks_for_its_own_municipalities_alone() -> None:
    with pytest.raises(TokenAfvist, match="issuer may speak for"):
        verify(udstedt(), regler=replace(UDSTEDER.regler, cvrer=frozenset({"22222222"})))


def test_its_roles_grant_nothing_where_it_writes_privileges_and_the_other_way_round() -> None:
    assert verify(udstedt(realm_access={"roles": ["Organisation.Read"]}, priv=None)).rettigheder == set()
    assert verify(entra(realm_access=None, priv="x"), regler=ENTRA).rettigheder == set()
