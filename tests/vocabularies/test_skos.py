"""Reading Turtle: what a vocabulary file may not do, and what the complaint says."""

import pytest

from vocabularies.skos import VocabularyError, load, load_all

HEAD = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix code: <urn:chm:code:> .
@prefix : <urn:x:> .
"""


def write(folder, body, name="things.ttl"):
    path = folder / name
    path.write_text(HEAD + body)
    return path


def test_a_concept_is_read_with_all_its_labels_and_codes(tmp_path):
    path = write(
        tmp_path,
        """:a a skos:Concept ; skos:notation "A", "1"^^code:number ; skos:prefLabel "Frog"@en, "Grenouille"@fr-BE ;
              skos:altLabel "Toad"@en, "Anuran"@en ; skos:hiddenLabel "Frogg" .
           :b a skos:Concept ; skos:notation "B" ; skos:prefLabel "Tadpole"@en ; skos:broader :a .""",
    )
    frog, tadpole = load(path).concepts.values()
    assert frog.labels == {"en": "Frog", "fr-BE": "Grenouille"}
    assert frog.alternatives == {"en": ("Anuran", "Toad")}
    assert frog.hidden == {"und": ("Frogg",)}
    assert frog.codes == {"number": "1"}
    assert tadpole.broader == ("A",)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (":a a skos:Concept ; skos:prefLabel 'Frog'@en .", "<urn:x:a> needs one skos:notation without a datatype"),
        (
            ":a a skos:Concept ; skos:notation 'A', 'B' ; skos:prefLabel 'Frog'@en .",
            "needs one skos:notation without a datatype; it has 2",
        ),
        (
            (
                ":a a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Frog'@en .\n"
                ":b a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Toad'@en ."
            ),
            "several concepts share the notation A",
        ),
        (":a a skos:Concept ; skos:notation 'A' .", "concept A has no skos:prefLabel"),
        (
            ":a a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Frog'@en, 'Toad'@en .",
            "concept A has two skos:prefLabel in 'en'",
        ),
        (
            ":a a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Frog'@en ; skos:broader :nowhere .",
            "concept A has a skos:broader that this file lacks: <urn:x:nowhere>",
        ),
        (
            (
                ":a a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Frog'@en ; skos:broader :b .\n"
                ":b a skos:Concept ; skos:notation 'B' ; skos:prefLabel 'Toad'@en ; skos:broader :a ."
            ),
            "skos:broader goes round in a circle: A > B > A",
        ),
        (":a a skos:Concept ; oops", "is not Turtle"),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_the_concept_and_the_fault(tmp_path, body, complaint):
    path = write(tmp_path, body)
    with pytest.raises(VocabularyError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert complaint in str(refused.value)


def test_two_ways_to_the_same_broader_concept_are_no_circle(tmp_path):
    path = write(
        tmp_path,
        """:a a skos:Concept ; skos:notation "A" ; skos:prefLabel "a"@en ; skos:broader :b, :c .
           :b a skos:Concept ; skos:notation "B" ; skos:prefLabel "b"@en ; skos:broader :d .
           :c a skos:Concept ; skos:notation "C" ; skos:prefLabel "c"@en ; skos:broader :d .
           :d a skos:Concept ; skos:notation "D" ; skos:prefLabel "d"@en .""",
    )
    assert load(path).concepts["A"].broader == ("B", "C")


def test_bytes_that_are_no_utf_8_are_refused(tmp_path):
    path = tmp_path / "things.ttl"
    path.write_bytes(HEAD.encode() + b':a skos:prefLabel "\xe9"@fr .')
    with pytest.raises(VocabularyError, match="is not Turtle"):
        load(path)


def test_a_file_of_a_later_folder_takes_the_place_of_an_earlier_one(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    write(ours, ":a a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Frog'@en .")
    write(ours, ":a a skos:Concept ; skos:notation 'A' ; skos:prefLabel 'Oak'@en .", "trees.ttl")
    write(theirs, ":b a skos:Concept ; skos:notation 'B' ; skos:prefLabel 'Toad'@en .")
    found = load_all([ours, theirs])
    assert {scheme: list(vocabulary.concepts) for scheme, vocabulary in found.items()} == {
        "things": ["B"],
        "trees": ["A"],
    }
