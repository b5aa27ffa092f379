"""Texts as the read API tells them: each with its language and the direction in which that is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from langcodes import Language
from langcodes.tag_parser import LanguageTagError
from msgspec import Struct

UNKNOWN = "und"
_RIGHT_TO_LEFT = frozenset(("Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"))


class LocalText(Struct, frozen=True):
    """A text, its BCP 47 language (`und` where nobody says which) and its direction."""

    value: str
    language: str
    direction: Literal["ltr", "rtl", "auto"]


def local_texts(texts: Mapping[str, str]) -> list[LocalText]:
    """Every language of a text; none is filled from another."""
    return [LocalText(value, language, direction(language)) for language, value in texts.items()]


@lru_cache(maxsize=1024)
def direction(language: str | None) -> Literal["ltr", "rtl", "auto"]:
    """The direction of a language's usual script (CLDR's likely subtags); `auto` where the language is unknown."""
    if not language or language == UNKNOWN:
        return "auto"
    try:
        script = Language.get(language).maximize().script
    except LanguageTagError:
        return "auto"
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


def one_text(texts: Mapping[str, str]) -> tuple[str, str]:
    """The text, and its language, for a place that takes one only: the English one, else the first that there is."""
    language = "en" if "en" in texts else next(iter(texts), UNKNOWN)
    return texts.get(language, ""), language
