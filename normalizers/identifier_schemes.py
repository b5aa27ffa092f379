"""Identifiers whose format says by which scheme they are to be read, apart from the identifier itself."""

from __future__ import annotations

from normalizers.fields.links import looks_like_link

_RESOLVERS = {
    "arxiv": "https://arxiv.org/abs/",
    "handle": "https://hdl.handle.net/",
    "hdl": "https://hdl.handle.net/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
}
_UNNAMED = frozenset(("", "local", "other", "uri", "url", "uuid"))


def in_scheme(value: str, scheme: str | None) -> str:
    """The identifier so that it stands alone: an address where its scheme resolves to one, else `ISBN 978-...`.

    DOIs and addresses need no scheme, and those that begin with its name (`urn:`, `ark:`) do not either.
    """
    name = (scheme or "").strip()
    key = name.lower()
    if key in _UNNAMED or not value or "://" in value or looks_like_link(value):
        return value
    bare = value[len(key) + 1 :] if value.lower().startswith(f"{key}:") else value
    if key in _RESOLVERS:
        return _RESOLVERS[key] + bare
    return value if value.lower().startswith(key) else f"{name} {value}"
