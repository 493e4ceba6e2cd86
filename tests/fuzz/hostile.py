"""Documents that are meant to cost: each about as large as the limits allow, or larger. Valid ones among them.

A table: name to text. Knows the schema's names, no limit and no outcome.
"""

from collections.abc import Mapping
from typing import Final

ENHED: Final = "organisationEnhed(uuid: [])"


def _kaede(antal: int, led: str, sidst: str, paa: str = "Query") -> str:
    """Fragments of which each spreads the next; `%s` in `led` is its name."""
    dele = [f"fragment f{n} on {paa} {{ {led.replace('%s', f'...f{n + 1}')} }}" for n in range(antal)]
    return " ".join([*dele, f"fragment f{antal} on {paa} {{ {sidst} }}"])


def _gentag(form: str, antal: int) -> str:
    return " ".join(form.replace("%d", str(n)) for n in range(antal))


_OVER: Final = "overordnetEnhed"
FRAGMENTER: Final[Mapping[str, str]] = {
    "chained": "{ ...f0 } " + _kaede(160, "%s %s", "__typename"),
    "chained one by one": "{ ...f0 } " + _kaede(240, "%s", "__typename"),
    "chained in fields": f"{{ {ENHED} {{ ...f0 }} }} "
    + _kaede(22, f"a: {_OVER} {{ %s }} b: {_OVER} {{ %s }}", "uuid", "OrganisationEnhed"),
    "chained in one field": f"{{ {ENHED} {{ ...f0 }} }} "
    + _kaede(22, f"{_OVER} {{ %s }} {_OVER} {{ %s }}", "uuid", "OrganisationEnhed"),
    "each spreads all": "{ ...f0 } "
    + " ".join(f"fragment f{n} on Query {{ {_gentag('...f%d', 40)} __typename }}" for n in range(40)),
    "operations times fragments": _gentag("query q%d { ...f0 }", 130) + _kaede(110, "%s", "__typename"),
    "operations times variables": _gentag("query q%d($a: [UUID!]!) { ...f0 }", 70)
    + _kaede(90, "%s", "organisationEnhed(uuid: $a) { uuid }"),
    "operations times undefined variables": _gentag("query q%d { ...f }", 130)
    + f"fragment f on Query {{ {_gentag('a%d: organisationEnhed(uuid: $v%d) { uuid }', 90)} }}",
    "unused": "{ __typename } " + _gentag("fragment f%d on Query { __typename }", 280),
    "of one name": "{ ...f } " + _gentag("fragment f on Query { __typename }", 280),
    "on types that are not there": "{ __typename } " + _gentag("fragment f%d on OrganisationEnhe%d { a }", 280),
    "that are not there": "{ " + _gentag("...f%d", 490) + " }",
    "of the subscription": "subscription { ...f0 } "
    + _kaede(150, "%s %s", "aendringer { __typename }", "Subscription"),
}
FELTER: Final[Mapping[str, str]] = {
    "one again and again": "{ " + _gentag(f"{ENHED} {{ uuid }}", 190) + " }",
    "one in one again and again": "{ " + _gentag(f"{ENHED} {{ {_OVER} {{ {_OVER} {{ uuid }} }} }}", 120) + " }",
    "that conflict far down": "{ "
    + _gentag(f"{ENHED} {{ {_OVER} {{ a%d: uuid a: uuid }} }}", 60)
    + f" {ENHED} {{ {_OVER} {{ a: enhedsnavn }} }} }}",
    "that conflict by arguments": "{ " + _gentag('a: organisationEnhed(uuid: ["%d"]) { uuid }', 120) + " }",
    "beside one another": "{ " + "__typename " * 1_990 + "}",
    "beside one another, allowed": "{ " + "__typename " * 500 + "}",
    "by other names": "{ " + _gentag("a%d: __typename", 300) + " }",
    "that are not there": "{ " + _gentag("organisationEnhe%d", 490) + " }",
    "that are not there, with long names": "{ " + _gentag(("organisationEnhed" * 40)[:600] + "%d", 90) + " }",
    "in inline fragments": "{ " + "... { __typename } " * 480 + "}",
    "in inline fragments within inline fragments": "{ " + "... { " * 190 + "__typename" + " }" * 190 + " }",
    "as deep as is allowed": f"{{ {ENHED} {{ " + f"{_OVER} {{ " * 23 + "uuid" + " }" * 25,
    "as many subselects as are allowed": "{ " + _gentag(f"a%d: {ENHED} {{ {_OVER} {{ uuid }} }}", 50) + " }",
    "that read many tables each": "{ bruger(uuid: []) { " + _gentag("a%d: ledere { __typename }", 12) + " } }",
    "that read too many tables": "{ bruger(uuid: []) { " + _gentag("a%d: ledere { __typename }", 97) + " } }",
    "of the subscription": "subscription { " + "aendringer { __typename } " * 390 + "}",
    "without a name that an error can be told of": "\n" * 1_900 + "{ " + "x " * 490 + "}",
    "after as many lines as there is room for": "\n" * 60_000 + "{ x }",
}
_SKEMA: Final = "types { fields { args { name } } }"
INTROSPEKTION: Final[Mapping[str, str]] = {
    "again and again": "{ " + f"__schema {{ {_SKEMA} }} " * 50 + "}",
    "by other names": "{ " + _gentag(f"a%d: __schema {{ {_SKEMA} }}", 20) + " }",
    "as far as is allowed": "{ __schema { types { name fields { args { " + _gentag("a%d: name", 20) + " } } } } }",
    "in itself": "{ __schema { types { " + "fields { type { " * 10 + "name" + " } }" * 10 + " } } }",
}
VAERDIER: Final[Mapping[str, str]] = {
    "an object of many fields": "{ organisationEnhed(uuid: {" + _gentag("a%d: 1", 640) + "}) { uuid } }",
    "an object of one field": "{ organisationEnhed(uuid: {" + "a: 1 " * 640 + "}) { uuid } }",
    "a list of numbers": "{ organisationEnhed(uuid: [" + "1 " * 1_980 + "]) { uuid } }",
    "a list of texts": "{ organisationEnhed(uuid: [" + '"x" ' * 1_980 + "]) { uuid } }",
    "lists in lists": "{ organisationEnhed(uuid: " + "[" * 190 + "]" * 190 + ") { uuid } }",
    "lists in lists, more": "{ organisationEnhed(uuid: " + "[" * 900 + "]" * 900 + ") { uuid } }",
    "objects in objects": "{ organisationEnhed(uuid: " + "{a: " * 190 + "1" + "}" * 190 + ") { uuid } }",
    "a type of lists": "query ($a: " + "[" * 190 + "Int" + "]" * 190 + ") { __typename }",
    "arguments that are not there": "{ organisationEnhed(" + _gentag("xuid%d: 1", 640) + ") { uuid } }",
    "one argument": "{ organisationEnhed(" + "uuid: 1 " * 640 + ") { uuid } }",
    "directives that are not there": "{ __typename " + "@a " * 990 + "}",
    "one directive": "{ __typename " + "@skip(if: true) " * 190 + "}",
    "variables": "query (" + _gentag("$v%d: Int", 480) + ") { __typename }",
    "one variable": "query (" + "$v: Int " * 480 + ") { __typename }",
    "a number of 60,000 digits": "{ organisationEnhed(uuid: " + "9" * 60_000 + ") { uuid } }",
    "a page of 4,200 digits": '{ brugerListe(cvr: "11111111", status: AKTIV, first: ' + "9" * 4_200 + ") { antal } }",
    "a page of 9,000 digits": '{ brugerListe(cvr: "11111111", status: AKTIV, first: ' + "9" * 9_000 + ") { antal } }",
    "a page of a long exponent": '{ brugerListe(cvr: "1", status: AKTIV, first: 1e' + "9" * 9_000 + ") { antal } }",
    "a text of 60,000 letters": '{ organisationEnhed(uuid: "' + "x" * 60_000 + '") { uuid } }',
    "a text of escapes": '{ organisationEnhed(uuid: "' + "\\u0041" * 9_900 + '") { uuid } }',
    "a block of lines": '{ organisationEnhed(uuid: """' + "\n " * 1_900 + 'x""") { uuid } }',
    "an enum of 50,000 letters": '{ brugerListe(cvr: "1", status: ' + "A" * 50_000 + ") { antal } }",
    "a name of 60,000 letters": "{ " + "a" * 60_000 + " }",
    "comments": "#" + "a" * 60_000 + "\n{ a }",
    "blanks": " " * 60_000 + "{ __typename }",
    "commas": "," * 60_000 + "{ __typename }",
    "operations without a name": "{ a } " * 600,
    "operations of one name": "query a { a } " * 390,
    "many words": "{ " + "a " * 30_000 + "}",
    "open brackets": "{" * 30_000,
}
ALLE: Final[Mapping[str, str]] = {
    f"{gruppe}: {navn}": text
    for gruppe, tabel in (
        ("fragments", FRAGMENTER),
        ("fields", FELTER),
        ("introspection", INTROSPEKTION),
        ("values", VAERDIER),
    )
    for navn, text in tabel.items()
}
