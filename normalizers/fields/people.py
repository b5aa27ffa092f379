"""Names of people and organizations, without their e-mail addresses: those are personal, and nobody asked for them."""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.fields.text import clean

_EMAIL = re.compile(r"(?<![\w.+'’-])(?:mailto:\s*)?[\w.+'’-]++@[\w-]+(?:\.[\w-]+)+")
_BETWEEN = re.compile(r"\s*[;|؛；]\s*")
_AROUND = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_SHORT = 100  # characters of a value worth remembering: an office signs everything it publishes
_IN_BRACKETS = re.compile(r"\((?P<name>[^()]*)\)")


def split_names(value: str) -> tuple[str, ...]:
    """The names of "Lambert, Anne; Diop, Awa", in order: parted at semicolons and bars, since commas stand in names."""
    return _split(value) if len(value) <= _SHORT else _split.__wrapped__(value)


@lru_cache(maxsize=8192)
def _split(value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(person_name, _BETWEEN.split(clean(value)))))


def person_name(value: str) -> str:
    """The name in "Name", "Name <mail@x.org>" or RSS 2.0's "mail@x.org (Name)"; "" where there is only an address."""
    if "@" not in value:
        return clean(value)
    rest = clean(_AROUND.sub(" ", _EMAIL.sub(" ", value)))
    alone = _IN_BRACKETS.fullmatch(rest)
    return clean(alone["name"] if alone else rest.strip(" ,;:-"))
