"""What `check` says of faulty vocabularies: each fault by its name, and nothing of a sound one."""

from __future__ import annotations

import pytest

from tests.vocabularies.test_skos import write
from vocabularies.checks import UN_LANGUAGES, check
from vocabularies.skos import files

NAMES = ", ".join(f"'{{name}}-{language}'@{language}" for language in UN_LANGUAGES)


def concept(name, more=""):
    return f":{name} a skos:Concept ; skos:notation '{name}' ; skos:prefLabel {NAMES.format(name=name)} {more} .\n"


def found(folder):
    return [(finding.severity, finding.scheme, finding.message) for finding in check(files([folder]))]


def test_a_sound_drawer_has_nothing_to_be_said_of_it(tmp_path):
    write(tmp_path, concept("a") + concept("b", "; skos:broader :a"))
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "severity", "words"),
    [
        (concept("a") + concept("a").replace(":a", ":b"), "error", "several concepts share the notation a"),
        (concept("a", "; skos:broader :b") + concept("b", "; skos:broader :a"), "error", "a > b > a"),
        (concept("a", "; skos:broader :nowhere"), "error", "skos:broader that this file lacks"),
        (
            concept("a", "; skos:exactMatch <urn:o:1>") + concept("b", "; skos:exactMatch <urn:o:1>"),
            "error",
            "exactMatch makes a and b the same: urn:o:1 = urn:x:a = urn:x:b",
        ),
        (
            concept("a", "; skos:altLabel 'Same'@en") + concept("b", "; skos:altLabel 'same!'@en"),
            "warning",
            "altLabel 'same' (en) is shared by a, b",
        ),
        (concept("a") + concept("b").replace("'b-fr'@fr, ", ""), "note", "1 of 2 concepts have no name in fr"),
        (concept("a").replace("'a-fr'@fr, ", ""), "note", "all 1 concepts have no name in fr"),
    ],
)
def test_each_fault_is_named(body, severity, words, tmp_path):
    write(tmp_path, body)
    ((weight, scheme, message),) = found(tmp_path)
    assert (weight, scheme) == (severity, "things")
    assert words in message


def test_a_chain_through_another_vocabulary_is_followed(tmp_path):
    write(tmp_path, concept("a", "; skos:exactMatch <urn:y:1>") + concept("b", "; skos:exactMatch <urn:y:2>"))
    between = concept("m", "; skos:exactMatch <urn:y:1>, <urn:y:2>")
    write(tmp_path, between, "others.ttl")
    assert [(severity, scheme) for severity, scheme, _ in found(tmp_path)] == [("error", "things")]


def test_the_same_word_in_two_languages_is_no_clash(tmp_path):
    write(tmp_path, concept("a", "; skos:altLabel 'Same'@en") + concept("b", "; skos:altLabel 'same'@fr"))
    assert found(tmp_path) == []


def test_one_broken_file_hides_no_other(tmp_path):
    write(tmp_path, "oops")
    write(tmp_path, concept("a").replace("'a-fr'@fr, ", ""), "others.ttl")
    assert [(severity, scheme) for severity, scheme, _ in found(tmp_path)] == [("note", "others"), ("error", "things")]
