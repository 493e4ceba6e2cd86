"""Our source as the house rules see it: which files, their syntax trees, their strings. Knows no rule."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("fkorg", "simulator", "model", "ingest", "graph", "orgraf")


def python(*folders: str) -> list[Path]:
    """The Python files below these folders, as paths from the root."""
    return sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))


def sql(*folders: str) -> list[Path]:
    """The .sql files below these folders."""
    return sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.sql"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def docstrings(path: Path) -> set[int]:
    """The ids of the nodes that are documentation: strings that stand alone as a statement."""
    return {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}


def strings(path: Path) -> Iterator[ast.Constant]:
    """Every string of the file but its documentation."""
    documentation = docstrings(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Every call of the file as written, `datetime.now` for one, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield ast.unparse(node.func), node.lineno
