"""The issues of one record, worded alike: which source and record, which field, what was found, and what to do."""

from __future__ import annotations

from typing import Literal

from harvesters.model import Issue

_LONGEST_VALUE = 500
_ADVICE = {
    "no_title": ("is missing", "Ask the site for one; until then the record is listed without."),
    "extra_value": ("has a further value in the same language, which was left out", "Ask the site to send one."),
    "language_not_understood": (
        "is no language that we know",
        "Add it to the source's `lookups: languages`, or ask the site for a BCP 47 tag.",
    ),
    "date_not_understood": ("is no date that we can read", "Ask the site for ISO 8601, such as 2024-12-05."),
    "date_ambiguous": ("may be day or month first", "Say which in the source's `reading: date_order` (dmy or mdy)."),
    "language_impossible": (
        "is declared, but the text is in another script",
        "Ask the site to tag its text; until then the language was told from the text, or left open.",
    ),
    "translation_copied": (
        "has the same text in another language, and was left out as no translation",
        "Ask the site to leave out what is not translated.",
    ),
    "text_cut": ("is longer than a record carries, and was cut", "The raw page has all of it."),
    "markup_left_out": (
        "is HTML that cannot be shown safely, and stands as plain text only",
        "Nothing needs to be done; the raw page has it.",
    ),
    "contact_masked": ("had an e-mail address or telephone number, which was masked", "Nothing needs to be done."),
    "coordinates_hidden": (
        "are left out, since the record or the source file says that the place is sensitive",
        "Nothing needs to be done.",
    ),
    "coordinates_refused": ("are no place on earth", "Ask the site for degrees of WGS 84: west, south, east, north."),
    "link_refused": ("is no http or https address", "Ask the site to mend it; the link was left out."),
    "lookup_unknown": (
        "is led by the source's `lookups` to an identifier that the vocabulary lacks",
        "Mend the source file.",
    ),
    "default_unknown": ("in the source's `defaults` is no term of the vocabulary", "Mend the source file."),
    "legal_default": (
        "is a legal format, which only a record itself may claim",
        "Take it out of the source's `defaults`.",
    ),
}
_NOTES = frozenset(("extra_value", "contact_masked", "coordinates_hidden", "markup_left_out"))


def encodable(text: str) -> str:
    """`text` as UTF-8 can carry it: a lone surrogate, which JSON may smuggle in, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Issues:
    """Collects the issues of one record; `found` is in order of appearance."""

    def __init__(self, source: str, record: str) -> None:
        self._source = source
        self._record = encodable(record)
        self.found: list[Issue] = []

    def add(self, code: str, field: str, value: str | None = None) -> None:
        """Note a value that could not be used; `code` is one of those worded above."""
        what, advice = _ADVICE[code]
        shown = None if value is None else encodable(value[:_LONGEST_VALUE])
        subject = field if shown is None else f"{field} {shown!r}"
        message = f"{self._source}, record {self._record}: {subject} {what}. {advice}"
        severity: Literal["note", "warning"] = "note" if code in _NOTES else "warning"
        self.found.append(
            Issue(code=code, message=message, severity=severity, record=self._record, field=field, value=shown)
        )
