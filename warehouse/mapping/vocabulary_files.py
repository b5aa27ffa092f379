"""The operator's own vocabularies in `CHM_VOCABULARIES`: brought up to the CBD's thesaurus, or taken from others."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from harvesters.errors import HarvestError
from harvesters.http import Http
from harvesters.source import Source
from normalizers.terms import FIELD_OF
from vocabularies import thesaurus
from vocabularies.crossing import same_as
from vocabularies.model import Vocabulary
from vocabularies.skos import DATA, VocabularyError, files, load, read_others
from vocabularies.turtle import head_of, write
from warehouse.context import Warehouse
from warehouse.files import write_bytes
from warehouse.mapping.term_lists import AddedVocabulary, Refreshed, RefreshedScheme
from warehouse.runs import Refused, alone

_LARGEST = 2**30  # bytes of somebody else's vocabulary: AGROVOC has some hundred million


class _Answered(Struct, frozen=True):
    """What the API says of one domain: its terms, or why there are none, and complaints about single ones."""

    terms: tuple[thesaurus.Term, ...] = ()
    complaints: tuple[str, ...] = ()
    failure: str | None = None


def refresh(warehouse: Warehouse, api: str = thesaurus.API) -> Refreshed:
    """Ask the thesaurus for every domain that a vocabulary in force is made of, and write those that changed.

    A domain that the API does not have, or whose terms make no vocabulary, is reported and stays as it was.

    Raises:
        Refused: CHM_VOCABULARIES is not set, nobody is named who asks, or another process does the same.
    """
    folder = _folder(warehouse)
    renewed = []
    with alone(warehouse.layout, "the vocabularies"), warehouse.http(_asking(api)) as http:
        for scheme, path in files((DATA, folder)).items():
            current = load(path)
            domain = thesaurus.domain(current)
            if domain is not None:
                answered = _ask(http, f"{api.rstrip('/')}/domains/{domain}/terms")
                renewed.append(_renew(current, path, folder / f"{scheme}.ttl", answered))
    return Refreshed(api=api, schemes=tuple(renewed))


def add(warehouse: Warehouse, origin: str, scheme: str) -> AddedVocabulary:
    """Take in somebody else's SKOS, Turtle or RDF/XML, from a file or an address, as the scheme of that name.

    Raises:
        Refused: CHM_VOCABULARIES is not set, there is a vocabulary of that name, or the file cannot be read.
        VocabularyError: it is no SKOS.
        HarvestError: the address does not answer.
    """
    folder = _folder(warehouse)
    path = folder / f"{scheme}.ttl"
    if (DATA / path.name).exists():
        raise Refused(f"{scheme} is a vocabulary of the package.", advice="Give another `--name`.")
    if path.exists():
        raise Refused(
            f"There is a {scheme} already: {path}.", advice="Remove that file first, or give another `--name`."
        )
    found = read_others(_fetch(warehouse, origin), origin, scheme)
    text = write(found, f"{found.title}: somebody else's, from {origin}")
    _prove(scheme, text)
    with alone(warehouse.layout, "the vocabularies"):
        write_bytes(path, text.encode())
    everything = [load(path) for path in files((DATA, folder)).values()]
    same = same_as(everything, [each for each in everything if each.scheme in FIELD_OF])
    return AddedVocabulary(
        scheme=scheme,
        title=found.title,
        concepts=len(found.concepts),
        exact=sum(uri in same for uri in found.by_uri),
        close=sum(bool(concept.close) for concept in found.concepts.values()),
    )


def _folder(warehouse: Warehouse) -> Path:
    folder = warehouse.settings.vocabularies
    if folder is None:
        raise Refused("CHM_VOCABULARIES is not set.", advice="Set it to a folder of yours.")
    return folder


def _asking(address: str) -> Source:
    """What the polite client must know of a server that is no source of records."""
    return Source(
        id="vocabularies", name="Vocabularies", origin="central", protocol="none", url=address, max_bytes=_LARGEST
    )


def _fetch(warehouse: Warehouse, origin: str) -> bytes:
    if not origin.startswith(("http://", "https://")):
        try:
            return Path(origin).read_bytes()
        except OSError as error:
            raise Refused(
                f"{origin} cannot be read: {error.strerror}.", advice="Name a file, or an address."
            ) from error
    with warehouse.http(_asking(origin)) as http:
        answer = http.get(origin, accept="text/turtle, application/rdf+xml;q=0.9, */*;q=0.1")
    if answer.status != 200:
        raise HarvestError(
            f"{origin} answers {answer.status}.", advice="Open it in a browser, and correct the address."
        )
    return answer.body


def _ask(http: Http, url: str) -> _Answered:
    try:
        answer = http.get(url, accept="application/json")
    except HarvestError as error:
        return _Answered(failure=str(error))
    if answer.status != 200:
        return _Answered(failure=f"{url} answers {answer.status}.")
    try:
        terms, complaints = thesaurus.read(answer.body)
    except ValueError as error:
        return _Answered(failure=f"{url} is no list of terms: {error}.")
    return _Answered(tuple(terms), tuple(complaints))


def _renew(current: Vocabulary, path: Path, target: Path, answered: _Answered) -> RefreshedScheme:
    if answered.failure or not answered.terms:
        return RefreshedScheme(scheme=current.scheme, failure=answered.failure or "The thesaurus lists no terms.")
    renewal = thesaurus.renew(current, answered.terms)
    before = path.read_text(encoding="utf-8")
    after = write(renewal.vocabulary, head_of(before))
    try:
        _prove(current.scheme, after)
    except VocabularyError as error:
        return RefreshedScheme(scheme=current.scheme, failure=f"The thesaurus' answer makes no vocabulary: {error}")
    if renewal.added or renewal.changed:
        write_bytes(target, after.encode())
    return RefreshedScheme(
        scheme=current.scheme,
        listed=len(answered.terms),
        added=renewal.added,
        changed=renewal.changed,
        unlisted=renewal.unlisted,
        complaints=answered.complaints,
        diff="\n".join(unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2)),
    )


def _prove(scheme: str, text: str) -> None:
    """Raise VocabularyError where a text would not load."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{scheme}.ttl"
        path.write_text(text, encoding="utf-8")
        load(path)
