"""The relations of the schema: from a row to its related rows, as parts of one statement. One module per subject.

Each function takes the place (`Sted`) and returns what is to be read (`Fra`). Every table reference passes the tenant
wall and the time by `sted.gaelder`, or the wall alone by `sted.egen` where a table has no time.
"""

from graph.relations import (
    adresser,
    brugere,
    enheder,
    funktioner,
    ledere,
    medarbejdere,
    medlemskaber,
    meta,
    opgaver,
    organisationer,
    registreringer,
    rod,
    soegning,
)

__all__ = [
    "adresser",
    "brugere",
    "enheder",
    "funktioner",
    "ledere",
    "medarbejdere",
    "medlemskaber",
    "meta",
    "opgaver",
    "organisationer",
    "registreringer",
    "rod",
    "soegning",
]
