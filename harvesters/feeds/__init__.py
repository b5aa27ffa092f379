"""What `protocols/feed.py` stands on: how feeds are read, and what lasts of the names and dates of their entries."""
