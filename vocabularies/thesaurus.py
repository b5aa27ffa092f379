"""The CBD's thesaurus API, `GET .../domains/{domain}/terms`: what it lists, and a vocabulary brought up to it.

Its answer is a JSON array of terms; absent languages are left out, `shortTitle` may be empty, and a term may name its
broader terms, its narrower ones, or both (clearing-house documentation, thesaurus).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from vocabularies.model import Concept, Vocabulary
from vocabularies.turtle import TERMS, is_tag

API = "https://api.cbd.int/api/v2013/thesaurus"
DOMAINS = f"{API}/domains/"


class Term(msgspec.Struct, frozen=True):
    """A term as the API gives it, in what we use of it; languages are BCP 47."""

    identifier: str
    name: str = ""
    title: Mapping[str, str | None] | None = None
    shortTitle: Mapping[str, str | None] | None = None  # noqa: N815 - the API's own name
    description: str | None = None
    longDescription: Mapping[str, str | None] | None = None  # noqa: N815 - the API's own name
    broaderTerms: tuple[str, ...] = ()  # noqa: N815 - the API's own name
    narrowerTerms: tuple[str, ...] = ()  # noqa: N815 - the API's own name

    def titles(self) -> dict[str, str]:
        """Titles that say something, by language; the name, which is English, where there is none."""
        return _texts(self.title) or _texts({"en": self.name})


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """A vocabulary as the API has it, and the notations that are new, changed, or not listed there (and kept)."""

    vocabulary: Vocabulary
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unlisted: tuple[str, ...]


def domain(vocabulary: Vocabulary) -> str | None:
    """The domain of the thesaurus whose terms these are, as it stands in a URL; None for what is not the CBD's."""
    return vocabulary.uri.removeprefix(DOMAINS) if vocabulary.uri.startswith(DOMAINS) else None


def read(body: bytes) -> tuple[list[Term], list[str]]:
    """The terms of an answer in its order, and a complaint for each that cannot be one.

    Raises:
        ValueError: the answer is no JSON array.
    """
    terms, complaints = [], []
    for number, raw in enumerate(msgspec.json.decode(body, type=list[msgspec.Raw]), 1):
        try:
            term = msgspec.json.decode(raw, type=Term)
        except msgspec.ValidationError as error:
            complaints.append(f"term {number}: {error}")
            continue
        if term.identifier.strip() and term.titles():
            terms.append(term)
        else:
            complaints.append(f"term {number} ({term.identifier!r}) has no identifier or no title")
    return terms, complaints


def renew(vocabulary: Vocabulary, terms: Sequence[Term]) -> Renewal:
    """Bring a vocabulary up to what the API lists.

    Titles, short titles, definitions and what is broader are the API's. What it does not know stays: codes, mappings,
    hidden labels, and a former title as an alternative. A concept that it does not list stays too: records carry it.
    """
    listed = {term.identifier for term in terms}
    above: dict[str, set[str]] = {}
    for term in terms:
        for broader in listed.intersection(term.broaderTerms):
            above.setdefault(term.identifier, set()).add(broader)
        for narrower in listed.intersection(term.narrowerTerms):
            above.setdefault(narrower, set()).add(term.identifier)
    old = vocabulary.concepts
    new = {term.identifier: _concept(term, old.get(term.identifier), above.get(term.identifier, ())) for term in terms}
    return Renewal(
        vocabulary=Vocabulary(vocabulary.scheme, {**old, **new}.values(), uri=vocabulary.uri, title=vocabulary.title),
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(notation for notation in new.keys() & old.keys() if new[notation] != old[notation])),
        unlisted=tuple(sorted(old.keys() - new.keys())),
    )


def _concept(term: Term, known: Concept | None, broader: Iterable[str]) -> Concept:
    uri = TERMS + quote(term.identifier, safe="")
    before = known or Concept(notation=term.identifier, uri=uri, labels={})
    labels = {**before.labels, **term.titles()}
    alternatives = _added(before.alternatives, before.labels, _texts(term.shortTitle), labels)
    definitions = _texts(term.longDescription) or _texts({"en": term.description}) or before.definitions
    return replace(
        before,
        labels=dict(sorted(labels.items())),
        alternatives=alternatives,
        hidden=_added(before.hidden, {}, {}, labels),
        broader=tuple(sorted(broader)),
        definitions=dict(sorted(definitions.items())),
    )


def _added(
    texts: Mapping[str, tuple[str, ...]], former: Mapping[str, str], short: Mapping[str, str], labels: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """`texts` with former labels and short titles, sorted, less what is the preferred label itself."""
    found = {language: set(several) for language, several in texts.items()}
    for language, text in (*former.items(), *short.items()):
        found.setdefault(language, set()).add(text)
    for language, label in labels.items():
        found.get(language, set()).discard(label)
    return {language: tuple(sorted(several)) for language, several in sorted(found.items()) if several}


def _texts(texts: Mapping[str, str | None] | None) -> dict[str, str]:
    """Texts that say something, on one line, by a language that is one."""
    lines = {language: " ".join((text or "").split()) for language, text in (texts or {}).items() if is_tag(language)}
    return {language: line for language, line in lines.items() if line}
