"""What an operation answers: a StandardRetur's code and text. Source: domain.md 8.4, FACTS.md 4."""

from typing import Final

from fkorg.kvittering import AFVIST, IKKE_FUNDET, TIDSPUNKT_I_FREMTIDEN, TILSTANDSKONFLIKT, UDFOERT, UGYLDIG_PERIODE
from fkorg.kvittering import StandardRetur as Retur


class Afvist(Exception):
    """The operation is refused and nothing is written; carries the answer."""

    def __init__(self, retur: Retur) -> None:
        super().__init__(f"{retur.status_kode} {retur.tekst}")
        self.retur = retur


def inkonsistent(tekst: str) -> Afvist:
    """The refusal of inconsistent input. The service's texts are free Danish; nobody may parse them."""
    return Afvist(Retur(AFVIST, tekst))


OK: Final = Retur(UDFOERT, "OK")
UKENDT: Final = Retur(IKKE_FUNDET, "Objektet findes ikke")
INGEN: Final = Retur(IKKE_FUNDET, "Ingen objekter fundet")
FREMTIDIG: Final = Retur(TIDSPUNKT_I_FREMTIDEN, "Registreringstidspunktet ligger i fremtiden")
FOR_SENT: Final = Retur(UGYLDIG_PERIODE, "Registreringstidspunktet ligger før objektets seneste registrering")
FINDES: Final = Retur(TILSTANDSKONFLIKT, "Objektet findes allerede")
IKKE_LEVENDE: Final = Retur(TILSTANDSKONFLIKT, "Objektet er passiveret eller slettet")
