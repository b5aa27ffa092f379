"""What the parts of a document share: its type, the slots of languages, and coded values."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TypeAlias

from harvesters.model import Json

Document: TypeAlias = dict[str, Json]

SIX = ("ar", "en", "es", "fr", "ru", "zh")
"""The languages of the United Nations, in which the portals show labels."""


@lru_cache(maxsize=1024)
def slot(language: str) -> str:
    """The infix of a language: its primary subtag in capitals, as `EN`; `UND` where nobody says which it is."""
    return language.partition("-")[0].upper()


def coded(symbol: str, language: str, label: str) -> str:
    """What a coded field (`_CEN_s`) holds: JSON text, which the portals parse."""
    return json.dumps({"symbol": symbol, language: label}, ensure_ascii=False)
