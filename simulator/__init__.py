"""A municipality that speaks FK Organisation's contract: its services, its distributor, its data and its faults.

Imports fkorg alone. Nothing but orgraf and the tests imports it.
"""
