"""From a plan to one statement that returns the finished JSON answer. SQLAlchemy Core, no values, no I/O.

`statement.py` is the way in; `text.py` joins text, `place.py` gives aliases, binds and predicates, `values.py` writes
leaves, `objects.py` objects and relations, `pages.py` connections, `markers.py` what is found missing on the way.
"""

from graph.compile.statement import Statement, compile_plan

__all__ = ["Statement", "compile_plan"]
