"""Which sites there are, and which of them the registry has: coverage of the Parties, and what the registry lacks."""
