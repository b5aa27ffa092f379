"""The read API, asked as clients ask it."""
