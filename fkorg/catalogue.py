"""FK Organisation's ten object types: every egenskab, tilstand and relation of version 6, one line each.

Reading, writing, the contract files and the projection are driven by this table.
Source: the version 6 XSD; compared with it in tests/fkorg/test_catalogue.py. Knows no XML parser and no database.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SD: Final = "urn:oio:sagdok:3.0.0"
OF: Final = "http://stoettesystemerne.dk/organisation/6/"
STS: Final = "urn:oio:sts:6"
OPERATIONER: Final = ("importer", "opret", "ret", "passiver", "slet", "laes", "list", "soeg")
"""What each of the ten object services offers."""


class Objekttype(StrEnum):
    """The ten object types, by the name the API gives them; the tables store the same text."""

    ORGANISATION = "ORGANISATION"
    ORGANISATION_ENHED = "ORGANISATION_ENHED"
    ORGANISATION_FUNKTION = "ORGANISATION_FUNKTION"
    BRUGER = "BRUGER"
    PERSON = "PERSON"
    ADRESSE = "ADRESSE"
    VIRKSOMHED = "VIRKSOMHED"
    MYNDIGHED = "MYNDIGHED"
    IT_SYSTEM = "IT_SYSTEM"
    INTERESSEFAELLESSKAB = "INTERESSEFAELLESSKAB"


class Form(StrEnum):
    """The shapes of a relation. Source: FACTS.md 2."""

    ENKELT = "Relation"
    """At most one entry in the schema; a newer value overwrites."""
    FLER = "FlerRelation"
    DYNAMISK = "DynamicFlerRelation"
    """With Rolle, Type and Indeks."""


@dataclass(frozen=True, slots=True)
class Felt:
    """One field of an Egenskab: our name, its element, namespace and limits."""

    navn: str
    xml: str
    namespace: str = SD
    max_laengde: int | None = None
    moenster: str | None = None
    flere: bool = False


@dataclass(frozen=True, slots=True)
class Relationstype:
    """One relation: the element's name (always in `SD`), what it points at, its shape and how many."""

    navn: str
    maal: str
    form: Form = Form.FLER
    flere: bool = True


@dataclass(frozen=True, slots=True)
class Beskrivelse:
    """One object type: its XML name, base type, fields, and relations in the schema's order."""

    objekttype: Objekttype
    navn: str
    base: str
    felter: tuple[Felt, ...]
    relationer: tuple[Relationstype, ...] = ()

    @property
    def namespace(self) -> str:
        """The object's own namespace."""
        return f"http://stoettesystemerne.dk/organisation/{self.sti}/6/"

    @property
    def sti(self) -> str:
        """The service's name in paths, namespaces and soapActions: lower case."""
        return self.navn.lower()

    @property
    def er_aktoer(self) -> bool:
        """Actor types have Gyldighed and LokalUdvidelse; the other four have neither, nor relations."""
        return self.base == "Aktoer"

    def felt(self, navn: str) -> Felt:
        """The field of that name (ours). Raises KeyError."""
        return {felt.navn: felt for felt in self.felter}[navn]

    def relation(self, navn: str) -> Relationstype:
        """The relation of that element name. Raises KeyError."""
        return {relation.navn: relation for relation in self.relationer}[navn]


def _noegle() -> Felt:
    return Felt("brugervendtnoegle", "BrugervendtNoegleTekst", max_laengde=50)


def _enkelt(navn: str, maal: str) -> Relationstype:
    return Relationstype(navn, maal, Form.ENKELT, flere=False)


_ADRESSER: Final = Relationstype("Adresser", "Adresse", Form.DYNAMISK)
_ANSATTE: Final = Relationstype("Ansatte", "Person")
_BRANCHE: Final = _enkelt("Branche", "Klasse")
_OPGAVER: Final = Relationstype("TilknyttedeOpgaver", "Klasse")
_OVERORDNET: Final = _enkelt("Overordnet", "OrganisationEnhed")
_PRODUKTIONSENHED: Final = _enkelt("Produktionsenhed", "Virksomhed")
_SKATTEENHED: Final = _enkelt("Skatteenhed", "Virksomhed")
_TILHOERER: Final = Relationstype("Tilhoerer", "Organisation", flere=False)
_BRUGERE: Final = Relationstype("TilknyttedeBrugere", "Bruger")
_ENHEDER: Final = Relationstype("TilknyttedeEnheder", "OrganisationEnhed")
_FUNKTIONER: Final = Relationstype("TilknyttedeFunktioner", "OrganisationFunktion")
_FAELLESSKABER: Final = Relationstype("TilknyttedeInteressefaellesskaber", "Interessefaellesskab")
_ORGANISATIONER: Final = Relationstype("TilknyttedeOrganisationer", "Organisation")
_PERSONER: Final = Relationstype("TilknyttedePersoner", "Person")
_ITSYSTEMER: Final = Relationstype("TilknyttedeItSystemer", "ItSystem")
_CVR: Final = Felt("cvrnummer", "CVR-NummerTekst", STS, moenster="[0-9]{8}")

KATALOG: Final[dict[Objekttype, Beskrivelse]] = {
    beskrivelse.objekttype: beskrivelse
    for beskrivelse in (
        Beskrivelse(
            Objekttype.ORGANISATION,
            "Organisation",
            "Aktoer",
            (_noegle(), Felt("organisationsnavn", "OrganisationNavn", max_laengde=200)),
            (
                _ADRESSER,
                _ANSATTE,
                _BRANCHE,
                _enkelt("Organisationstype", "Klasse"),
                _enkelt("Myndighed", "Myndighed"),
                _enkelt("Myndighedstype", "Klasse"),
                _OPGAVER,
                _OVERORDNET,
                _PRODUKTIONSENHED,
                _SKATTEENHED,
                _TILHOERER,
                _BRUGERE,
                _ENHEDER,
                _FUNKTIONER,
                _FAELLESSKABER,
                _ORGANISATIONER,
                _PERSONER,
                _ITSYSTEMER,
                _enkelt("Virksomhed", "Virksomhed"),
                _enkelt("Virksomhedstype", "Klasse"),
            ),
        ),
        Beskrivelse(
            Objekttype.ORGANISATION_ENHED,
            "OrganisationEnhed",
            "Aktoer",
            (_noegle(), Felt("enhedsnavn", "EnhedNavn", max_laengde=200)),
            (
                _ADRESSER,
                _ANSATTE,
                _BRANCHE,
                _enkelt("Enhedstype", "Klasse"),
                Relationstype("Opgaver", "Klasse", Form.DYNAMISK),
                _OVERORDNET,
                _PRODUKTIONSENHED,
                _SKATTEENHED,
                _TILHOERER,
                _BRUGERE,
                _ENHEDER,
                _FUNKTIONER,
                _FAELLESSKABER,
                _ORGANISATIONER,
                _PERSONER,
                _ITSYSTEMER,
            ),
        ),
        Beskrivelse(
            Objekttype.ORGANISATION_FUNKTION,
            "OrganisationFunktion",
            "Aktoer",
            (_noegle(), Felt("funktionsnavn", "FunktionNavn", max_laengde=200)),
            (
                _ADRESSER,
                _enkelt("Funktionstype", "Klasse"),
                _OPGAVER,
                _BRUGERE,
                _ENHEDER,
                _FAELLESSKABER,
                _ORGANISATIONER,
                _PERSONER,
                _ITSYSTEMER,
            ),
        ),
        Beskrivelse(
            Objekttype.BRUGER,
            "Bruger",
            "Aktoer",
            (
                _noegle(),
                Felt("brugernavn", "BrugerNavn", max_laengde=200),
                Felt("brugertype", "BrugerTypeTekst", max_laengde=50),
            ),
            (
                _ADRESSER,
                Relationstype("BrugerTyper", "Klasse"),
                _OPGAVER,
                _TILHOERER,
                _ENHEDER,
                _FUNKTIONER,
                _FAELLESSKABER,
                _ORGANISATIONER,
                _PERSONER,
                _ITSYSTEMER,
            ),
        ),
        Beskrivelse(
            Objekttype.PERSON,
            "Person",
            "Part",
            (
                _noegle(),
                Felt("cpr", "CPR-NummerTekst", STS, moenster="[0-9]{10}"),
                Felt("navn", "NavnTekst", "http://stoettesystemerne.dk/organisation/person/6/", max_laengde=100),
            ),
        ),
        Beskrivelse(
            Objekttype.ADRESSE,
            "Adresse",
            "SagDokObjekt",
            (_noegle(), Felt("adressetekst", "AdresseTekst", STS, max_laengde=200)),
        ),
        Beskrivelse(
            Objekttype.VIRKSOMHED,
            "Virksomhed",
            "Part",
            (
                _noegle(),
                _CVR,
                Felt("senummer", "SE-NummerTekst", STS, moenster="[0-9]{8}"),
                Felt("pnummer", "P-NummerTekst", STS, moenster="[0-9]{10}"),
                Felt("navn", "NavnTekst", STS, max_laengde=200),
            ),
        ),
        Beskrivelse(
            Objekttype.MYNDIGHED,
            "Myndighed",
            "Part",
            (
                _noegle(),
                _CVR,
                Felt("navn", "NavnTekst", STS, max_laengde=200),
                Felt("myndighedskode", "MyndighedsKode", STS, moenster="[0-9]{3}|[0-9]{4}"),
            ),
        ),
        Beskrivelse(
            Objekttype.IT_SYSTEM,
            "ItSystem",
            "Aktoer",
            (
                _noegle(),
                Felt("itsystemnavn", "ItSystemNavn", max_laengde=200),
                Felt("itsystemtype", "ItSystemTypeTekst", max_laengde=50),
                Felt("konfiguration", "KonfigurationReference", max_laengde=1024, flere=True),
            ),
            (
                _ADRESSER,
                _OPGAVER,
                Relationstype("SystemTyper", "Klasse"),
                Relationstype("Tilhoerer", "Organisation"),
                _BRUGERE,
                _ENHEDER,
                _FUNKTIONER,
                _FAELLESSKABER,
                _ORGANISATIONER,
                _PERSONER,
                _ITSYSTEMER,
            ),
        ),
        Beskrivelse(
            Objekttype.INTERESSEFAELLESSKAB,
            "Interessefaellesskab",
            "Aktoer",
            (
                _noegle(),
                Felt("navn", "InteressefaellesskabNavn", max_laengde=200),
                Felt("type", "InteressefaellesskabTypeTekst", max_laengde=50),
            ),
            (
                _ADRESSER,
                _BRANCHE,
                _enkelt("Interessefaellesskabstype", "Klasse"),
                _OPGAVER,
                _OVERORDNET,
                _TILHOERER,
                _BRUGERE,
                _ENHEDER,
                _FUNKTIONER,
                _FAELLESSKABER,
                _ORGANISATIONER,
                _PERSONER,
                _ITSYSTEMER,
            ),
        ),
    )
}
"""The whole catalogue, by object type."""
