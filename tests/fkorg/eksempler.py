"""One request and one answer of every operation of the twelve services, as full as the schema lets them be."""

from uuid import UUID

from fkorg.catalogue import KATALOG, Felt, Form, Objekttype
from fkorg.kvittering import StandardRetur, UnikRetur
from fkorg.operationer import (
    ALLE,
    ALT,
    HIERARKITYPER,
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
    SoegRegistrering,
    SoegSvar,
    SoegVirkning,
    Svar,
)
from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Gyldighed,
    Lister,
    Livscyklus,
    Oejebliksbillede,
    Reference,
    Registrering,
    Relation,
    Tilstand,
)
from fkorg.tid import UENDELIG_NS, parse_ns
from fkorg.virkning import Virkning

UUID_1 = UUID("0b0a5f3c-4d1e-4f6a-9c1b-7a2d3e4f5a6b")
UUID_2 = UUID("1b0a5f3c-4d1e-4f6a-9c1b-7a2d3e4f5a6b")
FRA_NS = parse_ns("2020-08-05T00:00:00+02:00")
TIL_NS = parse_ns("2030-01-01T00:00:00+01:00")
ANSVAR = Ansvar(Reference(str(UUID_2)), "Organisation", "note")
TAL = {"[0-9]{8}": "12345678", "[0-9]{10}": "0123456789", "[0-9]{3}|[0-9]{4}": "0751"}


def _value(felt: Felt) -> str | tuple[str, ...]:
    if felt.moenster is not None:
        return TAL[felt.moenster]
    return ("en <&> to", "æøå") if felt.flere else f"{felt.navn} æøå"


def lister(objekttype: Objekttype) -> Lister:
    """Every field, state and relation of the type; two entries where more than one may be."""
    beskrivelse = KATALOG[objekttype]
    relationer = []
    for relation in beskrivelse.relationer:
        for n in range(2 if relation.flere else 1):
            label = Reference(str(UUID_1), "Postadresse")
            dynamisk = (
                (label, Reference("urn:oio:x:1"), str(n)) if relation.form is Form.DYNAMISK else (None, None, None)
            )
            virkning = Virkning(FRA_NS, TIL_NS if n else UENDELIG_NS)
            relationer.append(Relation(relation.navn, virkning, Reference(str(UUID_2)), *dynamisk, ANSVAR))
    felter = {felt.navn: _value(felt) for felt in beskrivelse.felter}
    tilstande = (
        Tilstand(Virkning(FRA_NS, TIL_NS), Gyldighed.AKTIV, ANSVAR),
        Tilstand(Virkning(TIL_NS), Gyldighed.INAKTIV),
    )
    return Lister(
        (Egenskab(Virkning(), {}), Egenskab(Virkning(FRA_NS), felter, ANSVAR)),
        tilstande if beskrivelse.er_aktoer else (),
        tuple(relationer),
    )


def registrering(objekttype: Objekttype, livscyklus: Livscyklus = Livscyklus.IMPORTERET) -> Registrering:
    found = lister(objekttype)
    return Registrering(
        parse_ns("2024-05-01T12:00:00.123456789Z"),
        livscyklus,
        found.egenskaber or (),
        found.tilstande or (),
        found.relationer or (),
        Reference("urn:oio:bruger:1"),
        "note",
    )


def billede(objekttype: Objekttype, uuid: UUID = UUID_1) -> Oejebliksbillede:
    earlier = Registrering(parse_ns("2023-05-01T12:00:00Z"), Livscyklus.OPSTAAET)
    return Oejebliksbillede(uuid, (earlier, registrering(objekttype)))


def kriterier(objekttype: Objekttype) -> Lister:
    """Partly filled lists: one field, one state, one relation with only its ReferenceID."""
    beskrivelse = KATALOG[objekttype]
    plain = [relation for relation in beskrivelse.relationer if relation.form is not Form.DYNAMISK]
    noegle = Egenskab(Virkning(), {"brugervendtnoegle": "noegle"})
    return Lister(
        (noegle,),
        (Tilstand(Virkning(), Gyldighed.AKTIV),) if beskrivelse.er_aktoer else (),
        tuple(Relation(relation.navn, Virkning(), Reference(str(UUID_1))) for relation in plain[:1]),
    )


SOEG_REGISTRERING = SoegRegistrering(FRA_NS, UENDELIG_NS, Livscyklus.OPSTAAET, Reference(str(UUID_2)))
SOEG_VIRKNING = SoegVirkning(FRA_NS, UENDELIG_NS, ANSVAR)
NARROW = Filtre(FRA_NS, UENDELIG_NS, FRA_NS, TIL_NS)
OK = StandardRetur(20, "OK")


def anmodninger(operation: Operation) -> list[Anmodning]:
    """Requests of the operation: a full one first, then smaller ones."""
    t = operation.objekttype
    if t is not None:
        requests: dict[str, list[Anmodning]] = {
            "importer": [Importer(t, billede(t))],
            "opret": [Opret(t, lister(t), "note"), Opret(t, Lister((), (), ()))],
            "ret": [Ret(t, UUID_1, lister(t), "note"), Ret(t, UUID_1, Lister(tilstande=())), Ret(t, UUID_1, Lister())],
            "passiver": [Passiver(t, UUID_1, "note"), Passiver(t, UUID_1)],
            "slet": [Slet(t, UUID_1, "note"), Slet(t, UUID_1)],
            "laes": [Laes(t, UUID_1, NARROW), Laes(t, UUID_1, ALT), Laes(t, UUID_1, Filtre())],
            "list": [List(t, (UUID_1, UUID_2), NARROW), List(t, (UUID_1,), Filtre())],
            "soeg": [
                Soeg(t, kriterier(t), 0, 500, SOEG_REGISTRERING, SOEG_VIRKNING),
                Soeg(t, Lister((), (), ()), virkning=SoegVirkning(), registrering=SoegRegistrering()),
                Soeg(t, Lister((), (), ())),
            ],
        }
        return requests[operation.navn]
    egenskaber = {one: Egenskab(Virkning(), {"brugervendtnoegle": "x"}) for one in HIERARKITYPER}
    enhed = billede(Objekttype.ORGANISATION_ENHED)
    return {
        "fremsoegobjekthierarki": [Hierarki(0, 500, SOEG_REGISTRERING, SOEG_VIRKNING, egenskaber), Hierarki()],
        "import": [
            ImporterHierarki(billede(Objekttype.ORGANISATION), (enhed, enhed)),
            ImporterHierarki(billede(Objekttype.ORGANISATION)),
        ],
        "anonymiser": [Anonymiser(UUID_1), Anonymiser(cpr="0101010101")],
        "fysiskslet": [FysiskSlet(UUID_1, UUID_2)],
    }[operation.navn]


def svar(operation: Operation) -> list[Ethvertsvar]:
    """Answers of the operation: a full one first, then one that says 44 or 40."""
    t = operation.objekttype
    nothing = StandardRetur(44, "Ikke fundet")
    if t is not None:
        answers: dict[str, list[Ethvertsvar]] = {
            "opret": [OpretSvar(OK, UUID_1), OpretSvar(StandardRetur(40))],
            "laes": [LaesSvar(OK, billede(t)), LaesSvar(nothing)],
            "list": [ListSvar(OK, (billede(t), Oejebliksbillede(UUID_2, ()))), ListSvar(nothing)],
            "soeg": [SoegSvar(OK, (UUID_1, UUID_2)), SoegSvar(OK, ()), SoegSvar(nothing)],
        }
        return answers.get(operation.navn, [Svar(OK), Svar(StandardRetur(49, "Findes"))])
    if operation.navn == "fremsoegobjekthierarki":
        return [
            HierarkiSvar(OK, {one: (billede(one), billede(one, UUID_2)) for one in HIERARKITYPER}),
            HierarkiSvar(OK),
        ]
    if operation.navn == "import":
        unik = UnikRetur("Organisation", UUID_1, 20, "OK")
        return [ImporterHierarkiSvar((unik, unik)), ImporterHierarkiSvar((), (OK,)), ImporterHierarkiSvar()]
    return [Svar(OK), Svar(StandardRetur(40))]


ANMODNINGER = {
    f"{operation.sti}.{operation.navn} {n}": (operation, anmodning)
    for operation in ALLE
    for n, anmodning in enumerate(anmodninger(operation))
}
SVAR = {
    f"{operation.sti}.{operation.navn} {n}": (operation, answer)
    for operation in ALLE
    for n, answer in enumerate(svar(operation))
}
