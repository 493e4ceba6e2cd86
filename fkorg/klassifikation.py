"""The class UUIDs we know, by meaning and with their titles. Defaults that an environment can override.

Source: domain.md 3 (titles paired there; labels are never keys). Unknown classes are data, not errors: they get a null
title and a WARNING in the API (rules.md 6).
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

ENHEDSROLLE: Final = UUID("02e61900-33e0-407f-a2a7-22f70221f003")
ANSAT_I: Final = UUID("57553824-5ed0-4a64-b8aa-7e801df264f6")
LEDERROLLE: Final = UUID("46c73630-f7ad-4000-9624-c06131cde671")
UDBETALENDE_ENHED: Final = UUID("faf29ba2-da6d-49c4-8a2f-0739172f4227")
HENVENDELSESSTED: Final = UUID("7368482a-177e-4e04-8574-f558e6f1ef45")
SYSTEMROLLE: Final = UUID("82fcfc0f-88c4-4dc2-a30d-d091986a6112")
MEDLEMSKABER: Final = (ENHEDSROLLE, ANSAT_I, LEDERROLLE)
"""The function types that are memberships. Source: rules.md 16."""
ANSAETTELSER: Final = (ENHEDSROLLE, ANSAT_I)
"""The memberships that are employments. Source: rules.md 17."""

ENHEDSADRESSE: Final = UUID("9b33c0a0-a566-4ec0-8200-325cb1e5bb9a")
BRUGERADRESSE: Final = UUID("71a08d28-3af7-4bb4-9964-bc2b76b93d64")
FUNKTIONSADRESSE: Final = UUID("1a8374f6-0ee8-4201-b27c-0e84d57db0ba")
ITSYSTEMADRESSE: Final = UUID("fe5092b8-aee7-488f-a881-6dd088227bf4")
OPGAVEKLASSE: Final = UUID("9870b51e-3bc0-4f98-8827-eba991dd89a9")
ANSVARLIG: Final = UUID("2a5f38d8-7092-4b3f-85cc-7e272c3c4bb0")

ENHED_POSTADRESSE: Final = UUID("80b610c6-314b-485a-a014-a9a1d7070bc4")
ENHED_TELEFON: Final = UUID("8dcfa714-5ed3-4000-b551-2ba520e7d8ad")
ENHED_EMAIL: Final = UUID("2b670843-ce42-411a-8fb5-311dfdd5caf0")
ENHED_EAN: Final = UUID("9ccaafe4-c4b2-4d25-942a-2ec5730d4ed8")
ENHED_LOS_KORT: Final = UUID("47a33082-4687-4a68-b82f-5bf6f9d8ee13")
BRUGER_EMAIL: Final = UUID("5d13e891-162a-456b-abf2-fd9b864df96d")
BRUGER_TELEFON: Final = UUID("5ef6be2d-59f4-4652-a680-585929924ba9")
BRUGER_LOKATION: Final = UUID("ad04ac80-e24a-45a5-9dd9-8537a916ac74")

INTERN_BRUGER: Final = UUID("fe5bec29-0709-4b45-b935-2748ff554c7a")
EKSTERN_BRUGER: Final = UUID("9de1426d-2ffb-4d3b-95aa-2afdec22c133")
NON_PERSON_BRUGER: Final = UUID("fb24bae4-beb1-4970-9a94-cf7ce215f63c")
AFDELING: Final = UUID("16bf18c3-ed6f-44b0-b7a1-35f94984e519")
TEAM: Final = UUID("2d9710bf-e9cc-465f-8ec7-46d5f2a64412")
KLE_FACET: Final = UUID("00000c7e-face-4001-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Klasse:
    """One class: its number (KLE only), title, and the facet that groups it."""

    uuid: UUID
    titel: str
    nummer: str | None = None
    facet: str | None = None
    aktiv: bool = True


def _klasser(facet: str, titler: dict[str, UUID | str]) -> tuple[Klasse, ...]:
    return tuple(Klasse(UUID(str(uuid)), titel, facet=facet) for titel, uuid in titler.items())


KENDTE: Final[tuple[Klasse, ...]] = (
    _klasser(
        "Funktionstype",
        {
            "Enhedsrolle (Arbejder i)": ENHEDSROLLE,
            "Ansat i": ANSAT_I,
            "Lederrolle": LEDERROLLE,
            "Udbetalende enhed": UDBETALENDE_ENHED,
            "Henvendelsessted": HENVENDELSESSTED,
            "Systemrolle": SYSTEMROLLE,
        },
    )
    + _klasser(
        "Relationstype",
        {
            "OrgEnhedAdresse": ENHEDSADRESSE,
            "BrugerAdresse": BRUGERADRESSE,
            "OrgFunktionAdresse": FUNKTIONSADRESSE,
            "ItSystemAdresse": ITSYSTEMADRESSE,
            "Opgave/Klasse": OPGAVEKLASSE,
        },
    )
    + _klasser(
        "Enhedsadresse",
        {
            "Postadresse": ENHED_POSTADRESSE,
            "Postadresse returpost": "3629ce92-594b-4380-9527-81d6e53edc11",
            "Henvendelsesadresse": "639a3ed9-86b0-4968-825b-434666cf6220",
            "Henvendelse, åbningstid": "f37e5877-1549-4b5d-a53b-819491f0b933",
            "Mobiltelefon": ENHED_TELEFON,
            "Telefon, åbningstid": "f6fd6117-c718-4254-a6f5-92538ad5a2f4",
            "Fastnettelefon": "02826f64-5613-468e-ace5-3f089cb3ed20",
            "E-mail": ENHED_EMAIL,
            "E-mail, bemærkninger": "d4939781-f2c4-401c-8c2f-0d08221127b9",
            "EAN": ENHED_EAN,
            "URL": "a99c073d-482e-47d3-9275-13c79f453c3a",
            "Lokation": "ec387d90-263c-4cce-8de2-63b407a0daac",
            "LOS-kaldenavn kort": ENHED_LOS_KORT,
            "LOS-id": "ee78e99a-6220-48ea-81fe-e4db239ee10a",
            "DTR-id": "81912344-ef86-4cff-a522-a0001607d2ce",
            "FOA": "0dac99a2-c419-4113-bb1d-757e00669bf2",
            "P-nummer": "7c6e2a82-ec39-4ec4-a2b7-fdfe667e1d2b",
            "SOR": "b44138cf-72df-45d1-8821-83db39b62093",
        },
    )
    + _klasser(
        "Brugeradresse",
        {
            "E-mail": BRUGER_EMAIL,
            "Mobiltelefon": BRUGER_TELEFON,
            "Fastnettelefon": "47c05422-5379-4c27-9ddf-e02b52b3d961",
            "Lokation": BRUGER_LOKATION,
            "RACF-id": "519a2d12-d099-434a-a3a2-a7397db7c741",
            "FMK-id": "85760831-0671-4127-93f7-0eee227c5ff9",
        },
    )
    + _klasser("Funktionsadresse", {"URL": "560cb83d-386d-43c0-aaa2-986a915b087c"})
    + _klasser(
        "Udgået adresserolle",
        {
            "Lokation": "c06cd146-ae9d-46e7-8c32-1f59a112e1b3",
            "Telefon, åbningstid": "3ffa11d1-cf69-4c1a-91d2-5791b1221833",
            "Henvendelse, åbningstid": "835f8356-53fa-489d-9ad9-0827a224db24",
            "Henvendelsesadresse": "e7145fbb-2205-48b6-9579-74699e1e1fa0",
            "Postadresse returpost": "33b18ee9-428c-492b-bbc2-761ed92240ad",
            "E-mail, bemærkninger": "11c7d157-20c7-42e9-a4f1-34c213194bfa",
        },
    )
    + _klasser("Opgaverolle", {"Ansvarlig": ANSVARLIG})
    + _klasser(
        "Brugertype",
        {
            "Intern bruger": INTERN_BRUGER,
            "Ekstern bruger": EKSTERN_BRUGER,
            "Non-Person Entity bruger": NON_PERSON_BRUGER,
        },
    )
    + _klasser("Enhedstype", {"Afdeling": AFDELING, "Team": TEAM})
)
"""What is built in; the rest comes from a file (`orgraf klasser FILE`)."""
