"""FK Organisation as its owner fixes it: catalogue, XML, SOAP, tokens, Beskedfordeler. No database, no GraphQL."""
