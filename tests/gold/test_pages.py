"""How much of what web pages say is read, and how much of that is right; run with -s for the figures."""

import pytest

from tests.gold.judging import Figures, judge
from tests.gold.pages import NAMES, expected, harvested, words
from tests.gold.test_gold import _ADDRESSES, guard


@pytest.fixture(scope="module")
def records(terms):
    return {name: harvested(name, terms) for name in NAMES}


READ = {
    "title": lambda record: record.title.values(),
    "published": lambda record: [date.value[:10] for date in record.dates if date.kind == "published"],
    "authors": lambda record: record.authors,
    "licence": lambda record: filter(None, [record.rights.licence]),
    "language": lambda record: record.languages,
}
# A name at the end of a text, without a word, is not taken for its author's: it may be anybody's.
LEAST_RECALL = {"authors": 0.9}


def address(curie):
    scheme, _, rest = curie.partition(":")
    return _ADDRESSES[scheme] + rest


def test_there_are_sixty_pages_in_six_languages():
    assert len(NAMES) == 60
    assert {name[:2] for name in NAMES} == {"ar", "en", "es", "fr", "ru", "zh"}


@pytest.mark.parametrize("field", READ)
def test_fields_of_web_pages_are_read(field, records):
    rows = []
    for name in NAMES:
        values = expected(name)[field]
        rows.append(((name,), {address(value) for value in values} if field == "licence" else values))
    guard(
        f"{field} of web pages",
        judge(rows, lambda name: READ[field](records[name])),
        0.97,
        LEAST_RECALL.get(field, 0.97),
    )


def test_the_text_of_web_pages_is_told_from_what_stands_around_it(records):
    figures = Figures(lines=len(NAMES))
    for name in NAMES:
        wanted, found = words(expected(name)["text"]), words(" ".join(records[name].description.values()))
        figures.right += (wanted & found).total()
        figures.wrong += (found - wanted).total()
        figures.missed += (wanted - found).total()
        if found != wanted:
            figures.faults.append(
                f"{name}: {(found - wanted).total()} words too many, {(wanted - found).total()} missed"
            )
    guard("words of web pages", figures, 0.97, 0.97)
