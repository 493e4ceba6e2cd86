"""The invented names of Korsbæk Kommune: people, places, posts. Knows no objects."""

from typing import Final


def _ord(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FORNAVNE: Final = _ord(
    "Anne Bo Camilla Dorthe Erik Freja Gitte Henrik Ida Jens Karen Lars Mette Niels Oda Peter Rikke Søren Tove Ulla "
    "Vibeke William Yrsa Zenia Ærla Øjvind Åse Agnes Bjarne Cecilie Ditte Emil Frederikke Gorm Hjalte Inge Jørgen "
    "Kirsten Lærke Mads Nanna Oskar Pernille Rasmus Sofie Thorkild Vagn"
)
EFTERNAVNE: Final = _ord(
    "Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen "
    "Kristensen Olsen Thomsen Østergaard Møller Ågård Kjær Bæk Nørgaard Skov Lindholm Højer Varnæs Skjern"
)
VEJE: Final = _ord(
    "Søndergade Nørregade Rådhuspladsen Vestergade Østergade Skolevej Kirkevej Møllevej Åboulevarden Ærtemarken "
    "Algade Dyrehavevej Jernbanegade"
)
STEDER: Final = _ord(
    "Søndermarken Ågården Kærbo Østervang Nordmarken Æblehaven Bakkegården Lærkereden Åbrinken Skovbo Møllebæk "
    "Vesterled Højager Birkely Engdraget Solsikken Fjordblik Svanehøj Kløverløkken Strandbo"
)
FORVALTNINGER: Final = (
    "Børn og Unge",
    "Social og Sundhed",
    "Teknik og Miljø",
    "Kultur og Fritid",
    "Økonomi og Personale",
    "Beskæftigelse og Borgerservice",
)
CENTRE: Final = (
    "Center for Ældre",
    "Center for Skoler",
    "Center for Dagtilbud",
    "Center for Veje og Grønne Områder",
    "Center for Borgerservice",
    "Center for Digitalisering",
    "Center for Økonomi",
    "Center for Børn og Familier",
    "Jobcenter",
)
ARTER: Final = (
    "Skolen",
    "Børnehaven",
    "Vuggestuen",
    "Plejecenter",
    "Bibliotek",
    "Sundhedshus",
    "Værksted",
    "Afdeling",
    "Sekretariat",
    "Botilbud",
    "Tandklinik",
)
HOLD: Final = ("Team", "Gruppe", "Hold", "Stue", "Vagthold", "Projekt")
STILLINGER: Final = (
    "Lærer",
    "Pædagog",
    "Pædagogmedhjælper",
    "Social- og sundhedsassistent",
    "Social- og sundhedshjælper",
    "Sygeplejerske",
    "Kontorassistent",
    "Fuldmægtig",
    "Socialrådgiver",
    "Ingeniør",
    "Gartner",
    "Teknisk servicemedarbejder",
    "Ergoterapeut",
    "Bibliotekar",
    "Specialkonsulent",
    "Rengøringsassistent",
)
LEDERTITLER: Final = ("Afdelingsleder", "Centerchef", "Skoleleder", "Teamleder", "Områdeleder", "Daglig leder")
ITSYSTEMER: Final = ("Acadre Sag", "KMD Løn", "SAPA", "Aula", "Cura Omsorg", "Fælles Postkasse", "Økonomi Ø", "GIS")
BYER: Final = ("4990 Korsbæk", "4991 Nørre Korsbæk", "4992 Ågårdsby")


def ascii_del(navn: str) -> str:
    """The name as user names hold it: lower case, æøå written ae, oe, aa."""
    return navn.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
