"""Settings -> the parts they describe: clients of the source, rules for tokens, UUIDs in messages. Nothing else."""

import ssl
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from ssl import SSLContext
from typing import Final

from cryptography.x509 import Certificate, load_pem_x509_certificates

from fkorg.beskedfordeler.amqp import LoginSource, samme_login, tokenlogin
from fkorg.catalogue import Objekttype
from fkorg.security import keys, tls
from fkorg.security.kald import Sikret
from fkorg.security.keys import Noegle
from fkorg.security.tokens import Tokens
from fkorg.soap.client import Klient
from fkorg.soap.sts import Tokenservice
from fkorg.soap.transport import Aiohttp, Http, Transport
from fkorg.wire.besked_xml import Beskedkoder
from ingest.bevaring import Bevaring
from orgraf.clock import clock
from orgraf.fund import EGET
from orgraf.pushadgang import Adgang, Proxy
from orgraf.settings import SettingError, Settings, StsForm

CERTIFICATE: Final = "ORGRAF_CERTIFICATE"
STS_CERTIFICATES: Final = "ORGRAF_STS_CERTIFICATES"
SOURCE_CERTIFICATES: Final = "ORGRAF_SOURCE_CERTIFICATES"
PUSH_CALLERS: Final = "ORGRAF_PUSH_CALLERS"
MINDSTE_HISTORIK: Final = timedelta(days=30)
"""What was known before a change is told with it, for as long as positions hold and longer."""


def transport(settings: Settings) -> Transport:
    """How the source is called; close it at the end. Raises SettingError for keys that cannot be read."""
    med_os: dict[str, SSLContext] = {}
    if settings.certificate is not None and settings.sts_form is StsForm.JSON:
        med_os[settings.sts_url] = tls.som_klient(_noegle(settings, settings.certificate))
    http = Aiohttp(settings.source_timeout.total_seconds(), tls=med_os)
    return Transport(sikret(settings, http), timeout_s=settings.source_timeout.total_seconds(), http=http)


def sikret(settings: Settings, http: Http) -> Sikret | None:
    """Who signs the calls and proves the answers; None without a certificate. Raises SettingError."""
    if settings.certificate is None:
        return None
    needed = ("sts_url", "sts_issuer", "sts_certificates", "source_certificates")
    if missing := [f"ORGRAF_{name.upper()}" for name in needed if not getattr(settings, name)]:
        raise SettingError("\n".join(f"{name}: is needed with ORGRAF_CERTIFICATE" for name in missing))
    if settings.sts_form is StsForm.JSON and not settings.sts_url.startswith("https://"):
        raise SettingError("ORGRAF_STS_URL: wanted https for the form json, where our certificate proves who asks")
    noegle = _noegle(settings, settings.certificate)
    sts = _pins(STS_CERTIFICATES, settings.sts_certificates)
    service = Tokenservice(http, settings.sts_url, settings.sts_issuer, sts, noegle, clock)
    tjeneste = _pins(SOURCE_CERTIFICATES, settings.source_certificates)
    hent = service.hent_json if settings.sts_form is StsForm.JSON else service.hent
    return Sikret(noegle, Tokens(hent, clock), settings.source_audience, tjeneste, clock)


def certifikater(settings: Settings) -> list[tuple[str, str, Certificate]]:
    """Those that the settings name: whose each is, in which setting. None of the source's without one of our own."""
    afsendere = [("the Beskedfordeler", PUSH_CALLERS, one) for one in _pins(PUSH_CALLERS, settings.push_callers)]
    if settings.certificate is None:
        return afsendere
    return [
        (EGET, CERTIFICATE, _noegle(settings, settings.certificate).certifikat),
        *(("the token service", STS_CERTIFICATES, one) for one in _pins(STS_CERTIFICATES, settings.sts_certificates)),
        *(("the source", SOURCE_CERTIFICATES, one) for one in _pins(SOURCE_CERTIFICATES, settings.source_certificates)),
        *afsendere,
    ]


def postkasselogin(settings: Settings, over: Transport) -> LoginSource:
    """How the mailbox is opened: with a token when the address is `amqps:` and calls of the source are signed, else as
    whom the address names. Raises SettingError."""
    sikret = over.sikring
    if not settings.amqp_url.startswith("amqps:") or (settings.amqp_ca is None and not isinstance(sikret, Sikret)):
        return samme_login(settings.amqp_url)
    vist = sikret.noegle if isinstance(sikret, Sikret) and settings.amqp_certificate else None
    try:
        ca = () if settings.amqp_ca is None else load_pem_x509_certificates(settings.amqp_ca.read_bytes())
    except (OSError, ValueError) as cause:
        raise SettingError("ORGRAF_AMQP_CA: wanted a PEM file of certificates") from cause
    context = tls.klient(ca, vist)
    if not isinstance(sikret, Sikret):
        return samme_login(settings.amqp_url, context)
    return tokenlogin(settings.amqp_url, context, sikret.tokens, settings.amqp_audience, mailbox(settings))


def pushadgang(settings: Settings) -> Adgang:
    """Who may push. Raises SettingError for pins without a way to see who comes, and for a way without pins."""
    tilladte = _pins(PUSH_CALLERS, settings.push_callers)
    veje = (settings.push_certificate is not None) + bool(settings.push_proxies)
    if veje != bool(tilladte):
        raise SettingError(f"{PUSH_CALLERS}: goes with one of ORGRAF_PUSH_CERTIFICATE and ORGRAF_PUSH_PROXIES")
    if any(tls.er_ca(one) for one in tilladte):
        raise SettingError(f"{PUSH_CALLERS}: wanted callers' own certificates, found a CA's: all it issued would do")
    if settings.push_proxies:
        return Adgang(proxy=Proxy(settings.push_header, settings.push_proxies, tilladte))
    if settings.push_certificate is None:
        return Adgang()
    context = tls.doer(tilladte)
    try:
        context.load_cert_chain(settings.push_certificate, settings.push_certificate_key, password=lambda: "")
    except (OSError, ssl.SSLError) as cause:
        raise SettingError("ORGRAF_PUSH_CERTIFICATE: wanted PEM files of a certificate and its open key") from cause
    return Adgang(tls=context)


def klienter(settings: Settings, over: Transport) -> dict[str, Klient]:
    """A client of the source for each municipality, by CVR."""
    return {cvr: Klient(over, settings.source_url, cvr=cvr) for cvr in settings.contexts}


def beskedkoder(settings: Settings) -> Beskedkoder:
    """The UUIDs that messages name things by. Raises SettingError for an object type that does not exist."""
    default = Beskedkoder()
    return Beskedkoder(
        _objekttyper("ORGRAF_BESKEDTYPER", settings.beskedtyper) or default.beskedtyper,
        _objekttyper("ORGRAF_OBJEKTTYPER", settings.objekttyper) or default.objekttyper,
    )


def bevaring(settings: Settings) -> Bevaring:
    """What is kept for how long. Raises SettingError for a history too short for what is told of changes."""
    if settings.keep_history is not None and settings.keep_history < MINDSTE_HISTORIK:
        raise SettingError(f"ORGRAF_KEEP_HISTORY: wanted {MINDSTE_HISTORIK.days}d or more")
    return Bevaring(
        settings.keep_messages,
        settings.keep_changes,
        settings.keep_comparisons,
        settings.keep_history,
        settings.keep_reads,
    )


def mailbox(settings: Settings) -> str:
    """The CVR of messages that name none (rules.md 33). Raises SettingError when it is needed and not told."""
    if not settings.mailbox_cvr and len(settings.contexts) != 1:
        raise SettingError("ORGRAF_MAILBOX_CVR: is needed when several municipalities are served")
    return settings.mailbox_cvr or next(iter(settings.contexts))


def _noegle(settings: Settings, certificate: Path) -> Noegle:
    """Our key. Raises SettingError."""
    kodeord = settings.certificate_password or None
    try:
        data = certificate.read_bytes()
        if settings.certificate_key is None:
            return keys.fra_pkcs12(data, kodeord)
        return keys.fra_pem(settings.certificate_key.read_bytes(), data, kodeord)
    except OSError as cause:
        raise SettingError(f"{CERTIFICATE}: wanted files that can be read") from cause
    except ValueError as cause:
        raise SettingError(f"{CERTIFICATE}: {cause}") from cause


def _pins(name: str, paths: Iterable[Path]) -> tuple[Certificate, ...]:
    try:
        return keys.pins(path.read_bytes() for path in paths)
    except OSError as cause:
        raise SettingError(f"{name}: wanted files that can be read") from cause
    except ValueError as cause:
        raise SettingError(f"{name}: {cause}") from cause


def _objekttyper(name: str, given: Mapping[str, str]) -> dict[str, Objekttype]:
    try:
        return {uuid.lower(): Objekttype(objekttype) for uuid, objekttype in given.items()}
    except ValueError as cause:
        raise SettingError(f"{name}: wanted object types among {', '.join(Objekttype)}") from cause
