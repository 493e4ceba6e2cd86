"""The task skiftAdresse: a new Adresse takes the old one's place for one owner. Source: rules.md 25."""

from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.ret import SaetDynamisk
from fkorg.virkning import Virkning
from graph.mutations import adresser, periode, tekster
from graph.mutations.adresser import ADRESSETYPE, Adresseejer
from graph.mutations.fejl import ugyldig
from graph.mutations.felt import resolver
from graph.mutations.forloeb import Maal
from graph.mutations.gang import Gang
from graph.mutations.skriv import Wish
from graph.mutations.typer import AdresseSkrivning, Skrivevalg
from graph.mutations.udfoer import udfoer
from graph.types.scalars import Tidspunkt


@strawberry.type
class AdresseskiftMutationer:
    """Never changes the text of an address that others may use."""

    @resolver(
        "Give a unit or user another address in a role: a new one is made, the old relation ends. Of "
        "several in the role, the primary one (lowest indeks) is replaced."
    )
    async def skift_adresse(
        self,
        info: strawberry.Info,
        ejer: Adresseejer,
        rolle: UUID,
        tekst: str,
        fra: Tidspunkt | None = None,
        valg: Skrivevalg | None = None,
    ) -> AdresseSkrivning | None:
        ejertype, uuid = _ejer(ejer)

        async def arbejde(gang: Gang) -> Maal:
            fra_ns = periode.dag_ns(fra, "fra", gang.now)
            tekster.felter(Objekttype.ADRESSE, fra_ns, {"adressetekst": tekst}, "tekst")
            registrering = await gang.laes_levende(ejertype, uuid)
            live = adresser.levende(registrering, rolle, fra_ns)
            for relation in live:
                same = relation.reference.uuid if relation.reference else None
                if same is not None and await adresser.tekst(gang, relation) == tekst:
                    await gang.ret(ejertype, uuid, registrering, [])
                    return Maal(same)
            adresse = await adresser.opret(gang, tekst, fra_ns)
            indeks = live[0].indeks if live else None
            step = SaetDynamisk("Adresser", adresse, rolle, ADRESSETYPE[ejertype], Virkning(fra_ns), indeks)
            await gang.ret(ejertype, uuid, registrering, [step])
            return Maal(adresse)

        wish = Wish("skiftAdresse", (ejer, rolle, tekst, fra), valg, [uuid], arbejde)
        return await udfoer(info, AdresseSkrivning, wish)


def _ejer(ejer: Adresseejer) -> tuple[Objekttype, UUID]:
    if isinstance(ejer.enhed, UUID):
        return Objekttype.ORGANISATION_ENHED, ejer.enhed
    if isinstance(ejer.bruger, UUID):
        return Objekttype.BRUGER, ejer.bruger
    raise ugyldig("ejer", "wanted one of enhed and bruger")
