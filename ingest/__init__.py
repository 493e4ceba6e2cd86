"""Service 1: how the read model is filled and kept fresh. Knows no GraphQL."""
