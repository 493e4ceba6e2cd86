"""Service 2: how the read model is read, and changed at its source. Knows not how messages arrive."""
