"""How big each sample municipality is. Source: domain.md 11; m0, m1 and m10 are the benchmark's shape."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Stoerrelse:
    """Counts of live objects; shares are 0..1; per-user and per-unit figures are means."""

    brugere: int
    inaktive: float
    enheder: int
    dybde: int
    roller: int
    ledere: int
    kontakt: int
    adresser_pr_bruger: float = 2.2
    adresser_pr_enhed: float = 4.0
    enheder_med_opgaver: float = 0.3
    opgaver: int = 5


STOERRELSER: Final = {
    "small": Stoerrelse(1_500, 0.20, 150, 5, 1_700, 120, 20),
    "medium": Stoerrelse(7_000, 0.20, 700, 7, 8_000, 550, 60, opgaver=8),
    "large": Stoerrelse(32_000, 0.30, 3_500, 9, 37_000, 2_800, 250, opgaver=10),
    "stress": Stoerrelse(60_000, 0.30, 9_000, 12, 70_000, 7_000, 600, opgaver=15),
    "m0": Stoerrelse(2_000, 0.0, 200, 9, 3_000, 200, 4, 3.0, 3.0),
    "m1": Stoerrelse(50_000, 0.0, 5_000, 9, 75_000, 5_000, 100, 3.0, 3.0),
    "m10": Stoerrelse(500_000, 0.0, 50_000, 9, 750_000, 50_000, 1_000, 3.0, 3.0),
}
