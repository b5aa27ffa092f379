"""How much of what sites write is understood, and how much of that is right; run with -s for the figures."""

import pytest

from normalizers.fields.dates import Span, read_date
from normalizers.fields.detection import detect
from normalizers.fields.rights import licence_uri
from normalizers.issues import Issues
from normalizers.model import Text
from normalizers.terms import Finder
from tests.gold.judging import judge, lines
from tests.normalizers.making import source

_ADDRESSES = {
    "cc": "https://creativecommons.org/licenses/",
    "pd": "https://creativecommons.org/publicdomain/",
    "spdx": "https://spdx.org/licenses/",
    "rs": "http://rightsstatements.org/vocab/",
}
_FIELDS = {
    "cbd-subjects": "subjects",
    "gbf-targets": "gbf_targets",
    "aichi-targets": "aichi_targets",
    "un-languages": "languages",
}
_SHORT = 60  # characters of text, below which a language is often a guess


def expected(words):
    return set() if words == "-" else set(words.split())


def guard(name, figures, precision, recall):
    print(f"\n{name}: {figures.lines} lines, precision {figures.precision:.4f}, recall {figures.recall:.4f}")
    print("\n".join(figures.faults))
    assert figures.lines
    assert figures.precision >= precision, figures.faults
    assert figures.recall >= recall, figures.faults


def test_countries_and_regions_are_found(terms):
    titles = {concept.labels["en"]: notation for notation, concept in terms.regions.concepts.items()}

    def row(*value, words):
        countries, _, region = words.partition("@")
        return ("|".join(value),), expected(countries.strip()) | ({titles[region]} if region else set())

    def read(value):
        finder = Finder(source(), terms, Issues("be_chm", "1"))
        finder.sort_places([Text(value)])
        return [term.identifier for field in ("countries", "regions") for term in finder.terms()[field]]

    guard(
        "countries and regions",
        judge([row(*value, words=words) for *value, words in lines("countries")], read),
        0.995,
        0.97,
    )


def test_dates_are_read():
    def read(verbatim, order):
        span = read_date(verbatim, order or None)
        if not isinstance(span, Span):
            return ["?"] if span == "date_ambiguous" else []
        return [f"{span.start or ''}..{span.end or ''}" if span.is_period else span.start]

    rows = [((verbatim, order), expected(date)) for verbatim, order, date in lines("dates")]
    guard("dates", judge(rows, read), 0.995, 0.97)


def test_licences_are_named():
    def address(curie):
        scheme, _, rest = curie.partition(":")
        return _ADDRESSES[scheme] + rest

    rows = [((statement,), {address(curie) for curie in expected(name)}) for statement, name in lines("licences")]
    guard("licences", judge(rows, lambda statement: filter(None, [licence_uri(statement)])), 0.995, 0.95)


@pytest.mark.parametrize(("length", "recall"), [("short", 0.6), ("long", 0.97)])
def test_languages_are_told(length, recall):
    rows = [((text,), expected(tag)) for text, tag in lines("languages") if (len(text) < _SHORT) == (length == "short")]
    guard(f"languages of {length} texts", judge(rows, lambda text: filter(None, [detect(text)])), 0.995, recall)


def test_terms_are_matched(terms):
    def read(value, scheme):
        field = _FIELDS[scheme]
        if field == "languages":
            match = terms.languages.match(value)
            return [match.concept.notation] if match else []
        finder = Finder(source(), terms, Issues("be_chm", "1"))
        finder.sort([Text(value)], ("subjects", "gbf_targets", "aichi_targets"))
        return [term.identifier for term in finder.terms()[field]]

    rows = [((value, scheme), expected(identifier)) for value, scheme, identifier in lines("terms")]
    guard("terms", judge(rows, read), 0.995, 0.95)
