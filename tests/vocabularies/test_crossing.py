"""From vocabulary to vocabulary: exactMatch is followed to its end, closeMatch not at all."""

from vocabularies.crossing import joined, near, same_as
from vocabularies.model import Concept, Vocabulary


def vocabulary(scheme, *concepts):
    made = (
        Concept(notation=f"{scheme}:{name}", uri=f"{scheme}:{name}", labels={"en": name}, **to) for name, to in concepts
    )
    return Vocabulary(scheme, made)


OURS = vocabulary("ours", ("water", {}), ("forest", {}))
MIDDLE = vocabulary("middle", ("wetland", {"exact": ("ours:water",)}), ("wood", {"close": ("ours:forest",)}))
FAR = vocabulary("far", ("marsh", {"exact": ("middle:wetland",)}), ("tree", {"exact": ("middle:wood",)}))


def test_exact_matches_carry_over_from_concept_to_concept_and_close_ones_do_not():
    same = same_as([OURS, MIDDLE, FAR], [OURS])
    assert same["far:marsh"] == same["middle:wetland"] == ("ours:water",)
    assert "far:tree" not in same
    assert "middle:wood" not in same


def test_a_chain_that_would_join_two_concepts_of_a_scheme_leads_nowhere():
    wrong = vocabulary("wrong", ("all", {"exact": ("ours:water", "ours:forest")}))
    assert same_as([OURS, wrong], [OURS]) == {}


def test_what_is_close_to_the_same_is_near():
    by_way = Concept(notation="x", labels={"en": "x"}, close=("middle:wetland",), related=("elsewhere:1",))
    assert list(near(by_way, same_as([OURS, MIDDLE], [OURS]))) == ["ours:water", "elsewhere:1"]


def test_joined_vocabularies_answer_as_one():
    both = joined("both", [OURS, MIDDLE])
    assert [both.match(word).concept.notation for word in ("water", "wood")] == ["ours:water", "middle:wood"]
    assert joined("one", [OURS]) is OURS
