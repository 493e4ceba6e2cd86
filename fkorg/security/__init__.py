"""The token and the signature, towards FK Organisation and from it. Source: security.md."""
