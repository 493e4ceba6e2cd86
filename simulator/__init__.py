"""A municipality that speaks the official contract. Knows nothing of the read model; imports fkorg alone."""
