"""Random small documents in which names meet: few response keys, many types, so that about half cannot be merged."""

import random
from dataclasses import dataclass, field

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

SCHEMA = build_schema("""
    type Query { dyr: Dyr hund: Hund kat: Kat alle: [Alt!] dyrene(f: F, tal: [Int]): [Dyr] }
    input F { a: Int b: [Int] c: String }
    interface Dyr { navn: String alder: Int! ven: Dyr boern: [Dyr!] kaelenavn: String }
    type Hund implements Dyr {
        navn: String alder: Int! ven: Dyr boern: [Dyr!] kaelenavn: String tal(a: Int, b: String): Int! hus: Hus
    }
    type Kat implements Dyr {
        navn: String alder: Int! ven: Dyr boern: [Dyr!] kaelenavn: String! tal(a: Int, b: String): Int hus: [Hus]
    }
    type Hus { ejer: Dyr nr: Int navn: [String] naboer: [Hus] slags: Slags }
    enum Slags { HUNDEHUS KURV }
    union Alt = Hund | Kat | Hus
""")
ARGUMENTER = {
    "tal": ("", "(a: 1)", "(a: 1, b: null)", "(b: null, a: 1)", "(a: $v)", '(b: "x")', '(b: """x""")'),
    "dyrene": ("", "(f: {a: 1, c: \"x\"})", "(f: {c: \"x\", a: 1})", "(f: {b: [1, $v]})", "(tal: [1, 2])", "(tal: 1)"),
}  # fmt: skip
NOEGLER = ("a", "b", "navn", "ven")


def a_document(seed: int, schema: GraphQLSchema = SCHEMA) -> str:
    """The document of that seed, valid but for its overlaps."""
    return _Skriver(random.Random(seed), schema).dokument()


@dataclass
class _Skriver:
    rng: random.Random
    schema: GraphQLSchema
    fragmenter: list[str] = field(default_factory=list)
    kendte: list[tuple[str, GraphQLObjectType | GraphQLInterfaceType]] = field(default_factory=list)
    rest: int = 0

    def dokument(self) -> str:
        """Fragments come first, so that each spreads only such as are written already: no circles."""
        self.rest = self.rng.randint(3, 26)
        for nummer in range(self.rng.randint(0, 3)):
            type_ = self.rng.choice([self.schema.type_map[navn] for navn in ("Query", "Dyr", "Hund", "Kat", "Hus")])
            text = f"fragment F{nummer} on {type_.name} {self.udvalg(type_, 3)}"
            self.fragmenter.append(text)
            self.kendte.append((f"F{nummer}", type_))
        self.rest = max(self.rest, 6)
        krop = self.udvalg(self.schema.query_type, 4)
        brugte = [text for nummer, text in enumerate(self.fragmenter) if self._brugt(f"F{nummer}", krop)]
        variabel = "query ($v: Int) " if "$v" in krop + "".join(brugte) else "query "
        return "\n".join([variabel + krop, *brugte])

    def _brugt(self, navn: str, krop: str) -> bool:
        """From the operation, by way of other fragments too."""
        kilder = [krop]
        for nummer in reversed(range(len(self.fragmenter))):
            if any(f"...F{nummer} " in kilde for kilde in kilder):
                kilder.append(self.fragmenter[nummer])
                if navn == f"F{nummer}":
                    return True
        return False

    def udvalg(self, type_: object, dybde: int) -> str:
        dele = [self.del_(type_, dybde) for _ in range(self.rng.randint(1, 4))]
        return "{ " + " ".join(dele) + " }"

    def del_(self, type_: object, dybde: int) -> str:
        self.rest -= 1
        valg = self.rng.random()
        mulige = [navn for navn, paa in self.kendte if self._moedes(paa, type_)]
        if valg < 0.2 and mulige:
            return f"...{self.rng.choice(mulige)} "
        if valg < 0.4 and dybde > 0:
            paa = [t for t in self.schema.type_map.values() if is_composite_type(t) and self._moedes(t, type_)]
            til = self.rng.choice([None, *(t for t in paa if not t.name.startswith("__"))])
            return f"... {'' if til is None else f'on {til.name} '}{self.udvalg(til or type_, dybde - 1)}"
        return self.felt(type_, dybde)

    def felt(self, type_: object, dybde: int) -> str:
        felter = dict(getattr(type_, "fields", {}))
        blade = {navn: f for navn, f in felter.items() if not is_composite_type(get_named_type(f.type))}
        if dybde <= 0 or self.rest <= 0:
            felter = blade
        navn = self.rng.choice([*felter, "__typename"])
        noegle = f"{self.rng.choice(NOEGLER)}: " if self.rng.random() < 0.5 else ""
        argumenter = self.rng.choice(ARGUMENTER[navn]) if navn in ARGUMENTER else ""
        under = get_named_type(felter[navn].type) if navn in felter else None
        krop = f" {self.udvalg(under, dybde - 1)}" if under is not None and is_composite_type(under) else ""
        return f"{noegle}{navn}{argumenter}{krop}"

    def _moedes(self, en: object, anden: object) -> bool:
        return bool(self._objekter(en) & self._objekter(anden))

    def _objekter(self, type_: object) -> set[str]:
        if is_abstract_type(type_):
            return {one.name for one in self.schema.get_possible_types(type_)}
        return {type_.name}  # type: ignore[attr-defined]
