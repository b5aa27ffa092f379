"""The read side: a search index over a release, and what it answers in the dialect of the CHM's own index."""
