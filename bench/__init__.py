"""The benchmark: data, a peer, and one table as its result. Nothing of the product imports it."""
