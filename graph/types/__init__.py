"""The public schema as Strawberry classes: each read field once, with its type, its description and its source."""
