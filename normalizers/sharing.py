"""How much of a record may be shown to everybody, and why: the sharing rule, whose outcome every record carries.

Text beyond the title and a summary of 300 words is shown only under an open licence, or where the source's file says
that the site gave permission. A source's own `share` narrows that; so do labels, restrictions and embargoes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from harvesters.source import Source
from normalizers.care import OPEN_ACCESS
from normalizers.fields.rights import openness
from normalizers.model import Because, Rights, Share

SUMMARY_WORDS = 300
# Words, and letters of the scripts that put no spaces between words (Thai to Khmer, kana, Chinese), two of them a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s{_UNSPACED}]+")


def decided(rights: Rights, source: Source, schema: str, day: str) -> Rights:
    """`rights` with what may be shared on `day` (ISO 8601) and the rule that said so.

    - `none`, `link`: the source's file says so. A community protocol, and what carries a TK or BC label, is shared
      as a link, unless the source's file states another `share` and the `permission` for it.
    - `full`: the licence is open, or the source's file states a `permission`; and its `share` is not narrower, no
      access right is narrower than open and no embargo runs.
    - `metadata`: all else, that is title, terms and 300 words.
    """
    rules = _rules(rights, source, schema, day)
    share, because = next((share, because) for applies, share, because in rules if applies)
    return replace(rights, share=share, because=because)


def _rules(rights: Rights, source: Source, schema: str, day: str) -> Iterator[tuple[bool, Share, Because]]:
    """Whether each rule applies, and its outcome; the last applies always, and those behind the first are not asked."""
    stated = source.share if "share" in source.model_fields_set else None
    allowed = bool(stated and source.permission)
    yield stated == "none", "none", "source"
    yield stated == "link", "link", "source"
    yield bool(rights.labels) and not allowed, "link", "labels"
    yield schema == "communityProtocol" and not allowed, "link", "community"
    yield rights.access not in (None, OPEN_ACCESS), "metadata", "access"
    yield rights.embargo is not None and rights.embargo >= day[: len(rights.embargo)], "metadata", "embargo"
    yield stated == "metadata", "metadata", "source"
    yield bool(source.permission), "full", "permission"
    yield rights.licence is not None and openness(rights.licence) == "open", "full", "licence"
    yield True, "metadata", "no_open_licence"


def count_words(text: str) -> int:
    """How many words there are; two letters are one in scripts that put no spaces between words."""
    return sum(1 for _ in _WORD.finditer(text))


def first_words(text: str, number: int) -> str:
    """The first words of `text`, with an ellipsis where there were more; the whole where there were not."""
    if len(text) <= number:  # no word is shorter than a letter
        return text
    for count, word in enumerate(_WORD.finditer(text), start=1):
        if count == number and text[word.end() :].strip():
            return f"{text[: word.end()]} …"
    return text
