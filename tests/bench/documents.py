"""Documents of the CHM's index by the million, without publishing any: a few real ones, multiplied.

Their words are drawn as often as words are in a language (Zipf), and some are planted: see `PLANTED`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from tests.portal.corpus import records
from tests.warehouse.formats.editions import index
from warehouse.index_documents import Document

PLANTED = {"broad": 0.43, "medium": 0.04, "narrow": 0.0004}
"""How many of the documents have a word of a kind; there are `WORDS_EACH` words of each kind."""
WORDS_EACH = 12
_VOCABULARY = 60_000
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "he", "ki", "lo", "mu", "na", "po", "ri", "sa", "te", "vu", "zy")


def planted(kind: str) -> list[str]:
    """The words of a kind: `broadba`, `broadco` ..."""
    return [f"{kind}{syllable}" for syllable in _SYLLABLES[:WORDS_EACH]]


def documents(count: int) -> Iterator[Document]:
    """So many documents, always the same, in the order of their identifiers."""
    draw = random.Random(20261125)
    seeds = [index().document(record) for record in records()]
    words = ["".join(_SYLLABLES[number >> shift & 15] for shift in (0, 4, 8, 12)) for number in range(_VOCABULARY)]
    weights = list(accumulate(1 / (rank + 10) for rank in range(_VOCABULARY)))
    rates = [(word, rate) for kind, rate in PLANTED.items() for word in planted(kind)]
    for number in range(count):
        said = draw.choices(words, cum_weights=weights, k=45) + [word for word, rate in rates if draw.random() < rate]
        yield _document(draw, seeds[number % len(seeds)], number, said)


def _document(draw: random.Random, seed: Document, number: int, said: list[str]) -> Document:
    name, title = f"{number:08X}-5000-8000", f"{' '.join(said[:6])} {number}"
    summary = " ".join(said[6:])
    day = f"20{draw.randrange(10, 26)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 28):02}"
    when = f"{day}T{draw.randrange(24):02}:00:00Z"
    return seed | {
        "id": f"harvested-{name}",
        "identifier_s": name,
        "uniqueIdentifier_s": f"harvested-{name}",
        "uniqueIdentifier_t": f"harvested-{name}",
        "title_s": title,
        "title_t": title,
        "title_EN_s": title,
        "title_EN_t": title,
        "summary_s": summary,
        "summary_EN_s": summary,
        "summary_t": summary,
        "summary_EN_t": summary,
        "text_EN_txt": [title, summary],
        "updatedDate_dt": when,
        "createdDate_dt": when,
        "url_ss": [f"https://site.example/{name}", f"https://site.example/{name}.pdf"],
    }
