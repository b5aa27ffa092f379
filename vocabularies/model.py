"""Concepts, and how a term finds its one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from vocabularies.folding import fold
from vocabularies.numbered import numbered_key

By = Literal["notation", "prefLabel", "altLabel", "hiddenLabel"]


class Concept(Struct, frozen=True, kw_only=True):
    """A SKOS concept.

    `notation` is the CBD's identifier, verbatim (of somebody else's concept, its `uri`); `labels` the preferred ones by
    BCP 47 language, genuine only; `alternatives` and `hidden` the others; `definitions` by language; `broader` are
    notations; `codes` other notations by datatype (`iso2`, `iso3`, `m49`). `exact`, `close` and `related` are the URIs
    of concepts elsewhere to which its publisher maps it (SKOS Reference, 10): only `exact` ones mean the same; `narrow`
    ones lie within it.
    """

    notation: str
    labels: Mapping[str, str]
    uri: str = ""
    definitions: Mapping[str, str] = {}
    alternatives: Mapping[str, tuple[str, ...]] = {}
    hidden: Mapping[str, tuple[str, ...]] = {}
    broader: tuple[str, ...] = ()
    codes: Mapping[str, str] = {}
    exact: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()

    def names(self) -> Iterator[tuple[By, str, str]]:
        """Every label as (kind, language, text), preferred ones first."""
        for language, label in self.labels.items():
            yield "prefLabel", language, label
        for language, labels in self.alternatives.items():
            for label in labels:
                yield "altLabel", language, label
        for language, labels in self.hidden.items():
            for label in labels:
                yield "hiddenLabel", language, label


class Match(Struct, frozen=True):
    """A concept and the kind of label by which it was found."""

    concept: Concept
    by: By


_KINDS: tuple[By, ...] = ("notation", "prefLabel", "altLabel", "hiddenLabel")
_WORD_LIKE = 3  # letters; a code as short as that may be a word: "in", "no", "and"


class Vocabulary:
    """The concepts of one scheme, found by notation or by label; `uri` and `title` (English) are the scheme's own."""

    def __init__(self, scheme: str, concepts: Iterable[Concept], *, uri: str = "", title: str = "") -> None:
        self.scheme = scheme
        self.uri = uri
        self.title = title
        self.concepts = {concept.notation: concept for concept in concepts}
        self.by_uri = {concept.uri: concept for concept in self.concepts.values()}
        # kind -> spelling -> notation -> languages in which the concept is spelled so
        self._spellings: dict[By, dict[str, dict[str, set[str]]]] = {kind: {} for kind in _KINDS}
        for concept in self.concepts.values():
            for code in (concept.notation, *concept.codes.values()):
                self._add("notation", code, concept.notation, "")
            for kind, language, label in concept.names():
                self._add(kind, label, concept.notation, language.lower())

    def match(self, term: str, language: str | None = None) -> Match | None:
        """The one concept that `term` names, or None.

        Exact but for case, accents, width, punctuation, white space and the ways to write a target's number. Tried
        in this order: notation and codes, preferred, alternative, hidden labels. It never guesses: a spelling that
        two concepts share answers None, unless one of them alone has it in `language`.

        A code of up to three letters is a word in many a language ("in", "no", "and"). Hence `language`, which says
        that `term` is prose (pass only what the source declares), lets such codes count in capitals alone; without
        it the term is a bare value, and "be", "BE" and "Bel" all name Belgium.
        """
        key = self._key(term)
        if not key:
            return None
        kinds = _KINDS[1:] if language and _may_be_a_word(term) else _KINDS
        for kind in kinds:
            spelled = self._spellings[kind].get(key)
            if spelled:
                notation = _only(spelled, language)
                return None if notation is None else Match(self.concepts[notation], kind)
        return None

    def shared_labels(self) -> Iterator[tuple[By, str, str, list[str]]]:
        """Labels that find no concept, since two have them in one language: kind, label folded, language, notations."""
        for kind in _KINDS[1:]:
            for label, spelled in sorted(self._spellings[kind].items()):
                languages = sorted(set().union(*spelled.values())) if len(spelled) > 1 else []
                for language in languages:
                    notations = sorted(notation for notation, spoken in spelled.items() if language in spoken)
                    if len(notations) > 1:
                        yield kind, label, language, notations

    def _add(self, kind: By, spelling: str, notation: str, language: str) -> None:
        self._spellings[kind].setdefault(self._key(spelling), {}).setdefault(notation, set()).add(language)

    def _key(self, text: str) -> str:
        return numbered_key(self.scheme, fold(text))


def _only(spelled: Mapping[str, set[str]], language: str | None) -> str | None:
    """The one notation, or the one that has the spelling in this language or, failing that, in its family."""
    if len(spelled) == 1:
        return next(iter(spelled))
    tag = (language or "").lower()
    for wanted in (tag, tag.partition("-")[0]):
        notations = [notation for notation, languages in spelled.items() if wanted and wanted in languages]
        if notations:
            return notations[0] if len(notations) == 1 else None
    return None


def _may_be_a_word(term: str) -> bool:
    bare = term.strip()
    return len(bare) <= _WORD_LIKE and bare.isalpha() and not bare.isupper()
