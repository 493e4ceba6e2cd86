"""Dirty units: roots, parents, addresses, names, types, registrations. One function for each kind."""

from dataclasses import replace
from typing import Final

from fkorg.klassifikation import ENHED_EMAIL, ENHED_POSTADRESSE, ENHED_TELEFON
from fkorg.registrering import Gyldighed, Livscyklus, Reference
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import Virkning
from simulator.kommune import byg
from simulator.kommune.byg import Ramme
from simulator.kommune.snavs_byg import (
    AFSLUTTET,
    ALTID,
    FOER_NS,
    FRA,
    SLUT,
    Fund,
    Saerhed,
    adresse,
    enhed,
)


def _flere_roedder(r: Ramme, n: str) -> Fund:
    gammel = enhed(r, r.uuid(n, "gammel"), "Korsbæk Amt (nedlagt)", rod=True)
    barn = enhed(r, r.uuid(n, "barn"), "Amtets vejvæsen", overordnet=gammel[1])
    return Fund({"gammel": gammel, "barn": barn, "anden": enhed(r, r.uuid(n, "anden"), "Prøvetræ", rod=True)})


def _dinglende_overordnet(r: Ramme, n: str) -> Fund:
    mangler = r.uuid(n, "mangler")
    return Fund(
        {"enhed": enhed(r, r.uuid(n), "Enhed uden overordnet i live", overordnet=mangler)}, {"mangler": mangler}
    )


def _cyklus(r: Ramme, n: str) -> Fund:
    a, b = r.uuid(n, "a"), r.uuid(n, "b")
    return Fund({"a": enhed(r, a, "Kreds A", overordnet=b), "b": enhed(r, b, "Kreds B", overordnet=a)})


def _dinglende_adresse(r: Ramme, n: str) -> Fund:
    mangler = r.uuid(n, "mangler")
    relation = byg.enhedsadresse(r, mangler, ENHED_POSTADRESSE, ALTID, "1")
    return Fund({"enhed": enhed(r, r.uuid(n), "Enhed med tabt adresse", relationer=(relation,))}, {"mangler": mangler})


def _dinglende_funktion(r: Ramme, n: str) -> Fund:
    mangler = r.uuid(n, "mangler")
    relation = byg.peger(r, "TilknyttedeFunktioner", mangler, ALTID)
    return Fund({"enhed": enhed(r, r.uuid(n), "Enhed med tabt funktion", relationer=(relation,))}, {"mangler": mangler})


def _dobbelt_adresse(r: Ramme, n: str) -> Fund:
    telefon = adresse(r, r.uuid(n, "adresse"), "+45 11 22 33 44")
    relationer = [byg.enhedsadresse(r, telefon[1], ENHED_TELEFON, ALTID, indeks) for indeks in ("1", "2")]
    return Fund({"enhed": enhed(r, r.uuid(n), "Enhed med dobbelt adresse", relationer=relationer), "adresse": telefon})


def _ukendt_adresserolle(r: Ramme, n: str) -> Fund:
    post = adresse(r, r.uuid(n, "adresse"), "Brevdue 7")
    rolle = r.uuid(n, "rolle")
    relation = byg.enhedsadresse(r, post[1], rolle, ALTID, "1")
    enheden = enhed(r, r.uuid(n), "Enhed med ukendt adresserolle", relationer=(relation,))
    return Fund({"enhed": enheden, "adresse": post}, {"rolle": rolle})


def _ukendt_enhedstype(r: Ramme, n: str) -> Fund:
    art = r.uuid(n, "type")
    return Fund({"enhed": enhed(r, r.uuid(n), "Enhed af ukendt type", enhedstype=art)}, {"type": art})


def _urn_reference(r: Ramme, n: str) -> Fund:
    enheden = enhed(r, r.uuid(n), "Enhed med URN", enhedstype=None)
    relation = replace(byg.peger(r, "Enhedstype", r.uuid(n), ALTID), reference=Reference("urn:oio:type:ukendt"))
    return Fund({"enhed": _med(enheden, relationer=(*enheden[2][0].relationer, relation))})


def _uden_gyldighed(r: Ramme, n: str) -> Fund:
    return Fund({"enhed": _med(enhed(r, r.uuid(n), "Enhed uden gyldighed"), tilstande=())})


def _overlappende_gyldighed(r: Ramme, n: str) -> Fund:
    tilstande = (byg.gyldig(r, ALTID), byg.gyldig(r, byg.periode(SLUT), Gyldighed.INAKTIV))
    return Fund({"enhed": _med(enhed(r, r.uuid(n), "Enhed både aktiv og inaktiv"), tilstande=tilstande)})


def _inaktiv_enhed(r: Ramme, n: str) -> Fund:
    post = _med(enhed(r, r.uuid(n), "Nedlagt enhed"), tilstande=byg.gyldig_til(r, FRA, SLUT))
    relationer = tuple(replace(one, virkning=AFSLUTTET) for one in post[2][0].relationer)
    under = enhed(r, r.uuid(n, "barn"), "Enhed under nedlagt enhed", overordnet=post[1])
    return Fund({"enhed": _med(post, relationer=relationer), "barn": under})


def _nul_registreringer(r: Ramme, n: str) -> Fund:
    post = enhed(r, r.uuid(n), "Enhed uden registrering")
    return Fund({"enhed": post}, saerheder={"enhed": Saerhed.INGEN_REGISTRERING})


def _to_registreringer(r: Ramme, n: str) -> Fund:
    post = enhed(r, r.uuid(n), "Enhed med to registreringer")
    foer = replace(enhed(r, r.uuid(n), "Enhed, som den hed før")[2][0], tidspunkt_ns=FOER_NS)
    return Fund({"enhed": (post[0], post[1], (foer, post[2][0]))}, saerheder={"enhed": Saerhed.TO_REGISTRERINGER})


def _udloebet_relation(r: Ramme, n: str) -> Fund:
    ny, gammel = (
        adresse(r, r.uuid(n, "ny"), "ny@korsbaek.example"),
        adresse(r, r.uuid(n, "gammel"), "før@korsbaek.example"),
    )
    relationer = (
        byg.enhedsadresse(r, gammel[1], ENHED_EMAIL, AFSLUTTET, "1"),
        byg.enhedsadresse(r, ny[1], ENHED_EMAIL, byg.periode(SLUT), "2"),
    )
    post = enhed(r, r.uuid(n), "Enhed med udløbet adresse", relationer=relationer)
    return Fund({"enhed": post, "ny": ny, "gammel": gammel})


def _fra_uendelig(r: Ramme, n: str) -> Fund:
    return Fund({"enhed": _i_periode(r, n, "Enhed fra tidernes morgen", Virkning(ALTID_NS, UENDELIG_NS))})


def _tom_periode(r: Ramme, n: str) -> Fund:
    tom = Virkning(ALTID.fra_ns, ALTID.fra_ns)
    return Fund({"enhed": _med_ekstra_type(r, n, "Enhed med tom periode", tom)})


def _omvendt_periode(r: Ramme, n: str) -> Fund:
    omvendt = Virkning(ALTID.fra_ns, ALTID.fra_ns - 86_400 * 10**9)
    return Fund({"enhed": _med_ekstra_type(r, n, "Enhed med omvendt periode", omvendt)})


def _planlagt_enhed(r: Ramme, n: str) -> Fund:
    return Fund({"enhed": _i_periode(r, n, "Enhed der kommer", byg.periode(byg.PLANLAGT))})


def _versaler(r: Ramme, n: str) -> Fund:
    post = adresse(r, r.uuid(n, "adresse"), "Store Bogstaver 1")
    relation = byg.enhedsadresse(r, post[1], ENHED_POSTADRESSE, ALTID, "1")
    enheden = enhed(r, r.uuid(n), "Enhed med versaler", relationer=(relation,))
    barn = enhed(r, r.uuid(n, "barn"), "Enhed under versaler", overordnet=enheden[1])
    return Fund({"enhed": enheden, "barn": barn, "adresse": post}, saerheder={"enhed": Saerhed.VERSALER})


def _fremmed_tilhoerer(r: Ramme, n: str) -> Fund:
    fremmed = r.uuid(n, "organisation")
    post = enhed(r, r.uuid(n), "Nabokommunens enhed", organisation=fremmed)
    return Fund({"enhed": post}, {"organisation": fremmed})


def _passiveret_enhed(r: Ramme, n: str) -> Fund:
    objekttype, uuid, (levende,) = enhed(r, r.uuid(n), "Passiveret enhed")
    doed = replace(levende, livscyklus=Livscyklus.PASSIVERET)
    return Fund({"enhed": (objekttype, uuid, (replace(levende, tidspunkt_ns=FOER_NS), doed))})


def _danske_bogstaver(r: Ramme, n: str) -> Fund:
    return Fund({"enhed": enhed(r, r.uuid(n), 'Æblegårdens Børnehave – Øst & Åben <"hæ\'"> \u00e6\u0301')})


def _navnloes_enhed(r: Ramme, n: str) -> Fund:
    uden_alt = enhed(r, r.uuid(n, "uden_egenskab"), None)
    return Fund(
        {
            "uden_navn": enhed(r, r.uuid(n, "uden_navn"), None),
            "uden_noegle": _med(enhed(r, r.uuid(n, "uden_noegle"), None), egenskaber=(byg.egenskab(r, ALTID),)),
            "uden_egenskab": _med(uden_alt, egenskaber=()),
        }
    )


def _lange_adresser(r: Ramme, n: str) -> Fund:
    lang = adresse(r, r.uuid(n, "lang"), ("Ærligt lang adresse på Østervang " * 7)[:200])
    for_lang = adresse(r, r.uuid(n, "for_lang"), "Åbningstider og andet som nogen har skrevet her. " * 15)
    relationer = [
        byg.enhedsadresse(r, post[1], ENHED_POSTADRESSE, ALTID, indeks)
        for indeks, post in enumerate_text(lang, for_lang)
    ]
    return Fund(
        {
            "enhed": enhed(r, r.uuid(n), "Enhed med lange adresser", relationer=relationer),
            "lang": lang,
            "for_lang": for_lang,
        }
    )


def enumerate_text(*poster: byg.Post) -> list[tuple[str, byg.Post]]:
    """The records with "1", "2" ... before them."""
    return [(str(n), post) for n, post in enumerate(poster, 1)]


def _med(post: byg.Post, **aendret: object) -> byg.Post:
    objekttype, uuid, registreringer = post
    return objekttype, uuid, (*registreringer[:-1], replace(registreringer[-1], **aendret))  # type: ignore[arg-type]  # fields of Registrering by name


def _i_periode(r: Ramme, n: str, navn: str, virkning: Virkning) -> byg.Post:
    """A unit all of whose entries have the period."""
    objekttype, uuid, (reg,) = enhed(r, r.uuid(n), navn)
    registreret = replace(
        reg,
        egenskaber=tuple(replace(one, virkning=virkning) for one in reg.egenskaber),
        tilstande=tuple(replace(one, virkning=virkning) for one in reg.tilstande),
        relationer=tuple(replace(one, virkning=virkning) for one in reg.relationer),
    )
    return objekttype, uuid, (registreret,)


def _med_ekstra_type(r: Ramme, n: str, navn: str, virkning: Virkning) -> byg.Post:
    """A unit with one more address entry, of that period."""
    relation = byg.enhedsadresse(r, r.uuid(n, "adresse"), ENHED_POSTADRESSE, virkning, "1")
    return enhed(r, r.uuid(n), navn, relationer=(relation,))


SNAVS: Final = {
    "flere_roedder": ("two more units without parent, one with a child", _flere_roedder),
    "dinglende_overordnet": ("a unit whose parent does not exist", _dinglende_overordnet),
    "cyklus": ("two units that are each other's parent", _cyklus),
    "dinglende_adresse": ("a unit whose address does not exist", _dinglende_adresse),
    "dinglende_funktion": ("a unit whose contact function does not exist", _dinglende_funktion),
    "dobbelt_adresse": ("a unit with the same address twice in the same role", _dobbelt_adresse),
    "ukendt_adresserolle": ("an address in a role that no classification knows", _ukendt_adresserolle),
    "ukendt_enhedstype": ("a unit of a type that no classification knows", _ukendt_enhedstype),
    "urn_reference": ("a unit whose type is a URN, no UUID", _urn_reference),
    "uden_gyldighed": ("a unit without Gyldighed", _uden_gyldighed),
    "overlappende_gyldighed": ("a unit that is Aktiv for ever and Inaktiv since 2023-07-01", _overlappende_gyldighed),
    "inaktiv_enhed": ("a unit closed on 2023-07-01, with a child that still points at it", _inaktiv_enhed),
    "nul_registreringer": ("a unit that reads return without registration", _nul_registreringer),
    "to_registreringer": ("a unit that reads return with two registrations", _to_registreringer),
    "udloebet_relation": ("a unit with an e-mail that ended on 2023-07-01 and its successor", _udloebet_relation),
    "fra_uendelig": ("a unit whose every FraTidspunkt is infinite", _fra_uendelig),
    "tom_periode": ("a unit with an address entry that ends when it begins", _tom_periode),
    "omvendt_periode": ("a unit with an address entry that ends before it begins", _omvendt_periode),
    "planlagt_enhed": ("a unit whose every entry begins on 2036-08-01", _planlagt_enhed),
    "versaler": ("a unit that is written with UUIDs in upper case, and its child that is not", _versaler),
    "fremmed_tilhoerer": ("a unit under our root that belongs to another organisation", _fremmed_tilhoerer),
    "passiveret_enhed": ("a unit with life cycle Passiveret", _passiveret_enhed),
    "danske_bogstaver": ("a unit whose name has æøå, quotes, < and &, and a combining accent", _danske_bogstaver),
    "navnloes_enhed": ("units without name, without name and key, without Egenskab", _navnloes_enhed),
    "lange_adresser": ("addresses of 200 signs, and of more than the schema allows", _lange_adresser),
}
"""Name -> (what it is, how it is made)."""
