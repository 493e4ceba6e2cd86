"""The SOAP services of FK Organisation, called: transport, client, and what their failures mean."""
