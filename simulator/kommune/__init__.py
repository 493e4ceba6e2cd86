"""How the sample municipality is made: names, sizes, units, users. Invented people; no CPR number here can exist."""
