"""Writing Turtle: whatever a vocabulary says is read back as it was, however odd its letters."""

from hypothesis import given
from hypothesis import strategies as st

from vocabularies.model import Concept, Vocabulary
from vocabularies.skos import load
from vocabularies.turtle import TERMS, head_of, write

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12) | st.sampled_from(
    ['say "so"', "back\\slash", "two\nlines", "tab\tbed", "'''", "a.b."]
)
tags = st.sampled_from(["en", "fr", "zh-Hans", "pt-BR", "und"])
several = st.dictionaries(
    tags, st.sets(texts, min_size=1, max_size=2).map(lambda found: tuple(sorted(found))), max_size=2
)
uris = st.lists(
    st.sampled_from(["urn:x:1", TERMS + "be", TERMS + "SDG-TARGET-14.2", "http://e.org/a?b=c#d"]), unique=True
)
concepts = st.builds(
    Concept,
    notation=texts,
    uri=st.just(""),
    labels=st.dictionaries(tags, texts, min_size=1, max_size=3),
    alternatives=several,
    hidden=several,
    definitions=st.dictionaries(tags, texts, max_size=2),
    codes=st.dictionaries(st.sampled_from(["iso2", "m49"]), texts, max_size=2),
    exact=uris.map(sorted).map(tuple),
    close=uris.map(sorted).map(tuple),
    related=uris.map(sorted).map(tuple),
    narrow=uris.map(sorted).map(tuple),
)


def numbered(drawn):
    """The same concepts with addresses, some of which Turtle can shorten."""
    places = [f"{TERMS}T-{number}." if number % 2 else f"urn:c:{number}" for number in range(len(drawn))]
    return [
        Concept(**{name: getattr(one, name) for name in one.__struct_fields__} | {"uri": uri})
        for one, uri in zip(drawn, places, strict=True)
    ]


@given(st.lists(concepts, min_size=1, max_size=4, unique_by=lambda concept: concept.notation).map(numbered), texts)
def test_what_is_written_is_read_back_and_written_alike(tmp_path_factory, drawn, title):
    path = tmp_path_factory.mktemp("turtle") / "drawn.ttl"
    vocabulary = Vocabulary("drawn", drawn, uri="urn:scheme", title=title)
    path.write_text(write(vocabulary, "Two lines\n\nof comment."))
    again = load(path)
    assert again.concepts == vocabulary.concepts
    assert (again.uri, again.title) == ("urn:scheme", title)
    assert write(again, head_of(path.read_text())) == path.read_text()


def test_what_may_not_stand_in_an_address_is_encoded(tmp_path):
    path = tmp_path / "odd.ttl"
    odd = Concept(notation="a", uri='urn:x:<a "b">', labels={"en": "A"})
    path.write_text(write(Vocabulary("odd", [odd], uri="urn:scheme", title="Odd")))
    assert load(path).concepts["a"].uri == "urn:x:%3Ca%20%22b%22%3E"
