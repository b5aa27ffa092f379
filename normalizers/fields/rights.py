"""The licence that a statement of rights names by its address."""

from __future__ import annotations

import re

# Creative Commons' own addresses of deeds: /licenses/{kind}/{version}/ and /publicdomain/{zero,mark}/1.0/.
_CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(?P<deed>licenses/(?:by|by-sa|by-nc|by-nd|by-nc-sa|by-nc-nd)/\d\.\d(?:/[a-z]{2}(?![a-z-]))?"
    r"|publicdomain/(?:zero|mark)/1\.0)",
    re.IGNORECASE,
)


def licence_uri(statement: str) -> str | None:
    """The Creative Commons address in `statement`, in its canonical form; None where it names none, or several."""
    if "creativecommons" not in statement.lower():
        return None
    deeds = {found["deed"].lower() for found in _CREATIVE_COMMONS.finditer(statement)}
    return f"https://creativecommons.org/{deeds.pop()}/" if len(deeds) == 1 else None
