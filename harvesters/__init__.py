"""From the wire to `RawRecord`: asks the national sites, politely, and keeps what they answered untouched."""
