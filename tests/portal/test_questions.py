"""What a query means, against an oracle that looks at every document; and what it says where it is not understood."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.portal.indexing import Builder
from warehouse.portal.questions import QuestionError, parse
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select

Document: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Document], bool]
Asked: TypeAlias = tuple[str, Test]
"""A query, and whether a document is meant by it."""

WORDS = ("rose", "oak", "fern", "moss", "reed")
NAMES = ("be", "fr", "a b", "x:y", 'q"q', "http://a.example/?x=1&y=2", "(c)", "and", "R*")
NUMBERS = (-2000, -1, 0, 7, 2024)
TIMES = ("2019-05-01T00:00:00Z", "2020-01-01T12:30:00Z", "2024-02-29T23:59:59Z")


def documents() -> list[Document]:
    draw = random.Random(8)
    made = []
    for number in range(60):
        values = {
            "one_s": draw.choice(NAMES),
            "many_ss": draw.sample(NAMES, draw.randrange(3)),
            "said_t": " ".join(draw.choices(WORDS, k=draw.randrange(5))),
            "said_txt": [" ".join(draw.choices(WORDS, k=2)) for _ in range(draw.randrange(3))],
            "count_i": draw.choice((None, *NUMBERS)),
            "share_d": draw.choice((None, -1.25, 0.0, 50.123456)),
            "when_dt": draw.choice((None, *TIMES)),
            "is_b": draw.choice((None, True, False)),
        }
        has = {name: value for name, value in values.items() if value or value in (0, False)}
        made.append({"id": f"{number:03}", "updatedDate_dt": f"20{number % 9 + 10}-01-01T00:00:00Z", **has})
    return made


DOCUMENTS = documents()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return index(tmp_path_factory.mktemp("questions"), DOCUMENTS)


def index(folder: Path, documents: list[Document]) -> Searcher:
    builder = Builder(folder)
    for document in documents:
        builder.add(document)
    builder.close()
    return Searcher(folder)


def found(searcher: Searcher, query: str, **params: str) -> list[str]:
    answer = select(searcher, {"q": [query], "rows": ["100"], **{name: [value] for name, value in params.items()}})
    return sorted(document["id"] for document in answer["response"]["docs"])


def meant(test: Test) -> list[str]:
    return [document["id"] for document in DOCUMENTS if test(document)]


def escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in '\\ +-&|!(){}[]^"~*?:/' else char for char in text)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def values(document: Document, field: str) -> list[Any]:
    value = document.get(field, [])
    return value if isinstance(value, list) else [value]


def _words_in_order(text: str, phrase: tuple[str, ...]) -> bool:
    words = text.split()
    return any(tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words)))


@st.composite
def exact(draw: st.DrawFn) -> Asked:
    field, value = draw(st.sampled_from(["one_s", "many_ss"])), draw(st.sampled_from((*NAMES, "")))
    write = quoted if value in ("", "and") else draw(st.sampled_from([quoted, escaped]))
    return f"{field}:{write(value)}", lambda document: value in values(document, field)


@st.composite
def phrases(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(["said_t", "said_txt"]))
    phrase = tuple(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)))
    text = phrase[0].upper() if len(phrase) == 1 else quoted(" ".join(phrase))
    return f"{field}:{text}", lambda document: any(_words_in_order(text, phrase) for text in values(document, field))


@st.composite
def existing(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from([*DOCUMENTS[0], "count_i", "share_d", "when_dt", "is_b", "version_s"]))
    return f"{field}:*", lambda document: field in document


@st.composite
def patterns(draw: st.DrawFn) -> Asked:
    field, start = (
        draw(st.sampled_from(["many_ss", "said_t"])),
        draw(st.sampled_from(["r", "http", "oa", "mos?", "*e"])),
    )
    ends = {"mos?": lambda word: len(word) == 4 and word.startswith("mos"), "*e": lambda word: "e" in word}
    test = ends.get(start, lambda word: word.startswith(start))

    def is_meant(document: Document) -> bool:
        several = values(document, field)
        return any(test(word) for text in several for word in (text.split() if field == "said_t" else [text]))

    return f"{field}:{start}{'' if start == 'mos?' else '*'}", is_meant


@st.composite
def ranges(draw: st.DrawFn) -> Asked:
    field, known = draw(
        st.sampled_from([("count_i", NUMBERS), ("share_d", (-1.25, 0.0, 50.0, 50.123456)), ("when_dt", TIMES),
                         ("one_s", ("a b", "be", "g")), ("many_ss", ("a b", "be", "g"))])
    )  # fmt: skip
    low, high = draw(st.none() | st.sampled_from(known)), draw(st.none() | st.sampled_from(known))
    opening, closing = draw(st.sampled_from("[{")), draw(st.sampled_from("]}"))
    write = quoted if field in ("one_s", "many_ss") else str
    ends = ["*" if end is None else write(end) for end in (low, high)]

    def is_in(value: Any) -> bool:
        above = low is None or value > low or (value == low and opening == "[")
        return above and (high is None or value < high or (value == high and closing == "]"))

    return f"{field}:{opening}{ends[0]} TO {ends[1]}{closing}", lambda document: any(
        map(is_in, values(document, field))
    )


@st.composite
def numbers(draw: st.DrawFn) -> Asked:
    number = draw(st.sampled_from(NUMBERS))
    return f"count_i:{number}", lambda document: document.get("count_i") == number


LEAVES = exact() | phrases() | existing() | patterns() | ranges() | numbers()


def both(draw: st.DrawFn, parts: st.SearchStrategy[Asked]) -> Asked:
    several = draw(st.lists(parts, min_size=2, max_size=3))
    sign = draw(st.sampled_from([" AND ", " && ", "&&", " and "]))
    return f"({sign.join(query for query, _ in several)})", lambda document: all(test(document) for _, test in several)


def either(draw: st.DrawFn, parts: st.SearchStrategy[Asked]) -> Asked:
    several = draw(st.lists(parts, min_size=2, max_size=3))
    sign = draw(st.sampled_from([" OR ", " || ", "||", " or ", " "]))
    return f"({sign.join(query for query, _ in several)})", lambda document: any(test(document) for _, test in several)


def less(draw: st.DrawFn, parts: st.SearchStrategy[Asked]) -> Asked:
    (query, test), (taken, is_taken) = draw(parts), draw(parts)
    sign = draw(st.sampled_from([" NOT ", " AND NOT ", " -", " !", " AND !", " && !", " not ", " and not ", " && -"]))
    return f"({query}{sign}{taken})", lambda document: test(document) and not is_taken(document)


def without(draw: st.DrawFn, parts: st.SearchStrategy[Asked]) -> Asked:
    query, test = draw(parts)
    return f"(*:* NOT {query})", lambda document: not test(document)


QUERIES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(*(st.composite(made)(parts) for made in (both, either, less, without))),
    max_leaves=8,
)


@given(QUERIES)
def test_a_query_finds_what_a_look_at_every_document_finds(searcher: Searcher, asked: Asked) -> None:
    query, test = asked
    assert found(searcher, query) == meant(test)


@given(QUERIES, QUERIES)
def test_a_filter_takes_away_what_it_does_not_mean(searcher: Searcher, asked: Asked, other: Asked) -> None:
    assert found(searcher, asked[0], fq=f"{{!tag=x}}{other[0]}") == meant(lambda one: asked[1](one) and other[1](one))


@given(QUERIES)
def test_nothing_but_not_is_all_less_that(searcher: Searcher, asked: Asked) -> None:
    for sign in ("NOT ", "-", "!", "not "):
        assert found(searcher, f"{sign}{asked[0]}") == meant(lambda document: not asked[1](document))


@given(st.lists(LEAVES, min_size=3, max_size=3))
def test_and_binds_closer_than_or(searcher: Searcher, three: list[Asked]) -> None:
    (one, is_one), (two, is_two), (three_, is_three) = three
    query = f"{one} OR {two} AND {three_}"
    assert found(searcher, query) == meant(
        lambda document: is_one(document) or (is_two(document) and is_three(document))
    )


@given(st.lists(LEAVES, min_size=2, max_size=3))
def test_without_an_operator_any_will_do_unless_the_asker_says_all(searcher: Searcher, several: list[Asked]) -> None:
    query = " ".join(query for query, _ in several)
    assert found(searcher, query) == meant(lambda document: any(test(document) for _, test in several))
    options = {"q.op": "AND"}
    assert found(searcher, query, **options) == meant(lambda document: all(test(document) for _, test in several))


@given(st.text(st.sampled_from('ab_s:t*?"()[]{}TO AND OR NOT &|!+-^~/\\.,1é湿\u0e01\x00#'), max_size=30))
def test_whatever_is_asked_is_answered_or_refused(searcher: Searcher, query: str) -> None:
    for params in ({"q": [query]}, {"fq": [query]}, {"facet": ["true"], "facet.query": [query]}, {"sort": [query]}):
        with suppress(QuestionError):  # and nothing else
            assert select(searcher, params)["response"]["numFound"] <= len(DOCUMENTS)


@pytest.mark.parametrize(
    ("query", "because"),
    [
        ("url_ss:http://be.example/x", "address"),
        ("https://be.example/x?y=1", "address"),
        ("see ftp://be.example now", "address"),
        ("title:rose", "no field 'title'"),
        ("urn:cbd:1", "colon"),
        ("one_s:a:b", "second colon"),
        ("rose~", "not supported"),
        ("rose~2", "not supported"),
        ("/ro.e/", "not supported"),
        ("count_i:>5", "not supported"),
        ("{!edismax}rose", "'edismax' is not supported"),
        ("{!tag=x}rose", "'tag' is not supported"),
        ("count_i:many", "is no number"),
        ("count_i:nan", "is no number"),
        ("count_i:20*", "a range"),
        ("when_dt:2019", "is no time"),
        ("when_dt:[NOW-1YEAR TO NOW]", "is no time"),
        ("one_s:" + "x" * 501, "500 characters"),
        ("one_s:(a", "cannot be parsed"),
        ("rose AND", "cannot be parsed"),
        ('"rose', "cannot be parsed"),
        ("(" * 60 + "a" + ")" * 60, "deeper"),
        ("a " * 11_000, "20000"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(searcher: Searcher, query: str, because: str) -> None:
    with pytest.raises(QuestionError, match=because):
        found(searcher, query)


@pytest.mark.parametrize(
    ("query", "same", "noted"),
    [
        ("a_s:x and b_s:y", "a_s:x AND b_s:y", 1),
        ("a_s:(x or y)", "a_s:(x OR y)", 1),
        ("a_s:x and not b_s:y or c_s:z", "a_s:x AND NOT b_s:y OR c_s:z", 3),
        ("a_s:x && b_s:y", "a_s:x AND b_s:y", 0),
        ("a_s:x||b_s:y", "a_s:x OR b_s:y", 0),
        ("!a_s:x", "NOT a_s:x", 0),
        ('a_s:"x and y"', 'a_s:"x and y"', 0),
        ("a_s:and", 'a_s:"and"', 0),
        ("a_s : and", 'a_s:"and"', 0),
        ("a_t:(rose & moss)", "a_t:(rose moss)", 0),
        ("a_t:(rose - moss)", "a_t:(rose -moss)", 0),
        ("a_i:-5", "a_i:\\-5", 0),
        ("a_i:[-5 TO -1]", "a_i:[\\-5 TO \\-1]", 0),
    ],
)
def test_what_is_meant_is_read_and_said(query: str, same: str, noted: int) -> None:
    read, other = parse(query, "text_EN_txt"), parse(same, "text_EN_txt")
    assert str(read.question).replace("Phrase", "Word").replace(", slop=0", "") == str(other.question).replace(
        "Phrase", "Word"
    ).replace(", slop=0", "")
    assert len(read.notes) == noted
    assert other.notes == ()


@pytest.mark.parametrize("word", ["and", "or", "not", "law and", "or else", "whether or", "(not)"])
def test_a_word_that_stands_where_no_operator_can_is_a_word(word: str) -> None:
    parsed = parse(f"said_t:{word}" if word.startswith("(") else word, "said_t")
    assert parsed.notes == ()
