"""The house rules of size and words, on our own source."""

import ast

from tests.house.source import PACKAGES, ROOT, Function, functions, python, sql, tree

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_A_TABLE = 100
NAMES_OF_NOTHING = {"utils", "util", "helpers", "common", "misc"}
SOURCE = python(*PACKAGES, "tests", "migrations", "bench")


def test_a_file_fits_in_a_readers_head() -> None:
    sizes = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in [*SOURCE, *sql(*PACKAGES)]}

    assert {str(path): size for path, size in sizes.items() if size > MOST_LINES} == {}, "split by concept"


def lines(function: Function) -> int:
    """Its length without the docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    first = function.body[0]
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def spells_out_a_table(function: Function) -> bool:
    """No choice, loop or attempt in it: a table that happens to be built by a call."""
    turns = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match)
    return not any(isinstance(node, turns) for node in ast.walk(function)) and lines(function) <= MOST_LINES_OF_A_TABLE


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{path}:{function.lineno} {function.name}: {lines(function)} lines"
        for path in python(*PACKAGES)
        for function in functions(path)
        if lines(function) > MOST_LINES_OF_A_FUNCTION and not spells_out_a_table(function)
    ]

    assert long == []


def test_every_module_says_what_it_owns() -> None:
    silent = [str(path) for path in python(*PACKAGES) if not ast.get_docstring(tree(path))]

    assert silent == []


def test_a_module_is_named_after_its_subject() -> None:
    assert [str(path) for path in python(*PACKAGES) if path.stem in NAMES_OF_NOTHING] == []


def test_identifiers_are_ascii() -> None:
    """Danish nouns are spelt ae, oe, aa in code; the letters themselves stand in texts only."""
    foreign = [
        f"{path}:{getattr(node, 'lineno', '?')} {name}"
        for path in SOURCE
        for node in ast.walk(tree(path))
        for name in (getattr(node, "id", None), getattr(node, "name", None), getattr(node, "arg", None))
        if isinstance(name, str) and not name.isascii()
    ]

    assert foreign == []
