"""FK Organisation as its owner fixes it. Knows no database and no GraphQL."""
