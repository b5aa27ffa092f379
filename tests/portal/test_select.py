"""The answer's shape, its quirks, and that nothing that was asked is passed over in silence."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.portal.test_questions import DOCUMENTS, index
from warehouse.portal.questions import QuestionError
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return index(tmp_path_factory.mktemp("select"), DOCUMENTS)


def answer(searcher: Searcher, **params: str | list[str]) -> dict[str, Any]:
    named = {name.replace("__", "."): value for name, value in params.items()}
    return select(searcher, {name: value if isinstance(value, list) else [value] for name, value in named.items()})


def test_the_shape_of_an_answer(searcher: Searcher) -> None:
    made = answer(
        searcher, q="*:*", facet="true", facet__field="is_b", facet__mincount="1", fl="id", rows="2", start="1"
    )
    newest = sorted(DOCUMENTS, key=lambda document: (document["updatedDate_dt"], -int(document["id"])), reverse=True)
    truths = {value: sum(document.get("is_b") is value for document in DOCUMENTS) for value in (True, False)}
    flat = [part for pair in sorted(truths.items(), key=lambda pair: -pair[1]) for part in pair]
    assert made["response"] == {
        "numFound": len(DOCUMENTS),
        "start": 1,
        "docs": [{"id": document["id"]} for document in newest[1:3]],
    }
    assert made["facet_counts"] == {"facet_queries": {}, "facet_fields": {"is_b": flat}}
    assert made["responseHeader"]["params"]["start"] == ["1"]
    assert made["nonSupportedParams"] == []


def test_ten_rows_unless_another_number_is_asked_for(searcher: Searcher) -> None:
    assert len(answer(searcher)["response"]["docs"]) == 10
    assert len(answer(searcher, rows="-1")["response"]["docs"]) == len(DOCUMENTS)
    assert answer(searcher, rows="0")["response"]["docs"] == []
    assert answer(searcher, start="1000")["response"]["docs"] == []


def test_a_facet_of_numbers_has_the_numbers_as_they_are(searcher: Searcher) -> None:
    made = answer(searcher, facet="true", facet__field=["count_i", "share_d"], facet__sort="index", facet__mincount="1")
    fields = made["facet_counts"]["facet_fields"]
    assert fields["count_i"][::2] == [-2000, -1, 0, 7, 2024]
    assert fields["share_d"][::2] == [-1.25, 0.0, 50.123456]


def test_facets_may_be_named_and_leave_filters_out(searcher: Searcher) -> None:
    made = answer(
        searcher,
        q="*:*",
        fq=["{!tag=a,b}is_b:true", "{!tag=c}count_i:7"],
        facet="true",
        facet__field=["{!ex=b key=free}is_b", "is_b", "{!ex=a,c}is_b"],
        facet__query=["{!ex=c key=sevens}count_i:7"],
        facet__mincount="1",
    )
    counts = made["facet_counts"]
    seven = [document for document in DOCUMENTS if document.get("count_i") == 7]
    assert counts["facet_fields"]["free"][1::2] == sorted(
        (sum(document.get("is_b") is value for document in seven) for value in (True, False)), reverse=True
    )
    assert counts["facet_queries"] == {"sevens": sum(document.get("is_b") is True for document in seven)}


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"wt": "xml"}, ["wt=xml"]),
        ({"wt": "json", "indent": "true", "json.nl": "flat"}, []),
        ({"json.nl": "map"}, ["json.nl=map"]),
        ({"defType": "edismax", "qf": "title_t^2"}, ["defType", "qf"]),
        ({"f.is_b.facet.limit": "2"}, ["f.is_b.facet.limit"]),
        ({"facet.range": "when_dt", "facet.prefix": "x"}, ["facet.prefix", "facet.range"]),
        ({"facet.sort": "random"}, ["facet.sort=random"]),
        (
            {"fl": "id,score,n:count_i,[docid],sum(a,b)"},
            ["fl=[docid]", "fl=b)", "fl=n:count_i", "fl=score", "fl=sum(a"],
        ),
        ({"rows": "20000"}, ["rows=20000"]),
        ({"facet.limit": "999999"}, []),
        ({"facet.limit": "1000000"}, ["facet.limit=1000000"]),
        ({"q.op": "MAYBE"}, ["q.op=MAYBE"]),
        ({"facet": "perhaps"}, ["facet=perhaps"]),
        ({"q": ["*:*", "is_b:true"]}, ["q=is_b:true"]),
        ({"group.format": "simple", "group": "true", "group.field": "is_b"}, ["group.format"]),
        ({"spellcheck": "true", "cursorMark": "*"}, ["cursorMark", "spellcheck"]),
    ],
)
def test_what_changes_nothing_is_named(searcher: Searcher, params: dict[str, Any], named: list[str]) -> None:
    assert answer(searcher, **params)["nonSupportedParams"] == named


@pytest.mark.parametrize(
    ("params", "because"),
    [
        ({"fq": "{!terms f=one_s}be,fr"}, "terms"),
        ({"fq": "{!tag=a key=b}is_b:true"}, "key"),
        ({"facet": "true", "facet.field": "{!stats=x}is_b"}, "stats"),
        ({"facet": "true", "facet.field": "said_t"}, "not counted"),
        ({"facet": "true", "facet.field": "title"}, "no field 'title'"),
        ({"facet": "true", "facet.pivot": "is_b,title"}, "no field 'title'"),
        ({"group": "true", "group.field": "title"}, "no field 'title'"),
        ({"sort": "many_ss asc"}, "several values"),
        ({"sort": "said_t asc"}, "several values"),
        ({"sort": "title asc"}, "no field 'title'"),
        ({"sort": "count_i"}, "asc or desc"),
        ({"sort": "sum(a_i,b_i) desc"}, "asc or desc"),
        ({"sort": "score asc"}, "score"),
        ({"sort": "count_i desc, score desc"}, "score"),
        ({"rows": "many"}, "whole number"),
        ({"start": "-5"}, "whole number"),
        ({"df": "title", "q": "rose"}, "no field 'title'"),
    ],
)
def test_what_would_find_something_else_is_refused(searcher: Searcher, params: dict[str, Any], because: str) -> None:
    with pytest.raises(QuestionError, match=because):
        answer(searcher, **params)


def test_what_has_no_value_is_sorted_last_and_equals_stand_newest_first(searcher: Searcher) -> None:
    for direction in ("asc", "desc"):
        docs = answer(searcher, sort=f"count_i {direction}, share_d asc", rows="100")["response"]["docs"]
        counts = [document.get("count_i") for document in docs]
        known = [count for count in counts if count is not None]
        assert counts == sorted(known, reverse=direction == "desc") + [None] * (len(counts) - len(known))
        for one, other in itertools.pairwise(docs):
            same = (one.get("count_i"), one.get("share_d")) == (other.get("count_i"), other.get("share_d"))
            assert not same or one["updatedDate_dt"] >= other["updatedDate_dt"]


def test_a_phrase_does_not_reach_from_one_value_to_the_next(tmp_path: Path) -> None:
    documents = [{"id": "1", "said_txt": ["red rose", "old oak"]}, {"id": "2", "said_txt": ["rose old"]}]
    made = answer(index(tmp_path, documents), q='said_txt:"rose old"')
    assert [document["id"] for document in made["response"]["docs"]] == ["2"]


def test_a_value_too_long_to_be_looked_up_is_there_and_is_sorted_by_its_beginning(tmp_path: Path) -> None:
    documents = [{"id": "1", "long_s": "b" * 600}, {"id": "2", "long_s": "a" * 600}, {"id": "3"}]
    made = answer(index(tmp_path, documents), q="long_s:*", sort="long_s asc")
    assert [document["id"] for document in made["response"]["docs"]] == ["2", "1"]


def test_an_index_of_nothing_answers(tmp_path: Path) -> None:
    made = answer(index(tmp_path, []), q="rose OR is_b:*", facet="true", facet__field="is_b", sort="count_i asc")
    assert made["response"] == {"numFound": 0, "start": 0, "docs": []}
    assert made["facet_counts"]["facet_fields"] == {"is_b": []}
