"""Failpoints: each has a name in one list, and each name a place in the code."""

import ast
from collections import Counter

from fkorg.failpoint import STEDER
from tests.house.source import PACKAGES, python, tree


def test_every_failpoint_is_listed_and_every_listed_one_is_somewhere() -> None:
    passed = Counter(
        node.args[0].value if isinstance(node.args[0], ast.Constant) else ast.unparse(node.args[0])
        for path in python(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
    )

    assert passed == Counter(STEDER.keys())
    assert len(STEDER) >= 15
