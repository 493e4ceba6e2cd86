"""The read model in Postgres, and the only importer of the database driver. Knows no SOAP and no GraphQL."""
