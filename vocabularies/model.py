"""Concepts, and how a term finds its one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

By = Literal["notation", "prefLabel", "altLabel", "hiddenLabel"]


class Concept(Struct, frozen=True, kw_only=True):
    """A SKOS concept.

    `notation` is the CBD's identifier, verbatim; `labels` the preferred ones by BCP 47 language, genuine only;
    `alternatives` and `hidden` the others; `broader` are notations; `codes` other notations by datatype
    (`iso3`, `m49`).
    """

    notation: str
    labels: Mapping[str, str]
    alternatives: Mapping[str, tuple[str, ...]] = {}
    hidden: Mapping[str, tuple[str, ...]] = {}
    broader: tuple[str, ...] = ()
    codes: Mapping[str, str] = {}


class Match(Struct, frozen=True):
    """A concept and the kind of label by which it was found."""

    concept: Concept
    by: By


class Vocabulary:
    """The concepts of one scheme, found by notation or by label."""

    def __init__(self, scheme: str, concepts: Iterable[Concept]) -> None:
        self.scheme = scheme
        self.concepts = {concept.notation: concept for concept in concepts}

    def match(self, term: str, language: str | None = None) -> Match | None:
        """The concept that `term` names."""
        raise NotImplementedError(term, language)
