"""The public schema as Strawberry classes: each read field once, with its type, its description and its source."""

from graph.types import enums as enums  # first: Strawberry names an enum by what it met first
