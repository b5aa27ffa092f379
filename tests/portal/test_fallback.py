"""A text stands in no slot but its own language's, unless a question asks for that and the answer says where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.portal.conftest import Portal
from tests.warehouse.world import World
from warehouse.portal.fallback import filled

SELECT = "/api/v2013/index/select"
SLOTS = [f"title_{slot}_t" for slot in ("AR", "EN", "ES", "FR", "RU", "ZH")]


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One record, in French."""
    with World(tmp_path_factory.mktemp("french"), records=0) as world:
        world.write_source(languages=["fr"])
        world.country.put("r0", "Les zones humides du littoral et leurs oiseaux d'eau")
        world.run()
        world.publish()
        yield Portal(world)


@pytest.mark.parametrize("asked", [{}, {"lang_fallback": "false"}])
def test_no_slot_is_filled_unasked(french: Portal, asked: dict[str, str]) -> None:
    answer = french.get(SELECT, params={"q": "*:*", "fl": "title_*_t,lang_fallback_ss", **asked}).json()
    assert [sorted(document) for document in answer["response"]["docs"]] == [["title_FR_t"]]


@pytest.mark.parametrize("more", [{}, {"group": "true", "group.field": "schema_s"}], ids=["plain", "grouped"])
def test_who_asks_has_all_six_and_is_told_which_are_copies(french: Portal, more: dict[str, str]) -> None:
    params = {"q": "*:*", "fl": "title_*_t,lang_fallback_ss", "lang_fallback": "true", **more}
    answer = french.get(SELECT, params=params).json()
    found = answer["grouped"]["schema_s"]["groups"][0]["doclist"] if more else answer["response"]
    (document,) = found["docs"]
    copies = document.pop("lang_fallback_ss")
    assert sorted(document) == SLOTS
    assert len(set(document.values())) == 1
    assert {name for name in copies if name in SLOTS} == {name for name in SLOTS if name != "title_FR_t"}
    assert answer["nonSupportedParams"] == []


def test_a_copy_is_not_found_by_its_slot(french: Portal) -> None:
    params = {"q": "title_EN_t:humides", "lang_fallback": "true"}
    assert french.get(SELECT, params=params).json()["response"]["numFound"] == 0


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ({"FR": "Forêts", "ES": "Bosques", "EN": "Forests"}, "EN"),
        ({"FR": "Forêts", "ES": "Bosques", "VI": "Rừng"}, "ES"),
        ({"VI": "Rừng", "FR": "Forêts"}, "FR"),
        ({"VI": "Rừng"}, "VI"),
    ],
)
def test_english_comes_first_then_spanish_then_french(said: dict[str, str], source: str) -> None:
    found = filled({f"title_{slot}_t": text for slot, text in said.items()})
    copies = found.pop("lang_fallback_ss")
    assert {found[name] for name in copies} == {said[source]}
    assert {name: found[name] for name in found if name not in copies} == {
        f"title_{slot}_t": text for slot, text in said.items()
    }


def test_a_document_of_all_six_or_of_no_text_is_what_it_was() -> None:
    for document in ({"id": "1"}, {"id": "1", **dict.fromkeys(SLOTS, "x")}):
        assert filled(document) == document
