"""The twelve services: a SOAP request in, the bytes of its answer out. Knows no HTTP server.

Which operation does what is in operationer/; here is who is called and how the answer is written.
Source: FACTS.md 1 and 4.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from fkorg import contract
from fkorg.catalogue import KATALOG, Objekttype
from fkorg.errors import Malformed
from fkorg.kvittering import StandardRetur, UnikRetur
from fkorg.operationer import (
    HIERARKITYPER,
    SYSTEM_NS,
    Anmodning,
    Anonymiser,
    Ethvertsvar,
    Filtre,
    FysiskSlet,
    Hierarki,
    HierarkiSvar,
    Importer,
    ImporterHierarki,
    ImporterHierarkiSvar,
    Laes,
    LaesSvar,
    List,
    ListSvar,
    Operation,
    Opret,
    OpretSvar,
    Passiver,
    Ret,
    Slet,
    Soeg,
    SoegSvar,
    Svar,
    operation,
)
from fkorg.registrering import Fejl as Indlaesningsfejl
from fkorg.security.verifier import Afvist, Grund
from fkorg.tid import NS_PER_SECOND
from fkorg.wire.anmodning_xml import read_anmodning
from fkorg.wire.soap_xml import FAULT_ACTION, Hoved, read_kuvert, write_fault, write_kuvert
from fkorg.wire.svar_xml import HIERARKILISTER, write_svar
from simulator import laesning
from simulator.fejl import Fejl
from simulator.hurtig_xml import Skriver
from simulator.operationer import skriv, system
from simulator.operationer.ret import RetMaade
from simulator.operationer.retur import INGEN, OK, UKENDT, inkonsistent
from simulator.operationer.soeg import Soegning
from simulator.sandhed import Sandhed
from simulator.sikkerhed import Sikkerhed
from simulator.snavs import Saerhed

WRITES: Final = (Opret, Importer, Ret, Passiver, Slet, ImporterHierarki, Anonymiser, FysiskSlet)
MAX_LIST: Final = 1_000
LOG: Final = logging.getLogger(__name__)
_IKKE_BEVIST: Final = "FailedAuthentication"
_FREMMED_CVR: Final = "UserContextNotFound"
_FORKERT_STI: Final = "wanted a request of the service in the path"


class Soapfejl(Exception):
    """The call is answered by a SOAP fault."""

    def __init__(self, tekst: str, *, kode: str = "Receiver", underkode: str | None = None) -> None:
        super().__init__(tekst)
        self.tekst, self.kode, self.underkode = tekst, kode, underkode


@dataclass(frozen=True, slots=True)
class Besvaret:
    """An answer: HTTP status and envelope."""

    status: int
    body: bytes


class Tjeneste:
    """The services of one truth; lives as long as it."""

    def __init__(self, sandhed: Sandhed, fejl: Fejl, *, maade: RetMaade = RetMaade.REPLACE) -> None:
        self._sandhed = sandhed
        self._fejl = fejl
        self._maade = maade
        self._soegning = Soegning(sandhed)
        self._skriver = Skriver(sandhed.ramme.ansvar)

    def sikret(self, service: str, body: bytes, adresse: str, sikkerhed: Sikkerhed) -> Besvaret:
        """The signed answer to a signed request, which was sent to that address."""
        try:
            sikkerhed.proev(body, adresse)
        except Afvist as refused:
            LOG.warning("a call was refused: %s", refused.grund)
            underkode = _FREMMED_CVR if refused.grund is Grund.CVR else _IKKE_BEVIST
            fault = Soapfejl("The call could not be authenticated", kode="Sender", underkode=underkode)
            besvaret = _fault(fault, _hoved_af(body))
        else:
            besvaret = self.answer(service, body)
        return Besvaret(besvaret.status, sikkerhed.underskriv(besvaret.body))

    def answer(self, service: str, body: bytes) -> Besvaret:
        """The answer to a request at /organisation/<service>/6."""
        hoved = Hoved()
        try:
            kuvert = read_kuvert(body)
            hoved = kuvert.hoved
            if not hoved.transaktions_id:
                raise Malformed("wanted a TransactionUUID in the RequestHeader")
            fejl: list[Indlaesningsfejl] = []
            anmodning = read_anmodning(kuvert.krop, fejl)
            asked = operation(anmodning)
            if asked.sti != service:
                raise Malformed(f"{_FORKERT_STI}, found one of {asked.sti}")
            if (brud := contract.brud(service, kuvert.krop)) is not None:
                if not isinstance(anmodning, WRITES):
                    raise Malformed(f"wanted a request that keeps the contract, found {brud}")
                fejl.append(Indlaesningsfejl("Anmodning", brud))
            return Besvaret(200, self._answered(asked, anmodning, fejl, hoved))
        except Malformed as malformed:
            return _fault(Soapfejl(str(malformed), kode="Sender"), hoved)
        except Soapfejl as soapfejl:
            return _fault(soapfejl, hoved)

    def _answered(self, asked: Operation, anmodning: Anmodning, fejl: list[Indlaesningsfejl], hoved: Hoved) -> bytes:
        self._strike(anmodning)
        tilbage = _svarhoved(asked, hoved)
        match anmodning:
            case Laes():
                return self._laest(asked, (anmodning.uuid,), anmodning.filtre, tilbage)
            case List():
                return self._laest(asked, anmodning.uuids[:MAX_LIST], anmodning.filtre, tilbage)
            case Hierarki():
                return self._hierarki(asked, anmodning, tilbage)
            case _:
                svar = self.udfoer(anmodning, fejl)
        if isinstance(anmodning, WRITES) and self._fejl.happens(self._fejl.plan.uncertain):
            raise Soapfejl("Ukendt fejl i forbindelse med behandlingen")
        return write_kuvert(write_svar(asked, svar), tilbage)

    def _strike(self, anmodning: Anmodning) -> None:
        """The faults that answer in the operation's place."""
        plan = self._fejl.plan
        if plan.agreement:
            raise Soapfejl("ServiceAgreementNotFound", kode="Sender", underkode="ServiceAgreementNotFound")
        if plan.context:
            raise Soapfejl("5015 Usercontext doesn't exist", kode="Sender")
        if self._fejl.happens(plan.fault):
            raise Soapfejl("Intern fejl")
        if plan.poison is not None and isinstance(anmodning, Laes | List):
            uuids = (anmodning.uuid,) if isinstance(anmodning, Laes) else anmodning.uuids
            if plan.poison in uuids:
                raise Soapfejl("Intern fejl")

    def udfoer(self, anmodning: Anmodning, fejl: Sequence[Indlaesningsfejl] = ()) -> Ethvertsvar:
        """What a search or a write comes to, without XML; no fault strikes it but refusal. `fejl`: what in it could not
        be read."""
        sandhed = self._sandhed
        if isinstance(anmodning, WRITES) and (refused := self._refused(anmodning, fejl)) is not None:
            return refused
        match anmodning:
            case Opret(art, lister, note):
                return OpretSvar(*skriv.opret(sandhed, art, lister, note=note))
            case Importer(art, billede):
                return Svar(skriv.importer(sandhed, art, billede.uuid, billede.registreringer))
            case Ret(art, uuid, lister, note):
                return Svar(skriv.ret(sandhed, art, uuid, lister, note=note, maade=self._maade))
            case Passiver(art, uuid, note):
                return Svar(skriv.passiver(sandhed, art, uuid, note=note))
            case Slet(art, uuid, note):
                return Svar(skriv.slet(sandhed, art, uuid, note=note))
            case Soeg():
                uuids = tuple(self._soegning.soeg(anmodning))
                return SoegSvar(OK, uuids) if uuids else SoegSvar(INGEN)
            case ImporterHierarki():
                return self._importeret(anmodning)
            case Anonymiser(person, cpr):
                return Svar(system.anonymiser(sandhed, uuid=person, cpr=cpr))
            case FysiskSlet(organisation, enhed):
                return Svar(system.fysiskslet(sandhed, organisation, enhed))
            case _:
                raise Malformed(f"wanted a known operation, found {anmodning.navn}")

    def _refused(self, anmodning: Anmodning, fejl: Sequence[Indlaesningsfejl]) -> Ethvertsvar | None:
        """The answer of a write that is refused before it is tried: on request, or for entries nobody can read."""
        retur: StandardRetur | None = None
        if self._fejl.plan.refuse:
            retur = StandardRetur(self._fejl.plan.refuse, "Afvist efter ønske")
        # The life cycle code of an import is the service's own.
        elif found := [one for one in fejl if one.sted != "LivscyklusKode"]:
            retur = inkonsistent(f"{found[0].sted}: {found[0].hvad}").retur
        if retur is None:
            return None
        if isinstance(anmodning, ImporterHierarki):
            return ImporterHierarkiSvar(returer=(retur,))
        return OpretSvar(retur) if isinstance(anmodning, Opret) else Svar(retur)

    def _importeret(self, anmodning: ImporterHierarki) -> ImporterHierarkiSvar:
        objekter = [(Objekttype.ORGANISATION, anmodning.organisation)]
        objekter += [(Objekttype.ORGANISATION_ENHED, billede) for billede in anmodning.enheder]
        done = system.importer_alt(self._sandhed, ((art, one.uuid, one.registreringer) for art, one in objekter))
        return ImporterHierarkiSvar(
            tuple(UnikRetur(KATALOG[art].navn, uuid, retur.status_kode, retur.tekst) for art, uuid, retur in done)
        )

    def _laest(self, asked: Operation, uuids: tuple[UUID, ...], filtre: Filtre, tilbage: Hoved) -> bytes:
        assert asked.objekttype is not None
        lag_ns = int(self._fejl.plan.lag * NS_PER_SECOND)
        found = laesning.laes(self._sandhed, asked.objekttype, uuids, filtre, lag_ns=lag_ns)
        retur = OK if found else UKENDT if asked.navn == "laes" else INGEN
        svar: Ethvertsvar = LaesSvar(retur) if asked.navn == "laes" else ListSvar(retur)
        tomt = write_kuvert(write_svar(asked, svar), tilbage)
        slut = tomt.rfind(b"</", 0, tomt.rfind(f"{asked.output}>".encode()))
        return b"".join((tomt[:slut], self._billeder(asked.objekttype, found, None), tomt[slut:]))

    def _hierarki(self, asked: Operation, anmodning: Hierarki, tilbage: Hoved) -> bytes:
        rest = write_kuvert(write_svar(asked, HierarkiSvar(OK)), tilbage)
        pieces: list[bytes] = []
        for objekttype in HIERARKITYPER:
            found = self._soegning.hierarki(anmodning, objekttype, andel=1 - self._fejl.plan.truncate)
            tom = re.search(rf"<(\w+:{HIERARKILISTER[objekttype]})/>".encode(), rest)
            assert tom is not None
            billeder = self._billeder(objekttype, found, SYSTEM_NS)
            pieces += (rest[: tom.start()], b"<", tom[1], b">", billeder, b"</", tom[1], b">")
            rest = rest[tom.end() :]
        return b"".join((*pieces, rest))

    def _billeder(
        self, objekttype: Objekttype, found: list[tuple[UUID, list[laesning.Udsnit]]], namespace: str | None
    ) -> bytes:
        saerheder = self._sandhed.saerheder
        return "".join(
            self._skriver.billede(
                objekttype,
                uuid,
                udsnit,
                namespace=namespace,
                versaler=saerheder.get((objekttype, uuid)) is Saerhed.VERSALER,
            )
            for uuid, udsnit in found
        ).encode()


def _svarhoved(asked: Operation, hoved: Hoved) -> Hoved:
    """The answer's header: to the request it answers, with its transaction."""
    return _tilbage(f"{asked.soap_action}Response", hoved)


def _tilbage(action: str, hoved: Hoved) -> Hoved:
    return Hoved(hoved.transaktions_id, action, f"urn:uuid:{uuid4()}", relates_to=hoved.message_id)


def _hoved_af(body: bytes) -> Hoved:
    """What the header of a request says that was refused: to tell which one."""
    try:
        return read_kuvert(body).hoved
    except Malformed:
        return Hoved()


def _fault(soapfejl: Soapfejl, hoved: Hoved) -> Besvaret:
    fault = write_fault(soapfejl.tekst, kode=soapfejl.kode, underkode=soapfejl.underkode)
    return Besvaret(400 if soapfejl.kode == "Sender" else 500, write_kuvert(fault, _tilbage(FAULT_ACTION, hoved)))
