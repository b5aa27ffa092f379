"""What is wrong, or only wanting, in a drawer of vocabularies, file by file and between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from vocabularies.crossing import groups
from vocabularies.model import Vocabulary
from vocabularies.skos import VocabularyError, load

UN_LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")


class Finding(Struct, frozen=True, kw_only=True):
    """One thing to know of a scheme: an error must be mended, a warning should be, a note is for translators."""

    scheme: str
    severity: Literal["error", "warning", "note"]
    message: str


def check(files: Mapping[str, Path]) -> list[Finding]:
    """Everything that is to be said of the vocabularies in `files` (scheme -> Turtle file), by scheme.

    Errors: what `load` refuses (duplicate notations, broken or circular broader, no or two names in a language), and
    chains of exactMatch that join two concepts of one scheme. Warnings: labels that two concepts share, which then
    find neither. Notes: names that are missing in a language of the United Nations.
    """
    found, sound = [], {}
    for scheme, path in files.items():
        try:
            sound[scheme] = load(path)
        except VocabularyError as error:
            found.append(Finding(scheme=scheme, severity="error", message=str(error)))
    found += _joined(sound.values())
    for vocabulary in sound.values():
        found += _clashing(vocabulary)
        found += _untranslated(vocabulary)
    return sorted(found, key=lambda finding: finding.scheme)


def _joined(vocabularies: Iterable[Vocabulary]) -> Iterator[Finding]:
    several = tuple(vocabularies)
    for group in groups(several):
        for vocabulary in several:
            hits = [vocabulary.by_uri[uri].notation for uri in group if uri in vocabulary.by_uri]
            if len(hits) > 1:
                chain = " = ".join(group)
                message = f"exactMatch makes {' and '.join(hits)} the same: {chain}. One of these is a closeMatch."
                yield Finding(scheme=vocabulary.scheme, severity="error", message=message)


def _clashing(vocabulary: Vocabulary) -> Iterator[Finding]:
    for kind, label, language, notations in vocabulary.shared_labels():
        message = f"{kind} {label!r} ({language}) is shared by {', '.join(notations)}, and finds none of them."
        yield Finding(scheme=vocabulary.scheme, severity="warning", message=message)


def _untranslated(vocabulary: Vocabulary) -> Iterator[Finding]:
    count = len(vocabulary.concepts)
    for language in UN_LANGUAGES:
        lacking = [concept for concept in vocabulary.concepts.values() if language not in concept.labels]
        if lacking:
            which = "all" if len(lacking) == count else f"{len(lacking)} of"
            message = f"{which} {count} concepts have no name in {language}."
            yield Finding(scheme=vocabulary.scheme, severity="note", message=message)
