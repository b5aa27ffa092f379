"""From one vocabulary to another: what their publishers say is the same, and what is only close to it.

`skos:exactMatch` is transitive and symmetric, the other mappings are neither (SKOS Reference, 10.3): only exact ones
are followed from concept to concept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from vocabularies.model import Concept, Vocabulary


def joined(name: str, vocabularies: Iterable[Vocabulary]) -> Vocabulary:
    """One vocabulary of them all; of one alone, that one itself."""
    several = tuple(vocabularies)
    if len(several) == 1:
        return several[0]
    return Vocabulary(name, chain.from_iterable(vocabulary.concepts.values() for vocabulary in several))


def groups(vocabularies: Iterable[Vocabulary]) -> Iterator[list[str]]:
    """The URIs of concepts that chains of exactMatch join, sorted, a list for each chain of two or more."""
    neighbours: dict[str, set[str]] = {}
    for vocabulary in vocabularies:
        for concept in vocabulary.concepts.values():
            for uri in concept.exact:
                neighbours.setdefault(concept.uri, set()).add(uri)
                neighbours.setdefault(uri, set()).add(concept.uri)
    seen: set[str] = set()
    for start in sorted(neighbours):
        group, todo = set[str](), [start] if start not in seen else []
        while todo:
            uri = todo.pop()
            if uri not in group:
                group.add(uri)
                todo += neighbours[uri]
        seen |= group
        if group:
            yield sorted(group)


def same_as(vocabularies: Iterable[Vocabulary], ours: Iterable[Vocabulary]) -> Mapping[str, tuple[str, ...]]:
    """URI of any concept -> URIs of the concepts of `ours` that exactMatch says are the same.

    A chain that would join two concepts of one scheme contradicts itself, and leads nowhere into that scheme.
    """
    own = tuple(ours)
    same = {}
    for group in groups(vocabularies):
        reached: list[str] = []
        for vocabulary in own:
            hits = [uri for uri in group if uri in vocabulary.by_uri]
            reached += hits if len(hits) == 1 else []
        if reached:
            same.update(dict.fromkeys(group, tuple(reached)))
    return same


def near(concept: Concept, same: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """URIs that `concept` is close or related to, and those of ours that are the same as one of them."""
    for uri in (*concept.close, *concept.related):
        yield from same.get(uri, (uri,))
