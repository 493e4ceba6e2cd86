"""Every operation of the twelve services: its request and its answer as frozen data.

Source: FACTS.md 4 to 6. The XML of them is wire/anmodning_xml.py and wire/svar_xml.py. Knows no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from fkorg.catalogue import KATALOG, OPERATIONER, Objekttype
from fkorg.kvittering import StandardRetur, UnikRetur
from fkorg.registrering import Ansvar, Egenskab, Lister, Livscyklus, Oejebliksbillede, Reference
from fkorg.tid import ALTID_NS, UENDELIG_NS

SYSTEM_NS: Final = "http://stoettesystemerne.dk/organisation/organisationsystem/6/"
ADMINISTRATION_NS: Final = "http://stoettesystemerne.dk/organisation/organisationadministration/6/"
HIERARKITYPER: Final = (
    Objekttype.ORGANISATION,
    Objekttype.ORGANISATION_ENHED,
    Objekttype.ORGANISATION_FUNKTION,
    Objekttype.BRUGER,
    Objekttype.INTERESSEFAELLESSKAB,
    Objekttype.IT_SYSTEM,
)
"""The six types the hierarchy export carries, in its order. Source: FACTS.md 5."""


@dataclass(frozen=True, slots=True)
class Filtre:
    """What laes and list narrow by; None = not sent. ALTID_NS and UENDELIG_NS are "no limit".

    Without the Virkning pair a read returns what is in effect now (domain.md 4.5).
    """

    virkning_fra_ns: int | None = None
    virkning_til_ns: int | None = None
    registrering_fra_ns: int | None = None
    registrering_til_ns: int | None = None


INGEN: Final = Lister()
"""No criteria: everything the caller may see."""
ALT: Final = Filtre(ALTID_NS, UENDELIG_NS)
"""The newest registration with every value it ever had or will have: what feeds the model. Source: rules.md 1."""


@dataclass(frozen=True, slots=True)
class SoegVirkning:
    """Effect that the criteria are asked in; None = not sent."""

    fra_ns: int | None = None
    til_ns: int | None = None
    ansvar: Ansvar | None = None


@dataclass(frozen=True, slots=True)
class SoegRegistrering:
    """Registration that the criteria are asked in; None = not sent."""

    fra_ns: int | None = None
    til_ns: int | None = None
    livscyklus: Livscyklus | None = None
    bruger: Reference | None = None


@dataclass(frozen=True, slots=True)
class Opret:
    """A new object; the service gives the UUID. Lists that are None are sent empty."""

    navn: ClassVar = "opret"
    objekttype: Objekttype
    lister: Lister
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Importer:
    """An object with its own UUID and registrations. Revives what is passive or deleted (rules.md 5)."""

    navn: ClassVar = "importer"
    objekttype: Objekttype
    billede: Oejebliksbillede


@dataclass(frozen=True, slots=True)
class Ret:
    """A new registration of an object; a list that is None is not sent and stays untouched."""

    navn: ClassVar = "ret"
    objekttype: Objekttype
    uuid: UUID
    lister: Lister
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Passiver:
    """The object's life cycle becomes Passiveret."""

    navn: ClassVar = "passiver"
    objekttype: Objekttype
    uuid: UUID
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Slet:
    """The object's life cycle becomes Slettet."""

    navn: ClassVar = "slet"
    objekttype: Objekttype
    uuid: UUID
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Laes:
    """One object."""

    navn: ClassVar = "laes"
    objekttype: Objekttype
    uuid: UUID
    filtre: Filtre = ALT


@dataclass(frozen=True, slots=True)
class List:
    """Several objects; unknown ones are left out of the answer."""

    navn: ClassVar = "list"
    objekttype: Objekttype
    uuids: tuple[UUID, ...]
    filtre: Filtre = ALT


@dataclass(frozen=True, slots=True)
class Soeg:
    """UUIDs of the objects that meet partly filled lists. Paged by a zero-based offset."""

    navn: ClassVar = "soeg"
    objekttype: Objekttype
    kriterier: Lister = INGEN
    fra_nummer: int | None = None
    antal: int | None = None
    registrering: SoegRegistrering | None = None
    virkning: SoegVirkning | None = None


@dataclass(frozen=True, slots=True)
class Hierarki:
    """The export (fremsoegobjekthierarki): one offset for six lists, an attribute set per type as criterion."""

    navn: ClassVar = "fremsoegobjekthierarki"
    fra_nummer: int | None = None
    antal: int | None = None
    registrering: SoegRegistrering | None = None
    virkning: SoegVirkning | None = None
    egenskaber: Mapping[Objekttype, Egenskab] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImporterHierarki:
    """OrganisationSystem.import: an organisation and its units."""

    navn: ClassVar = "import"
    organisation: Oejebliksbillede
    enheder: tuple[Oejebliksbillede, ...] = ()


@dataclass(frozen=True, slots=True)
class Anonymiser:
    """Forget a person's data: by UUID or by CPR number, one of the two."""

    navn: ClassVar = "anonymiser"
    person: UUID | None = None
    cpr: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FysiskSlet:
    """Physical removal of a unit (OrganisationAdministration)."""

    navn: ClassVar = "fysiskslet"
    organisation: UUID
    enhed: UUID


Objektanmodning: TypeAlias = Opret | Importer | Ret | Passiver | Slet | Laes | List | Soeg
Anmodning: TypeAlias = Objektanmodning | Hierarki | ImporterHierarki | Anonymiser | FysiskSlet


@dataclass(frozen=True, slots=True)
class Svar:
    """The answer that says only what became of the call: importer, ret, passiver, slet, anonymiser, fysiskslet."""

    retur: StandardRetur


@dataclass(frozen=True, slots=True)
class OpretSvar:
    """`uuid` when it was created."""

    retur: StandardRetur
    uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class LaesSvar:
    """`billede` when it was found."""

    retur: StandardRetur
    billede: Oejebliksbillede | None = None


@dataclass(frozen=True, slots=True)
class ListSvar:
    """What was found of it."""

    retur: StandardRetur
    billeder: tuple[Oejebliksbillede, ...] = ()


@dataclass(frozen=True, slots=True)
class SoegSvar:
    """The page of UUIDs; None when the answer holds no list (StatusKode 44)."""

    retur: StandardRetur
    uuids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class HierarkiSvar:
    """One page of the export, by type."""

    retur: StandardRetur
    objekter: Mapping[Objekttype, tuple[Oejebliksbillede, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImporterHierarkiSvar:
    """One UnikRetur per object, or StandardRetur about the whole; both may be empty."""

    unikke: tuple[UnikRetur, ...] = ()
    returer: tuple[StandardRetur, ...] = ()


Ethvertsvar: TypeAlias = Svar | OpretSvar | LaesSvar | ListSvar | SoegSvar | HierarkiSvar | ImporterHierarkiSvar


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service. `objekttype` is None for those of the two system services."""

    sti: str
    navn: str
    namespace: str
    input: str
    output: str
    soap_action: str
    objekttype: Objekttype | None = None

    @property
    def input_tag(self) -> str:
        """The request's element."""
        return f"{{{self.namespace}}}{self.input}"

    @property
    def output_tag(self) -> str:
        """The answer's element."""
        return f"{{{self.namespace}}}{self.output}"


def _objektoperation(objekttype: Objekttype, navn: str) -> Operation:
    beskrivelse = KATALOG[objekttype]
    element = "Import" if navn == "importer" else navn.capitalize()
    action = f"http://kombit.dk/sts/organisation/{beskrivelse.sti}/{navn}"
    namespace = beskrivelse.namespace
    return Operation(beskrivelse.sti, navn, namespace, f"{element}Input", f"{element}Output", action, objekttype)


def _systemoperation(navn: str, element: str) -> Operation:
    """Its soapActions are spelt organisationssystem, with a double s. Source: FACTS.md 5."""
    action = f"http://kombit.dk/sts/organisation/organisationssystem/{navn}"
    return Operation("organisationsystem", navn, SYSTEM_NS, f"{element}Input", f"{element}Output", action)


ALLE: Final[tuple[Operation, ...]] = (
    *(_objektoperation(objekttype, navn) for objekttype in KATALOG for navn in OPERATIONER),
    _systemoperation("fremsoegobjekthierarki", "FremsoegObjekthierarki"),
    _systemoperation("import", "ImporterOrganisationSystem"),
    _systemoperation("anonymiser", "Anonymiser"),
    Operation(
        "organisationadministration",
        "fysiskslet",
        ADMINISTRATION_NS,
        "FysiskSletInput",
        "FysiskSletOutput",
        "http://kombit.dk/sts/organisation/organisationadministration/fysiskslet",
    ),
)
"""The 84 operations, by service."""
EFTER_INPUT: Final = {operation.input_tag: operation for operation in ALLE}
"""The operation whose request is this element."""
SERVICES: Final = tuple(dict.fromkeys(operation.sti for operation in ALLE))
"""The twelve services, by the name in their paths: /organisation/<service>/6/."""

_EFTER_NAVN: Final = {(operation.navn, operation.objekttype): operation for operation in ALLE}


def operation(anmodning: Anmodning) -> Operation:
    """Which operation a request is for."""
    objekttype = getattr(anmodning, "objekttype", None)
    return _EFTER_NAVN[anmodning.navn, objekttype if isinstance(objekttype, Objekttype) else None]
