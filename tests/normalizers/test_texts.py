"""Texts under the language that they are in, genuine, of bearable length and without anybody's number."""

import pytest

from normalizers.issues import Issues
from normalizers.model import Text
from normalizers.texts import Texts
from tests.normalizers.making import source

ENGLISH = "The national park protects more than forty species of orchids along the river."
ARABIC = "تحمي الحديقة الوطنية أكثر من أربعين نوعا من نباتات الأوركيد على ضفاف النهر."


@pytest.fixture
def read(terms):
    """What is read of the texts of one field, and the codes of the issues."""

    def texts(*given, field="title", declared=(), **keys):
        issues = Issues("be_chm", "1")
        reader = Texts(source(**keys), terms.languages, issues)
        reader.declare(declared)
        found = reader.lstring(field, [Text(*text) for text in given])
        return found, [issue.code for issue in issues.found]

    return texts


@pytest.mark.parametrize(
    ("text", "keys", "language"),
    [
        ((ENGLISH, "fr"), {}, "fr"),
        ((ENGLISH,), {"languages": ("fr",)}, "fr"),
        ((ENGLISH,), {"declared": ("es",)}, "es"),
        ((ENGLISH,), {"declared": ("es", "fr")}, "en"),
        ((ENGLISH,), {}, "en"),
        ((ARABIC,), {"languages": ("fr",)}, "ar"),
        (("Quercus robur",), {}, "und"),
        (("https://creativecommons.org/licenses/by/4.0/",), {"declared": ("es",)}, "und"),
    ],
)
def test_the_language_is_that_declared_the_sources_the_records_or_that_of_the_text(read, text, keys, language):
    assert read(text, **keys) == ({language: text[0]}, [])


def test_a_language_that_the_text_cannot_be_in_is_an_issue_and_told_from_the_text(read):
    assert read((ARABIC, "en")) == ({"ar": ARABIC}, ["language_impossible"])


def test_a_translation_that_copies_another_language_is_dropped_with_an_issue(read):
    assert read((ENGLISH, "fr"), (ENGLISH, "en"), (ARABIC, "ar")) == (
        {"en": ENGLISH, "ar": ARABIC},
        ["translation_copied"],
    )


def test_a_short_name_may_be_the_same_in_two_languages(read):
    assert read(("Natura 2000", "fr"), ("Natura 2000", "en")) == ({"fr": "Natura 2000", "en": "Natura 2000"}, [])


def test_a_text_without_end_is_cut_with_an_issue(read):
    found, codes = read(("word " * 1_000, "en"))
    assert len(found["en"]) <= 1_000
    assert codes == ["text_cut"]


def test_masked_numbers_are_noted_without_being_told(read, terms):
    assert read(("Ask anne@x.org", "en"), field="description") == ({"en": "Ask [e-mail]"}, ["contact_masked"])
    issues = Issues("be_chm", "1")
    Texts(source(), terms.languages, issues).plain("description", "Ask anne@x.org")
    assert "anne" not in issues.found[0].message + str(issues.found[0].value)


def test_a_text_in_a_language_that_nobody_declared_is_known_as_one_that_was_detected(terms):
    reader = Texts(source(), terms.languages, Issues("be_chm", "1"))
    reader.lstring("title", [Text(ENGLISH), Text(ARABIC, "ar")])
    reader.lstring("description", [Text(ARABIC), Text("Quercus robur")])
    assert reader.detected == ("title:en", "description:ar")
