"""The oracle: answers documents by plain Python loops over rows in memory, as the specification says.

It exists in the tests only. It was written from the rules and not from the compiler, and shares no code with it but
the schema (`schema.graphql`) and the shape of the tables. `execute.py` walks the document, `snapshot.py` holds the
rows, the other files say what each field answers.
"""
