"""The rules of FK Organisation's operations, on the truth alone. Knows no XML and no HTTP."""
