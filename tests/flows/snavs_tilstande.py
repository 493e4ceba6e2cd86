"""What becomes of every dirty record of the sample data (domain.md 11): a row per object of each, by name.

`svar` is what the API answers, and asks for just that; None: NotFound, or null with the warning. `advarsler` are the
fields that warn. `liste` is the list by status that a unit or user stands in; "" for none, as rules.md 15 has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

FOER: Final = "2019-02-28T23:00:00Z"
"""Midnight of 1 March 2019, Danish time: when the records begin."""
SLUT: Final = "2023-06-30T22:00:00Z"
"""Midnight of 1 July 2023: when what has ended did."""
PLANLAGT: Final = "2037-01-01T12:00:00Z"
"""A moment after what is planned has begun."""
LANG: Final = ("Ærligt lang adresse på Østervang " * 7)[:200]
FOR_LANG: Final = "Åbningstider og andet som nogen har skrevet her. " * 15
ROD: Final = {"enhedsnavn": "Korsbæk Kommune"}


@dataclass(frozen=True)
class Uuid:
    """Stands for the uuid of one of the record's objects, or of what is missing, by its short name."""

    kort: str


@dataclass(frozen=True)
class Sag:
    """One object of a record, and how it ends."""

    kort: str
    svar: Mapping[str, Any] | None
    advarsler: Sequence[str] = ()
    liste: str = "AKTIV"
    lagret: str | None = "IMPORTERET"
    """The life cycle code that is stored; None: nothing is."""
    tid: str | None = None
    """When it is asked for, by @tidspunkt; None: now."""


def _membership(start: str = FOER, slut: str | None = None, **mere: Any) -> dict[str, Any]:
    return {"start": start, "slut": slut, **mere}


def _ved(navn: str) -> dict[str, Any]:
    """The user's one membership, and his chain through it."""
    sti = [] if navn == "" else [ROD, {"enhedsnavn": navn}]
    return {
        "harMedlemskab": [_membership(medlemAf={"enhedsnavn": navn} if navn else None)],
        "enhedsstier": [{"sti": sti}],
    }


UDEN_MEDLEMSKAB: Final = {"harMedlemskab": [], "enhedsstier": [], "ledere": []}
UDENFOR: Final = {"sti": [], "dybde": None, "effektivLeder": None, "underliggendeEnheder": []}
BORTE: Final = {"liste": "", "lagret": None}
NAVN: Final = ("OrganisationEnhed.enhedsnavn",)
INAKTIV: Final = {"status": "INAKTIV", "fraTidspunkt": SLUT, "tilTidspunkt": None}
UKENDT: Final = {"status": "INAKTIV", "fraTidspunkt": None, "tilTidspunkt": None}

ENHEDER: Final[Mapping[str, Sequence[Sag]]] = {
    "flere_roedder": [
        Sag("gammel", {**UDENFOR, "overordnetEnhed": None}, liste=""),
        Sag("barn", {**UDENFOR, "overordnetEnhed": {"uuid": Uuid("gammel")}}, liste=""),
        Sag("anden", {**UDENFOR, "enhedsnavn": "Prøvetræ"}, liste=""),
    ],
    "dinglende_overordnet": [Sag("enhed", {**UDENFOR, "overordnetEnhed": None}, liste="")],
    "cyklus": [
        Sag("a", {**UDENFOR, "overordnetEnhed": {"uuid": Uuid("b")}}, liste=""),
        Sag("b", {**UDENFOR, "overordnetEnhed": {"uuid": Uuid("a")}}, liste=""),
    ],
    "dinglende_adresse": [Sag("enhed", {"dybde": 1, "adresser": []}, ("OrganisationEnhed.adresser",))],
    "dinglende_funktion": [
        Sag("enhed", {"henvendelsessteder": [], "udbetalendeEnhed": None}, ("OrganisationEnhed.henvendelsessteder",))
    ],
    "dobbelt_adresse": [
        Sag(
            "enhed",
            {
                "adresser": [
                    {"uuid": Uuid("adresse"), "adresseTekst": "+45 11 22 33 44", "klassifikation": {"indeks": indeks}}
                    for indeks in ("1", "2")
                ]
            },
        ),
        Sag("adresse", {"enheder": [{"uuid": Uuid("enhed")}], "klassifikation": {"indeks": "1"}}),
    ],
    "ukendt_adresserolle": [
        Sag(
            "enhed",
            {
                "adresser": [
                    {
                        "adresseTekst": "Brevdue 7",
                        "adresseRolleTitel": None,
                        "klassifikation": {"rolle": Uuid("rolle"), "indeks": "1"},
                    }
                ]
            },
            ("Adresse.adresseRolleTitel",),
        ),
        Sag("adresse", {"adresseRolleTitel": None}, ("Adresse.adresseRolleTitel",)),
    ],
    "ukendt_enhedstype": [
        Sag("enhed", {"enhedstypeUuid": Uuid("type"), "enhedstypeTitel": None}, ("OrganisationEnhed.enhedstypeTitel",))
    ],
    "urn_reference": [Sag("enhed", {"dybde": 1, "enhedstypeUuid": None, "enhedstypeTitel": None})],
    "uden_gyldighed": [Sag("enhed", {"tilstand": UKENDT}, ("Tilstand.status",), "INAKTIV")],
    "overlappende_gyldighed": [Sag("enhed", {"tilstand": INAKTIV}, liste="INAKTIV")],
    "inaktiv_enhed": [
        Sag(
            "enhed", {**UDENFOR, "tilstand": INAKTIV, "overordnetEnhed": None, "enhedstypeUuid": None}, liste="INAKTIV"
        ),
        Sag("barn", {**UDENFOR, "overordnetEnhed": {"uuid": Uuid("enhed")}}, liste=""),
    ],
    "nul_registreringer": [Sag("enhed", None, **BORTE)],
    "to_registreringer": [Sag("enhed", {"enhedsnavn": "Enhed med to registreringer"})],
    "udloebet_relation": [
        Sag("enhed", {"adresser": [{"uuid": Uuid("ny"), "adresseTekst": "ny@korsbaek.example"}]}),
        Sag("ny", {"adresseRolleTitel": "E-mail", "enheder": [{"uuid": Uuid("enhed")}]}),
        Sag("gammel", {"adresseTekst": "før@korsbaek.example", "adresseRolleTitel": None, "enheder": []}),
    ],
    "fra_uendelig": [
        Sag("enhed", {"dybde": 1, "tilstand": {"status": "AKTIV", "fraTidspunkt": None, "tilTidspunkt": None}})
    ],
    "tom_periode": [Sag("enhed", {"dybde": 1, "adresser": []})],
    "omvendt_periode": [Sag("enhed", {"dybde": 1, "adresser": []})],
    "planlagt_enhed": [
        Sag("enhed", None, liste=""),
        Sag("enhed", {"enhedsnavn": "Enhed der kommer", "overordnetEnhed": ROD}, liste="", tid=PLANLAGT),
    ],
    "versaler": [
        Sag(
            "enhed",
            {
                "uuid": Uuid("enhed"),
                "dybde": 1,
                "underliggendeEnheder": [{"uuid": Uuid("barn")}],
                "adresser": [{"uuid": Uuid("adresse"), "adresseTekst": "Store Bogstaver 1"}],
            },
        ),
        Sag("barn", {"dybde": 2, "overordnetEnhed": {"uuid": Uuid("enhed")}}),
        Sag("adresse", {"uuid": Uuid("adresse"), "enheder": [{"uuid": Uuid("enhed")}]}),
    ],
    "fremmed_tilhoerer": [
        Sag("enhed", {"enhedsnavn": "Nabokommunens enhed", "sti": [], "dybde": None}, liste=""),
        Sag("enhed", {"tilhoerer": None}, ("Query.organisationEnhed",), ""),
    ],
    "passiveret_enhed": [Sag("enhed", None, liste="", lagret="PASSIVERET")],
    "danske_bogstaver": [Sag("enhed", {"enhedsnavn": 'Æblegårdens Børnehave – Øst & Åben <"hæ\'"> æ\u0301'})],
    "navnloes_enhed": [
        Sag("uden_navn", {"enhedsnavn": "uden navn", "brugervendtNoegle": "uden navn"}, NAVN),
        Sag("uden_noegle", {"enhedsnavn": Uuid("uden_noegle"), "brugervendtNoegle": None}, NAVN),
        Sag("uden_egenskab", {"enhedsnavn": Uuid("uden_egenskab"), "brugervendtNoegle": None}, NAVN),
    ],
    "lange_adresser": [
        Sag("enhed", {"adresser": [{"adresseTekst": LANG}, {"adresseTekst": FOR_LANG}]}),
        Sag("lang", {"adresseTekst": LANG}),
        Sag("for_lang", {"adresseTekst": FOR_LANG}),
    ],
}
"""Units, and what hangs on them."""

BRUGERE: Final[Mapping[str, Sequence[Sag]]] = {
    "robot": [
        Sag("bruger", {"brugerTypeTitel": "Non-Person Entity bruger", "person": {"navn": "RPA Lønkørsel"}}),
        Sag("person", {"navn": "RPA Lønkørsel", "brugere": [{"brugernavn": "rpa-loen"}]}),
    ],
    "bruger_uden_person": [Sag("bruger", {"brugernavn": "udenperson", "person": None})],
    "dinglende_person": [Sag("bruger", {"brugernavn": "tabtperson", "person": None})],
    "dinglende_brugeradresse": [Sag("bruger", {"brugernavn": "tabtmail", "adresser": []}, ("Bruger.adresser",))],
    "to_brugere_en_person": [
        Sag("a", {"person": {"uuid": Uuid("person"), "navn": "Åse Ærtebjerg Østergård"}}),
        Sag("b", {"person": {"uuid": Uuid("person"), "navn": "Åse Ærtebjerg Østergård"}}),
        Sag("person", {"brugere": [{"brugernavn": "aaae-a"}, {"brugernavn": "aaae-b"}]}),
    ],
    "to_personer": [
        Sag("bruger", {"brugernavn": "topersoner", "person": {"uuid": Uuid("foerste"), "navn": "Ib FOERSTE Bæk"}}),
        Sag("foerste", {"navn": "Ib FOERSTE Bæk", "brugere": [{"brugernavn": "topersoner"}]}),
        Sag("anden", None, lagret=None),
    ],
    "faelles_uuid": [
        Sag("bruger", {"uuid": Uuid("person"), "person": {"uuid": Uuid("bruger"), "navn": "Ulla Fælles Nøgle"}}),
        Sag("person", {"navn": "Ulla Fælles Nøgle", "brugere": [{"brugernavn": "sammeuuid"}]}),
    ],
    "person_uden_bruger": [Sag("person", None, lagret=None)],
    "udloebet_brugeradresse": [
        Sag("bruger", {"brugernavn": "udloebet", "adresser": []}),
        Sag("bruger", {"adresser": [{"adresseTekst": "+45 10 00 00 02"}]}, tid=PLANLAGT),
        Sag("gammel", {"adresseTekst": "+45 10 00 00 01", "adresseRolleTitel": None, "brugere": []}),
        Sag("ny", {"adresseTekst": "+45 10 00 00 02", "adresseRolleTitel": None, "brugere": []}),
    ],
    "bruger_uden_gyldighed": [Sag("bruger", {"tilstand": UKENDT}, ("Tilstand.status",), "INAKTIV")],
    "bruger_uden_type": [Sag("bruger", {"brugerTypeUuid": None, "brugerTypeTitel": None})],
    "ukendt_brugertype": [
        Sag("bruger", {"brugerTypeUuid": Uuid("type"), "brugerTypeTitel": None}, ("Bruger.brugerTypeTitel",))
    ],
    "bruger_versaler": [Sag("bruger", {"uuid": Uuid("bruger"), "brugernavn": "versaler"})],
    "bruger_nul_registreringer": [Sag("bruger", None, **BORTE)],
    "bruger_to_registreringer": [Sag("bruger", {"brugernavn": "nytnavn"})],
    "passiveret_bruger": [Sag("bruger", None, liste="", lagret="PASSIVERET")],
    "inaktiv_bruger": [
        Sag("bruger", {"brugernavn": "fratraadt", "tilstand": INAKTIV, **UDEN_MEDLEMSKAB}, liste="INAKTIV")
    ],
    "slettet_adresse": [
        Sag("bruger", {"brugernavn": "slettetmail", "adresser": []}, ("Bruger.adresser",)),
        Sag("adresse", None, lagret="SLETTET"),
    ],
}
"""Users and persons."""

FUNKTIONER: Final[Mapping[str, Sequence[Sag]]] = {
    "dinglende_enhed": [
        Sag("funktion", {"enheder": [], "brugere": [{"brugernavn": "tabtenhed"}]}, ("OrganisationFunktion.enheder",)),
        Sag("bruger", {**_ved(""), "ledere": []}),
    ],
    "dinglende_bruger": [
        Sag("funktion", {"enheder": [{"uuid": Uuid("enhed")}], "brugere": []}, ("OrganisationFunktion.brugere",)),
        Sag("enhed", {"medlemskaber": [_membership(bruger=None)]}),
    ],
    "funktion_uden_enhed": [
        Sag("funktion", {"enheder": [], "brugere": [{"brugernavn": "udenenhed"}]}),
        Sag("bruger", UDEN_MEDLEMSKAB),
    ],
    "funktion_to_enheder": [
        Sag("funktion", {"enheder": [{"uuid": Uuid("anden")}, {"uuid": Uuid("foerste")}]}),
        Sag("foerste", {"medlemskaber": [_membership(bruger={"uuid": Uuid("bruger")})]}),
        Sag("anden", {"medlemskaber": [], "funktioner": {"antal": 1}}),
        Sag("bruger", _ved("Delt enhed foerste")),
    ],
    "funktion_mange_brugere": [
        Sag("funktion", {"brugere": [{"brugernavn": f"faelles{n}"} for n in range(5)]}),  # by name; members: by uuid
        Sag("enhed", {"medlemskaber": [_membership(bruger={"brugernavn": f"faelles{n}"}) for n in (0, 1, 3, 4, 2)]}),
        *[Sag(f"bruger{n}", _ved("Enhed med fælles stilling")) for n in range(5)],
        Sag("bruger5", UDEN_MEDLEMSKAB),
    ],
    "ubesat_stilling": [
        Sag("funktion", {"enheder": [{"uuid": Uuid("enhed")}], "brugere": []}),
        Sag("enhed", {"medlemskaber": [{"medlemskabRolleTitel": "Særlig stilling", **_membership(bruger=None)}]}),
    ],
    "to_ledere": [
        Sag(
            "enhed",
            {
                "ledere": [{"bruger": {"brugernavn": "ledera"}}, {"bruger": {"brugernavn": "lederb"}}],
                "effektivLeder": {"bruger": {"brugernavn": "ledera"}, "nedarvet": False, "afstand": 0},
            },
        ),
        Sag("leder_a", {"lederAf": [{"uuid": Uuid("enhed")}], "ledere": []}),
        Sag("leder_b", {"lederAf": [{"uuid": Uuid("enhed")}], "ledere": []}),
        Sag("funktion_a", {"funktionsTypeTitel": "Lederrolle", "brugere": [{"uuid": Uuid("leder_a")}]}),
        Sag("funktion_b", {"funktionsTypeTitel": "Lederrolle", "brugere": [{"uuid": Uuid("leder_b")}]}),
    ],
    "leder_fra_anden_enhed": [
        Sag("enhed", {"effektivLeder": {"bruger": {"uuid": Uuid("bruger")}, "nedarvet": False}}),
        Sag("hjemme", {"ledere": [], "effektivLeder": {"nedarvet": True, "fraEnhed": ROD}}),
        Sag(
            "bruger",
            {
                "lederAf": [{"uuid": Uuid("enhed")}],
                "enhedsstier": [{"sti": [ROD, {"enhedsnavn": "Lederens egen enhed"}]}],
            },
        ),
        Sag("ansaettelse", {"enheder": [{"uuid": Uuid("hjemme")}]}),
        Sag("leder", {"enheder": [{"uuid": Uuid("enhed")}]}),
    ],
    "ukendt_funktionstype": [
        Sag(
            "funktion",
            {"funktionsTypeUuid": Uuid("type"), "funktionsTypeTitel": None, "brugere": [{"uuid": Uuid("bruger")}]},
            ("OrganisationFunktion.funktionsTypeTitel",),
        ),
        Sag(
            "enhed",
            {"medlemskaber": [], "funktioner": {"edges": [{"node": {"funktionsTypeUuid": Uuid("type")}}]}},
        ),
        Sag("bruger", UDEN_MEDLEMSKAB),
    ],
    "systemrolle": [
        Sag("funktion", {"funktionsTypeTitel": "Systemrolle", "enheder": [{"uuid": Uuid("enhed")}], "brugere": []}),
        Sag("enhed", {"medlemskaber": [], "itSystemer": [{"uuid": Uuid("itsystem")}]}),
    ],
    "fremtidig_ansaettelse": [
        Sag("funktion", None),
        Sag("enhed", {"medlemskaber": []}),
        Sag("bruger", UDEN_MEDLEMSKAB),
        Sag("bruger", {"enhedsstier": [{"sti": [ROD, {"enhedsnavn": "Enhed der venter nogen"}]}]}, tid=PLANLAGT),
    ],
    "funktion_uden_enhed_mere": [
        Sag("funktion", {"enheder": [], "brugere": [{"brugernavn": "forlod"}]}),
        Sag("enhed", {"medlemskaber": [], "funktioner": {"antal": 0}}),
        Sag("bruger", UDEN_MEDLEMSKAB),
    ],
    "aldrig_medlem": [
        Sag("funktion", {"enheder": [], "brugere": [{"brugernavn": "aldrig"}]}),
        Sag("enhed", {"medlemskaber": []}),
        Sag("bruger", UDEN_MEDLEMSKAB),
    ],
}
"""Functions, and the units and users at their ends."""

TILSTANDE: Final = {**ENHEDER, **BRUGERE, **FUNKTIONER}
