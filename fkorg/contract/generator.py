"""Writes the contract files from the catalogue and the operations: `python -m fkorg.contract.generator`.

The same catalogue gives the same bytes; a test compares them with what is committed. Owns the schemas' structure, as
FACTS.md 2 to 6 states it; takes every field, relation and operation from the catalogue.
"""

from pathlib import Path
from typing import Final

from fkorg.catalogue import KATALOG, OF, SD, STS, Beskrivelse, Felt, Form
from fkorg.contract import MAPPE, SERVICENAVNE
from fkorg.contract.wsdl_tekst import service_wsdl
from fkorg.contract.xsd_tekst import AKTOERTYPER, any_elements, complex_type, element, felt_element, ref, schema, simple
from fkorg.operationer import ADMINISTRATION_NS, HIERARKITYPER, SYSTEM_NS
from fkorg.wire.registrering_xml import LIVSCYKLUS
from fkorg.wire.soap_xml import HEADER
from fkorg.wire.svar_xml import HIERARKILISTER

_UUID: Final = "[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}"
_CPR: Final = "[0-9]{10}"


def files() -> dict[str, str]:
    """Path below MAPPE -> text, of every contract file."""
    written = {
        "xsd/Faelles.xsd": _faelles(),
        "xsd/OrganisationFaelles.xsd": _organisation_faelles(),
        "xsd/Numre.xsd": _numre(),
        "xsd/RequestHeader.xsd": _request_header(),
        "xsd/OrganisationSystem.xsd": _system(),
        "xsd/OrganisationAdministration.xsd": _administration(),
    }
    for beskrivelse in KATALOG.values():
        written[f"xsd/{beskrivelse.navn}.xsd"] = _objekt(beskrivelse)
    for sti, navn in SERVICENAVNE.items():
        written[f"wsdl/{navn}.wsdl"] = service_wsdl(sti, navn)
    return written


def write(folder: Path = MAPPE) -> None:
    """Writes them all."""
    for path, text in files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _felter(namespace: str) -> list[Felt]:
    """The fields whose elements are of that namespace, each once."""
    alle = (felt for beskrivelse in KATALOG.values() for felt in beskrivelse.felter if felt.namespace == namespace)
    return list({felt.xml: felt for felt in alle}.values())


def _relationer() -> list[str]:
    alle = (relation for beskrivelse in KATALOG.values() for relation in beskrivelse.relationer)
    shapes = {relation.navn: f"sd:{relation.form.value}Type" for relation in alle if relation.form is not Form.ENKELT}
    singles = {
        relation.navn: "sd:RelationType"
        for beskrivelse in KATALOG.values()
        for relation in beskrivelse.relationer
        if relation.form is Form.ENKELT
    }
    return [element(navn, kind) for navn, kind in sorted({**singles, **shapes}.items())]


def _faelles() -> str:
    """The shared elements and types. Source: FACTS.md 2 and 4."""
    return schema(SD, {"sd": SD}, [], [*_shared_elements(), *_relationer(), *_shared_types(), *_operation_types()])


def _shared_elements() -> list[str]:
    return [
        simple("UUIDIdentifikator", pattern=_UUID),
        simple("URNIdentifikator", max_length=255),
        simple("NoteTekst", max_length=1024),
        simple("AktoerTypeKode", enum=AKTOERTYPER),
        simple("LivscyklusKode", enum=tuple(LIVSCYKLUS)),
        element("StatusKode", "xs:integer"),
        element("FejlbeskedTekst", "xs:string"),
        element("FoersteResultatReference", "xs:integer"),
        element("MaksimalAntalKvantitet", "xs:integer"),
        element("TidsstempelDatoTid", "xs:dateTime"),
        '<xs:element name="GraenseIndikator" type="xs:boolean" fixed="true"/>',
        *(felt_element(felt) for felt in _felter(SD)),
        element("Virkning", "sd:VirkningType"),
        element("ReferenceID", "sd:UnikIdType"),
        element("LokalUdvidelse", "sd:LokalUdvidelseType"),
        element("StandardRetur", "sd:StandardReturType"),
        element("UnikRetur", "sd:UnikReturType"),
        element("IdListe", "sd:IdListeType"),
        element("SoegRegistrering", "sd:SoegRegistreringType"),
        element("SoegVirkning", "sd:VirkningType"),
    ]


def _shared_types() -> list[str]:
    unik = [ref("sd:UUIDIdentifikator"), ref("sd:URNIdentifikator")]
    entry = [ref("sd:Virkning", 0), ref("sd:ReferenceID", 0)]
    ansvar = [element("AktoerRef", "sd:UnikIdType", 0), ref("sd:AktoerTypeKode", 0), ref("sd:NoteTekst", 0)]
    dynamic = [
        element("Rolle", "sd:UuidLabelType"),
        element("Type", "sd:UuidLabelType"),
        element("Indeks", "xs:string"),
    ]
    registrering = [
        ref("sd:NoteTekst", 0),
        element("Tidspunkt", "xs:dateTime", 0),
        ref("sd:LivscyklusKode", 0),
        _BRUGER,
    ]
    return [
        complex_type("UnikIdType", unik, group="choice"),
        complex_type("UuidLabelType", [_choice(unik), element("Label", "xs:string", 0)]),
        complex_type("TidspunktType", [ref("sd:TidsstempelDatoTid"), ref("sd:GraenseIndikator")], group="choice"),
        complex_type("VirkningType", [*_PERIODE, *ansvar]),
        complex_type("RelationType", entry),
        complex_type("FlerRelationType", entry),
        complex_type("DynamicFlerRelationType", entry + dynamic),
        complex_type("LokalUdvidelseType", [any_elements()]),
        complex_type("SagDokObjektType", [ref("sd:UUIDIdentifikator")]),
        complex_type("RegistreringType", registrering),
    ]


def _operation_types() -> list[str]:
    filtre = [element(navn, "sd:TidspunktType", 0) for navn in _FILTRE]
    retur = [ref("sd:StatusKode"), ref("sd:FejlbeskedTekst", 0)]
    either = [ref("sd:UnikRetur", 0, many=True), ref("sd:StandardRetur", 0, many=True)]
    return [
        complex_type("StandardReturType", retur),
        complex_type("UnikReturType", [*retur, element("Type", "xs:string"), ref("sd:UUIDIdentifikator")]),
        complex_type("IdListeType", [ref("sd:UUIDIdentifikator", 0, many=True)]),
        complex_type("SoegRegistreringType", [*_PERIODE, ref("sd:LivscyklusKode", 0), _BRUGER]),
        complex_type("NoteInputType", [ref("sd:NoteTekst", 0)]),
        complex_type("UuidNoteInputType", [ref("sd:UUIDIdentifikator"), ref("sd:NoteTekst", 0)]),
        complex_type("LaesInputType", [ref("sd:UUIDIdentifikator"), *filtre]),
        complex_type("ListInputType", [ref("sd:UUIDIdentifikator", many=True), *filtre]),
        complex_type("SoegInputType", [ref(f"sd:{navn}", 0) for navn in _SOEG]),
        complex_type("BasicOutputType", [ref("sd:StandardRetur")]),
        complex_type("OpretOutputType", [ref("sd:StandardRetur"), ref("sd:UUIDIdentifikator", 0)]),
        complex_type("SoegOutputType", [ref("sd:StandardRetur"), ref("sd:IdListe", 0)]),
        complex_type("MultipleOutputType", either, group="choice"),
    ]


_PERIODE: Final = [element("FraTidspunkt", "sd:TidspunktType", 0), element("TilTidspunkt", "sd:TidspunktType", 0)]
_BRUGER: Final = element("BrugerRef", "sd:UnikIdType", 0)
_FILTRE: Final = ("VirkningFraFilter", "VirkningTilFilter", "RegistreringFraFilter", "RegistreringTilFilter")
_SOEG: Final = ("FoersteResultatReference", "MaksimalAntalKvantitet", "SoegRegistrering", "SoegVirkning")


def _organisation_faelles() -> str:
    return schema(
        OF,
        {"of": OF, "sd": SD},
        [(SD, "Faelles.xsd")],
        [
            simple("GyldighedStatusKode", enum=("Aktiv", "Inaktiv")),
            element("Gyldighed", "of:GyldighedType"),
            complex_type("GyldighedType", [ref("sd:Virkning", 0), ref("of:GyldighedStatusKode")]),
        ],
    )


def _numre() -> str:
    return schema(STS, {"sts": STS}, [], [felt_element(felt) for felt in _felter(STS)])


def _request_header() -> str:
    return schema(
        HEADER,
        {"h": HEADER},
        [],
        [
            simple("TransactionUUID", min_length=1),
            element("RequestHeader", "h:RequestHeaderType"),
            complex_type("RequestHeaderType", [ref("h:TransactionUUID")]),
        ],
    )


def _objekt(beskrivelse: Beskrivelse) -> str:
    """One object type: its lists, its eight operations, and its body in a message. Source: FACTS.md 3, 4 and 7."""
    own = beskrivelse.namespace
    elements = [
        *(felt_element(felt) for felt in _felter(own)),
        element(beskrivelse.navn, f"o:{beskrivelse.navn}Type"),
        element("Registrering", "o:RegistreringType"),
        *(element(navn, f"o:{navn}Type") for navn in ("Egenskab", *_LISTER)),
        *(element(f"{navn}Input", kind) for navn, kind in _INPUT.items()),
        *(element(f"{navn}Output", kind) for navn, kind in _OUTPUT.items()),
        element("RegistreringBesked", "o:RegistreringBeskedType"),
    ]
    return schema(
        own,
        {"o": own, "sd": SD, "of": OF, "sts": STS},
        [(SD, "Faelles.xsd"), (OF, "OrganisationFaelles.xsd"), (STS, "Numre.xsd")],
        [*elements, *_objekt_lister(beskrivelse), *_objekt_operationer(beskrivelse)],
    )


def _objekt_lister(beskrivelse: Beskrivelse) -> list[str]:
    udvidelse = [ref("sd:LokalUdvidelse", 0)] if beskrivelse.er_aktoer else []
    prefix = {SD: "sd", STS: "sts", beskrivelse.namespace: "o"}
    felter = [ref(f"{prefix[felt.namespace]}:{felt.xml}", 0, many=felt.flere) for felt in beskrivelse.felter]
    gyldighed = [ref("of:Gyldighed", 0, many=True)] if beskrivelse.er_aktoer else []
    relationer = [ref(f"sd:{relation.navn}", 0, many=relation.flere) for relation in beskrivelse.relationer]
    return [
        complex_type("EgenskabType", [ref("sd:Virkning", 0), *felter]),
        complex_type("AttributListeType", [ref("o:Egenskab", 0, many=True), *udvidelse]),
        complex_type("TilstandListeType", gyldighed + udvidelse),
        complex_type("RelationListeType", relationer + udvidelse),
    ]


def _objekt_operationer(beskrivelse: Beskrivelse) -> list[str]:
    navn = beskrivelse.navn
    optional = [ref(f"o:{liste}", 0) for liste in _LISTER]
    mandatory = [ref(f"o:{liste}") for liste in _LISTER]
    # Source: FACTS.md 4. Only these two may leave lists out when they are created.
    opret = optional if navn in ("Adresse", "Virksomhed") else mandatory
    # Source: FACTS.md 7, Bodies. These three name their identity otherwise than the rest.
    unik = navn in ("OrganisationEnhed", "Organisation", "Adresse")
    identity = element("ObjektID", "sd:UnikIdType") if unik else ref("sd:UUIDIdentifikator")
    read = [element("ObjektType", "sd:SagDokObjektType"), element("Registrering", "o:RegistreringType", 0, many=True)]
    one = element(_BILLEDE, f"o:{_BILLEDE}Type", 0)
    return [
        complex_type("RegistreringType", mandatory, extends="sd:RegistreringType"),
        complex_type(f"{navn}Type", [ref("o:Registrering", many=True)], extends="sd:SagDokObjektType"),
        complex_type("FiltreretOejebliksbilledeType", read),
        complex_type("ImportInputType", [ref(f"o:{navn}")]),
        complex_type("OpretInputType", opret, extends="sd:NoteInputType"),
        complex_type("RetInputType", optional, extends="sd:UuidNoteInputType"),
        complex_type("SoegInputType", mandatory, extends="sd:SoegInputType"),
        complex_type("LaesOutputType", [one], extends="sd:BasicOutputType"),
        complex_type("ListOutputType", [_billeder(f"o:{_BILLEDE}Type")], extends="sd:BasicOutputType"),
        complex_type("RegistreringBeskedType", [identity, ref("o:Registrering")]),
    ]


_LISTER: Final = ("AttributListe", "TilstandListe", "RelationListe")
_INPUT: Final = {
    "Import": "o:ImportInputType",
    "Opret": "o:OpretInputType",
    "Ret": "o:RetInputType",
    "Passiver": "sd:UuidNoteInputType",
    "Slet": "sd:UuidNoteInputType",
    "Laes": "sd:LaesInputType",
    "List": "sd:ListInputType",
    "Soeg": "o:SoegInputType",
}
_OUTPUT: Final = {
    "Import": "sd:BasicOutputType",
    "Opret": "sd:OpretOutputType",
    "Ret": "sd:BasicOutputType",
    "Passiver": "sd:BasicOutputType",
    "Slet": "sd:BasicOutputType",
    "Laes": "o:LaesOutputType",
    "List": "o:ListOutputType",
    "Soeg": "sd:SoegOutputType",
}


def _system() -> str:
    """OrganisationSystem. Source: FACTS.md 5."""
    typer = [KATALOG[objekttype] for objekttype in HIERARKITYPER]
    elements = [
        element("FremsoegObjekthierarkiInput", "s:FremsoegObjekthierarkiInputType"),
        element("FremsoegObjekthierarkiOutput", "s:FremsoegObjekthierarkiOutputType"),
        element("ImporterOrganisationSystemInput", "s:ImporterOrganisationSystemInputType"),
        element("ImporterOrganisationSystemOutput", "sd:MultipleOutputType"),
        element("AnonymiserInput", "s:AnonymiserInputType"),
        element("AnonymiserOutput", "sd:BasicOutputType"),
        element("OrganisationEnhederInput", "s:OrganisationEnhederInputType"),
        *(element(f"{typ.navn}SoegEgenskab", f"{typ.sti}:EgenskabType") for typ in typer),
        *(element(HIERARKILISTER[typ.objekttype], f"s:{typ.navn}ListeType") for typ in typer),
    ]
    return schema(
        SYSTEM_NS,
        {"s": SYSTEM_NS, "sd": SD, **{typ.sti: typ.namespace for typ in typer}},
        [(SD, "Faelles.xsd"), *((typ.namespace, f"{typ.navn}.xsd") for typ in typer)],
        [*elements, *_system_types(typer)],
    )


def _system_types(typer: list[Beskrivelse]) -> list[str]:
    criteria = [ref(f"s:{typ.navn}SoegEgenskab", 0) for typ in typer]
    lists = [ref(f"s:{HIERARKILISTER[typ.objekttype]}") for typ in typer]
    enheder = [ref("organisationenhed:OrganisationEnhed", 0, many=True)]
    person = [simple("PersonUUID", pattern=_UUID), simple("PersonCPR", pattern=_CPR)]
    return [
        complex_type("FremsoegObjekthierarkiInputType", criteria, extends="sd:SoegInputType"),
        complex_type("FremsoegObjekthierarkiOutputType", lists, extends="sd:BasicOutputType"),
        complex_type(
            "ImporterOrganisationSystemInputType",
            [ref("organisation:Organisation"), ref("s:OrganisationEnhederInput")],
        ),
        complex_type("OrganisationEnhederInputType", enheder),
        complex_type("AnonymiserInputType", person, group="choice"),
        *(complex_type(f"{typ.navn}ListeType", [_billeder(f"{typ.sti}:{_BILLEDE}Type")]) for typ in typer),
    ]


_BILLEDE: Final = "FiltreretOejebliksbillede"


def _billeder(kind: str) -> str:
    return element(_BILLEDE, kind, 0, many=True)


def _administration() -> str:
    """OrganisationAdministration. Source: FACTS.md 6."""
    identities = [simple("OrganisationUUID", pattern=_UUID), simple("OrganisationEnhedUUID", pattern=_UUID)]
    return schema(
        ADMINISTRATION_NS,
        {"a": ADMINISTRATION_NS, "sd": SD},
        [(SD, "Faelles.xsd")],
        [
            element("FysiskSletInput", "a:FysiskSletInputType"),
            element("FysiskSletOutput", "sd:BasicOutputType"),
            complex_type("FysiskSletInputType", identities),
        ],
    )


def _choice(elements: list[str]) -> str:
    return "<xs:choice>" + "".join(elements) + "</xs:choice>"


if __name__ == "__main__":
    write()
