"""Changing the organisation at its source: rights, merge, SOAP call, mark dirty, wait, answer by plan."""
