"""Names of people and organizations, without their e-mail addresses: those are personal, and nobody asked for them."""

from __future__ import annotations

import re

from normalizers.fields.text import clean

_EMAIL = re.compile(r"(?<![\w.+'’-])(?:mailto:\s*)?[\w.+'’-]++@[\w-]+(?:\.[\w-]+)+")
_BETWEEN = re.compile(r"\s*[;|؛；]\s*")
_AROUND = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_IN_BRACKETS = re.compile(r"\((?P<name>[^()]*)\)")


def split_names(value: str) -> tuple[str, ...]:
    """The names of "Lambert, Anne; Diop, Awa", in order: parted at semicolons and bars, since commas stand in names."""
    return tuple(filter(None, map(person_name, _BETWEEN.split(clean(value)))))


def person_name(value: str) -> str:
    """The name in "Name", "Name <mail@x.org>" or RSS 2.0's "mail@x.org (Name)"; "" where there is only an address."""
    if "@" not in value:
        return clean(value)
    rest = clean(_AROUND.sub(" ", _EMAIL.sub(" ", value)))
    alone = _IN_BRACKETS.fullmatch(rest)
    return clean(alone["name"] if alone else rest.strip(" ,;:-"))
