"""A query for the CHM's realm finds the realms of the setting too, and the answer says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.portal import corpus
from warehouse.portal.searching import Searcher
from warehouse.portal.select import select


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus.release(tmp_path_factory.mktemp("realms") / "release") / "search"


@pytest.mark.parametrize(
    "query",
    [
        "realm_ss:chm",
        'realm_ss:"chm"',
        "realm_s:chm",
        "realm_ss:(abs OR chm)^2",
        "*:* AND (realm_ss:chm OR realm_ss:x)",
    ],
)
@pytest.mark.parametrize(("realms", "count"), [(("chm-national",), corpus.COUNT), (("chm",), 0), ((), 0), (("x",), 0)])
def test_the_setting_names_what_it_reaches(folder: Path, query: str, realms: tuple[str, ...], count: int) -> None:
    for params in ({"q": [query]}, {"fq": [query]}):
        answer = select(Searcher(folder, realms), params)
        assert answer["response"]["numFound"] == count
        reached = [f"realm_ss:chm finds {', '.join(realms)} too."] if realms not in ((), ("chm",)) else []
        assert answer["responseHeader"].get("notes", []) == reached


@pytest.mark.parametrize("query", ["realm_ss:abs", "title_EN_t:chm", "*:*", "realm_ss:chm*"])
def test_other_questions_reach_nothing_else(folder: Path, query: str) -> None:
    assert "notes" not in select(Searcher(folder, ("chm-national",)), {"q": [query]})["responseHeader"]
