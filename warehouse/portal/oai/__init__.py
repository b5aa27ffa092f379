"""The OAI-PMH 2.0 provider (https://www.openarchives.org/OAI/openarchivesprotocol.html).

A record's datestamp is the moment of the release that last changed it, so it never goes back, and a list in the order
of datestamps is whole whatever is published while it is read: what changes meanwhile moves to its end.
"""
