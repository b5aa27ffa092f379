"""Web pages of sites that have no interface: what a page is, what it says, and which records stand on it."""
