"""Bytes to frozen data and back, driven by the catalogue. Knows no network and no database."""
