"""Whose tokens hold here: the issuer of the simple settings, and those of the file in ORGRAF_JWT_ISSUERS.

Owns the file's keys and what is refused of them, all at once, each by its place. Refuses to know what a token is.
The file is a JSON list of objects; docs/security.md shows one. Source: security.md 9.2.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificate

from fkorg.soap.transport import Http
from graph import jwks
from graph.caller import BEGRAENSNINGER, PRIVILEGIER, Cnf, Ret
from graph.jwks import Jwks
from graph.noegler import ALGORITMER, Tokennoegle, pinnede, pins
from graph.privilegier import Tildeling
from graph.token import Claims, Sti, Tokenregler
from orgraf.clock import clock
from orgraf.settings import SettingError, Settings

SETTING: Final = "ORGRAF_JWT_ISSUERS"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The rules for its tokens, and its keys: where they are fetched, or the PEM texts that `setting` pins."""

    regler: Tokenregler
    jwks: Jwks | None
    pinned: tuple[str, ...]
    setting: str = SETTING


def issuers(settings: Settings, http: Http) -> list[Issuer]:
    """All that are configured; key sets are fetched over `http`. Raises SettingError."""
    if bool(settings.client_certificate_header) != bool(settings.client_certificate_proxies):
        raise SettingError("ORGRAF_CLIENT_CERTIFICATE_HEADER, ORGRAF_CLIENT_CERTIFICATE_PROXIES: wanted both, or none")
    found = _of_settings(settings) + _of_file(settings, http)
    names = [one.regler.udsteder for one in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SettingError(f"{SETTING}: wanted each issuer once, found {', '.join(sorted(twice))} again")
    return found


def told(one: Issuer) -> str:
    """What is to be known of it, on one line: keys, algorithms, CVRs, and what bindings of tokens are taken for."""
    regler = one.regler
    cvrs = [regler.fast_cvr] if regler.fast_cvr is not None else sorted(regler.cvrer or ["all that are served"])
    keys = "keys by JWKS" if one.jwks is not None else f"keys pinned: {len(one.pinned)}"
    if one.jwks is not None and one.jwks.antal:
        keys += f": {one.jwks.antal}"
    return f"{keys}, {', '.join(regler.algoritmer)}, CVR {', '.join(cvrs)}, binding to a certificate (cnf) {regler.cnf}"


def certifikater(found: Iterable[Issuer]) -> list[tuple[str, str, Certificate]]:
    """The pinned certificates: of whom each is, in which setting."""
    return [
        (one.regler.udsteder, one.setting, load_pem_x509_certificate(pem.encode()))
        for one in found
        for pem in one.pinned
        if "BEGIN CERTIFICATE" in pem
    ]


def _default_cnf(settings: Settings) -> Cnf:
    """What bindings of tokens are taken for where nothing is said. Source: security.md 9.2 (7)."""
    return Cnf.IF_PRESENT if settings.client_certificate_header else Cnf.OFF


def _of_settings(settings: Settings) -> list[Issuer]:
    """The one that ORGRAF_JWT_ISSUER names."""
    needed = ("jwt_issuer", "jwt_audience", "jwt_keys")
    missing = [f"ORGRAF_{name.upper()}" for name in needed if not getattr(settings, name)]
    if len(missing) == len(needed):
        return []
    if missing:
        raise SettingError("\n".join(f"{name}: is needed with the other two of an issuer" for name in missing))
    try:
        pem = tuple(path.read_text("utf-8") for path in settings.jwt_keys)
        keys = pins(pem)
    except (OSError, ValueError) as cause:
        raise SettingError("ORGRAF_JWT_KEYS: wanted PEM files of certificates or public RSA keys") from cause
    tildeling = Tildeling(
        _rights("ORGRAF_JWT_PRIVILEGES", settings.jwt_privileges) or PRIVILEGIER,
        _rights("ORGRAF_JWT_CONSTRAINTS", settings.jwt_constraints) or BEGRAENSNINGER,
    )
    cnf = _default_cnf(settings) if settings.jwt_cnf is None else settings.jwt_cnf
    if cnf is not Cnf.OFF and not settings.client_certificate_header:
        raise SettingError(f"ORGRAF_JWT_CNF: {_UNKNOWABLE}")
    regler = Tokenregler(settings.jwt_issuer, settings.jwt_audience, pinnede(keys), tildeling=tildeling, cnf=cnf)
    return [Issuer(regler, None, pem, "ORGRAF_JWT_KEYS")]


_UNKNOWABLE: Final = "needs ORGRAF_CLIENT_CERTIFICATE_HEADER: callers' certificates are not known here"


def _rights(name: str, given: Mapping[str, str]) -> Mapping[str, Ret]:
    try:
        return {uri: Ret(ret) for uri, ret in given.items()}
    except ValueError as cause:
        raise SettingError(f"{name}: wanted rights among {', '.join(Ret)}") from cause


def _of_file(settings: Settings, http: Http) -> list[Issuer]:
    path = settings.jwt_issuers
    if path is None:
        return []
    where = f"{SETTING}: {path.name}"
    try:
        entries = json.loads(path.read_text("utf-8"), object_pairs_hook=_once)
    except OSError as cause:
        raise SettingError(f"{where}: wanted a file that can be read") from cause
    except (ValueError, RecursionError) as cause:
        raise SettingError(f"{where}: wanted JSON, each key of an object once") from cause
    if not isinstance(entries, list) or not entries:
        raise SettingError(f"{where}: wanted a list of issuers")
    read, wrong = [], []
    for number, entry in enumerate(entries):
        given, failures = _read(entry, path.parent)
        failures = failures or dict(_contradictions(given, settings))
        wrong += [f"{where}[{number}]{f'.{key}' if key else ''}: {what}" for key, what in failures.items()]
        read.append(given)
    if wrong:
        raise SettingError("\n".join(wrong))
    return [_issuer(given, settings, http) for given in read]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _read(entry: object, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of its keys, and what is wrong, by key."""
    if not isinstance(entry, dict):
        return {}, {"": "wanted an object"}
    found: dict[str, Any] = {}
    unknown = f"there is no such key; there are {', '.join(KEYS)}"
    wrong = {key: unknown for key in entry if key not in KEYS}
    for key in (key for key in KEYS if key in entry):
        try:
            found[key] = KEYS[key](entry[key], folder)
        except ValueError as cause:
            wrong[key] = str(cause)
    return found, wrong


def _contradictions(given: Mapping[str, Any], settings: Settings) -> Iterator[tuple[str, str]]:
    """What does not go together, or is needed and not there, by key."""
    for key in ("issuer", "audience", "algorithms"):
        if key not in given:
            yield key, "is needed"
    if ("jwks" in given) == ("keys" in given):
        yield "jwks", "wanted either jwks or keys"
    if ("cvrs" in given) == ("fixed_cvr" in given):
        yield "cvrs", "wanted either cvrs (a list, or all) or fixed_cvr"
    if "fixed_cvr" in given and "cvr" in given:
        yield "cvr", "tokens say no CVR where fixed_cvr does"
    if ("roles" in given) != ("roles_claim" in given):
        yield "roles", "wanted roles and roles_claim together"
    spoken: frozenset[str] = given.get("cvrs") or frozenset(filter(None, [given.get("fixed_cvr")]))
    if unserved := spoken - settings.contexts.keys():
        yield "cvrs" if given.get("cvrs") else "fixed_cvr", f"not in ORGRAF_CONTEXTS: {', '.join(sorted(unserved))}"
    if given.get("cnf", Cnf.OFF) is not Cnf.OFF and not settings.client_certificate_header:
        yield "cnf", _UNKNOWABLE
    if "keys" in given and "algorithms" in given:
        try:
            _pinned(given)
        except ValueError as cause:
            yield "keys", str(cause)


def _issuer(given: Mapping[str, Any], settings: Settings, http: Http) -> Issuer:
    udsteder, algoritmer = given["issuer"], given["algorithms"]
    keys = Jwks(udsteder, algoritmer, lambda: jwks.hent(http, given["jwks"]), clock) if "jwks" in given else None
    claims = Claims(**{field: given[key] for key, field in CLAIMS.items() if key in given})
    by_roles = "roles" in given
    tildeling = Tildeling(
        given.get("privileges", {} if by_roles else PRIVILEGIER),
        given.get("constraints", {} if by_roles else BEGRAENSNINGER),
        given.get("roles", {}),
    )
    regler = Tokenregler(
        udsteder,
        given["audience"],
        pinnede(_pinned(given)) if keys is None else keys.find,
        algoritmer,
        claims,
        given.get("cvrs"),
        given.get("fixed_cvr"),
        tildeling,
        given.get("cnf", _default_cnf(settings)),
        navnerum=f"{udsteder}|",
    )
    return Issuer(regler, keys, tuple(_texts(given).values()))


def _pinned(given: Mapping[str, Any]) -> dict[str, Tokennoegle]:
    """Its keys, by thumbprint, or by the kid that the file names. Raises ValueError."""
    texts, algoritmer = _texts(given), given["algorithms"]
    if isinstance(given["keys"], dict):
        return {kid: next(iter(pins([pem], algoritmer).values())) for kid, pem in texts.items()}
    return pins(texts.values(), algoritmer)


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    """What its files hold. Raises ValueError."""
    keys = given.get("keys", {})
    files = keys if isinstance(keys, dict) else {str(path): path for path in keys}
    try:
        return {name: path.read_text("utf-8") for name, path in files.items()}
    except OSError as cause:
        raise ValueError("wanted PEM files that can be read") from cause


def _text(value: object, _: Path) -> str:
    if not isinstance(value, str) or not value or value != value.strip():
        raise ValueError("wanted text")
    return value


def _algorithms(value: object, _: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(one in ALGORITMER for one in value):
        raise ValueError(f"wanted a list among {', '.join(ALGORITMER)}")
    return tuple(value)


def _https(value: object, folder: Path) -> str:
    parts = urlsplit(_text(value, folder))
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("wanted an address of https")
    return parts.geturl()


def _keys(value: object, folder: Path) -> "list[Path] | dict[str, Path]":
    """Files, from the folder that this one lies in."""
    if isinstance(value, dict) and value and all(isinstance(one, str) for one in value.values()):
        return {kid: folder / one for kid, one in value.items()}
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return [folder / one for one in value]
    raise ValueError("wanted a list of PEM files, or an object of kid to PEM file")


def _claim(value: object, _: Path) -> Sti:
    sti = [value] if isinstance(value, str) else value
    if not isinstance(sti, list) or not sti or not all(isinstance(one, str) and one for one in sti):
        raise ValueError("wanted the name of a claim, or a list of names from the outermost in")
    return tuple(sti)


def _cvr(value: object, _: Path) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{8}", value):
        raise ValueError("wanted a CVR of eight digits, as text")
    return value


def _cvrs(value: object, folder: Path) -> frozenset[str] | None:
    if value == "all":
        return None
    if not isinstance(value, list) or not value:
        raise ValueError("wanted a list of CVRs, or all")
    return frozenset(_cvr(one, folder) for one in value)


def _not_sent(value: object, _: Path) -> frozenset[str]:
    if not isinstance(value, list) or not all(one in ("nbf", "jti") for one in value):
        raise ValueError("wanted a list among nbf, jti: the others are needed")
    return frozenset(value)


def _right(value: object) -> Ret:
    if not isinstance(value, str) or value not in list(Ret):
        raise ValueError(f"wanted rights among {', '.join(Ret)}")
    return Ret(value)


def _right_by_uri(value: object, _: Path) -> Mapping[str, Ret]:
    if not isinstance(value, dict):
        raise ValueError("wanted an object of URI to right")
    return {uri: _right(ret) for uri, ret in value.items()}


def _rights_by_role(value: object, _: Path) -> Mapping[str, frozenset[Ret]]:
    if not isinstance(value, dict) or not value or not all(isinstance(rights, list) for rights in value.values()):
        raise ValueError("wanted an object of role to a list of rights")
    return {role: frozenset(_right(ret) for ret in rights) for role, rights in value.items()}


def _cnf(value: object, _: Path) -> Cnf:
    if not isinstance(value, str) or value not in list(Cnf):
        raise ValueError(f"wanted {', '.join(Cnf)}")
    return Cnf(value)


KEYS: Final[Mapping[str, Callable[[object, Path], Any]]] = {
    "issuer": _text,
    "audience": _text,
    "algorithms": _algorithms,
    "jwks": _https,
    "keys": _keys,
    "caller": _claim,
    "id": _claim,
    "cvr": _claim,
    "cvrs": _cvrs,
    "fixed_cvr": _cvr,
    "not_sent": _not_sent,
    "privileges_claim": _claim,
    "privileges": _right_by_uri,
    "constraints": _right_by_uri,
    "roles_claim": _claim,
    "roles": _rights_by_role,
    "cnf": _cnf,
}
"""What an issuer may have in the file, and how it reads."""
CLAIMS: Final = {
    "caller": "kalder",
    "id": "nummer",
    "cvr": "cvr",
    "privileges_claim": "privilegier",
    "roles_claim": "roller",
    "not_sent": "usendt",
}
"""Those of them that say where things stand in its tokens, and what they are in `Claims`."""
