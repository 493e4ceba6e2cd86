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
    """The shared types. Source: FACTS.md 2 and 4."""
    unik = [ref("sd:UUIDIdentifikator"), ref("sd:URNIdentifikator")]
    entry = [ref("sd:Virkning", 0), ref("sd:ReferenceID", 0)]
    filtre = [element(navn, "sd:TidspunktType", 0) for navn in _FILTRE]
    period = [element("FraTidspunkt", "sd:TidspunktType", 0), element("TilTidspunkt", "sd:TidspunktType", 0)]
    ansvar = [element("AktoerRef", "sd:UnikIdType", 0), ref("sd:AktoerTypeKode", 0), ref("sd:NoteTekst", 0)]
    codes = ("Opstaaet", "Importeret", "Passiveret", "Slettet")
    retur = [ref("sd:StatusKode"), ref("sd:FejlbeskedTekst", 0)]
    return schema(
        SD,
        {"sd": SD},
        [],
        [
            simple("UUIDIdentifikator", pattern=_UUID),
            simple("URNIdentifikator", max_length=255),
            simple("NoteTekst", max_length=1024),
            simple("AktoerTypeKode", enum=AKTOERTYPER),
            simple("LivscyklusKode", enum=codes),
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
            *_relationer(),
            complex_type("UnikIdType", unik, group="choice"),
            complex_type("UuidLabelType", [_choice(unik), element("Label", "xs:string", 0)]),
            complex_type("TidspunktType", [ref("sd:TidsstempelDatoTid"), ref("sd:GraenseIndikator")], group="choice"),
            complex_type("VirkningType", period + ansvar),
            complex_type("RelationType", entry),
            complex_type("FlerRelationType", entry),
            complex_type(
                "DynamicFlerRelationType",
                [
                    *entry,
                    element("Rolle", "sd:UuidLabelType"),
                    element("Type", "sd:UuidLabelType"),
                    element("Indeks", "xs:string"),
                ],
            ),
            complex_type("LokalUdvidelseType", [any_elements()]),
            complex_type("SagDokObjektType", [ref("sd:UUIDIdentifikator")]),
            complex_type(
                "RegistreringType",
                [
                    ref("sd:NoteTekst", 0),
                    element("Tidspunkt", "xs:dateTime", 0),
                    ref("sd:LivscyklusKode", 0),
                    element("BrugerRef", "sd:UnikIdType", 0),
                ],
            ),
            complex_type("StandardReturType", retur),
            complex_type("UnikReturType", [*retur, element("Type", "xs:string"), ref("sd:UUIDIdentifikator")]),
            complex_type("IdListeType", [ref("sd:UUIDIdentifikator", 0, many=True)]),
            complex_type(
                "SoegRegistreringType", [*period, ref("sd:LivscyklusKode", 0), element("BrugerRef", "sd:UnikIdType", 0)]
            ),
            complex_type("NoteInputType", [ref("sd:NoteTekst", 0)]),
            complex_type("UuidNoteInputType", [ref("sd:UUIDIdentifikator"), ref("sd:NoteTekst", 0)]),
            complex_type("LaesInputType", [ref("sd:UUIDIdentifikator"), *filtre]),
            complex_type("ListInputType", [ref("sd:UUIDIdentifikator", many=True), *filtre]),
            complex_type("SoegInputType", [ref(f"sd:{navn}", 0) for navn in _SOEG]),
            complex_type("BasicOutputType", [ref("sd:StandardRetur")]),
            complex_type("OpretOutputType", [ref("sd:StandardRetur"), ref("sd:UUIDIdentifikator", 0)]),
            complex_type("SoegOutputType", [ref("sd:StandardRetur"), ref("sd:IdListe", 0)]),
            complex_type(
                "MultipleOutputType",
                [ref("sd:UnikRetur", 0, many=True), ref("sd:StandardRetur", 0, many=True)],
                group="choice",
            ),
        ],
    )


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
    prefixes = {"o": own, "sd": SD, "of": OF, "sts": STS}
    udvidelse = [ref("sd:LokalUdvidelse", 0)] if beskrivelse.er_aktoer else []
    felter = [
        ref(f"{ {SD: 'sd', STS: 'sts'}.get(felt.namespace, 'o') }:{felt.xml}", 0, many=felt.flere)
        for felt in beskrivelse.felter
    ]
    gyldighed = [ref("of:Gyldighed", 0, many=True)] if beskrivelse.er_aktoer else []
    relationer = [ref(f"sd:{relation.navn}", 0, many=relation.flere) for relation in beskrivelse.relationer]
    optional = [ref(f"o:{navn}", 0) for navn in _LISTER]
    mandatory = [ref(f"o:{navn}") for navn in _LISTER]
    # Source: FACTS.md 4. Only these two may leave lists out when they are created.
    opret = optional if beskrivelse.navn in ("Adresse", "Virksomhed") else mandatory
    billede = element("FiltreretOejebliksbillede", "o:FiltreretOejebliksbilledeType", 0)
    billeder = element("FiltreretOejebliksbillede", "o:FiltreretOejebliksbilledeType", 0, many=True)
    unik = ("OrganisationEnhed", "Organisation", "Adresse")
    identity = element("ObjektID", "sd:UnikIdType") if beskrivelse.navn in unik else ref("sd:UUIDIdentifikator")
    return schema(
        own,
        prefixes,
        [(SD, "Faelles.xsd"), (OF, "OrganisationFaelles.xsd"), (STS, "Numre.xsd")],
        [
            *(felt_element(felt) for felt in _felter(own)),
            element(beskrivelse.navn, f"o:{beskrivelse.navn}Type"),
            element("Registrering", "o:RegistreringType"),
            *(element(navn, f"o:{navn}Type") for navn in ("Egenskab", *_LISTER)),
            *(element(f"{navn}Input", kind) for navn, kind in _INPUT.items()),
            *(element(f"{navn}Output", kind) for navn, kind in _OUTPUT.items()),
            element("RegistreringBesked", "o:RegistreringBeskedType"),
            complex_type("EgenskabType", [ref("sd:Virkning", 0), *felter]),
            complex_type("AttributListeType", [ref("o:Egenskab", 0, many=True), *udvidelse]),
            complex_type("TilstandListeType", gyldighed + udvidelse),
            complex_type("RelationListeType", relationer + udvidelse),
            complex_type("RegistreringType", mandatory, extends="sd:RegistreringType"),
            complex_type(f"{beskrivelse.navn}Type", [ref("o:Registrering", many=True)], extends="sd:SagDokObjektType"),
            complex_type(
                "FiltreretOejebliksbilledeType",
                [
                    element("ObjektType", "sd:SagDokObjektType"),
                    element("Registrering", "o:RegistreringType", 0, many=True),
                ],
            ),
            complex_type("ImportInputType", [ref(f"o:{beskrivelse.navn}")]),
            complex_type("OpretInputType", opret, extends="sd:NoteInputType"),
            complex_type("RetInputType", optional, extends="sd:UuidNoteInputType"),
            complex_type("SoegInputType", mandatory, extends="sd:SoegInputType"),
            complex_type("LaesOutputType", [billede], extends="sd:BasicOutputType"),
            complex_type("ListOutputType", [billeder], extends="sd:BasicOutputType"),
            complex_type("RegistreringBeskedType", [identity, ref("o:Registrering")]),
        ],
    )


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
    prefixes = {"s": SYSTEM_NS, "sd": SD, **{typ.sti: typ.namespace for typ in typer}}
    criteria = [ref(f"s:{typ.navn}SoegEgenskab", 0) for typ in typer]
    lists = [ref(f"s:{HIERARKILISTER[typ.objekttype]}") for typ in typer]
    return schema(
        SYSTEM_NS,
        prefixes,
        [(SD, "Faelles.xsd"), *((typ.namespace, f"{typ.navn}.xsd") for typ in typer)],
        [
            element("FremsoegObjekthierarkiInput", "s:FremsoegObjekthierarkiInputType"),
            element("FremsoegObjekthierarkiOutput", "s:FremsoegObjekthierarkiOutputType"),
            element("ImporterOrganisationSystemInput", "s:ImporterOrganisationSystemInputType"),
            element("ImporterOrganisationSystemOutput", "sd:MultipleOutputType"),
            element("AnonymiserInput", "s:AnonymiserInputType"),
            element("AnonymiserOutput", "sd:BasicOutputType"),
            element("OrganisationEnhederInput", "s:OrganisationEnhederInputType"),
            *(element(f"{typ.navn}SoegEgenskab", f"{typ.sti}:EgenskabType") for typ in typer),
            *(element(HIERARKILISTER[typ.objekttype], f"s:{typ.navn}ListeType") for typ in typer),
            complex_type("FremsoegObjekthierarkiInputType", criteria, extends="sd:SoegInputType"),
            complex_type("FremsoegObjekthierarkiOutputType", lists, extends="sd:BasicOutputType"),
            complex_type(
                "ImporterOrganisationSystemInputType",
                [ref("organisation:Organisation"), ref("s:OrganisationEnhederInput")],
            ),
            complex_type("OrganisationEnhederInputType", [ref("organisationenhed:OrganisationEnhed", 0, many=True)]),
            complex_type(
                "AnonymiserInputType",
                [simple("PersonUUID", pattern=_UUID), simple("PersonCPR", pattern=_CPR)],
                group="choice",
            ),
            *(
                complex_type(
                    f"{typ.navn}ListeType",
                    [element("FiltreretOejebliksbillede", f"{typ.sti}:FiltreretOejebliksbilledeType", 0, many=True)],
                )
                for typ in typer
            ),
        ],
    )


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
