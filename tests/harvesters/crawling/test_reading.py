"""What a page is, and which records stand on it."""

from __future__ import annotations

import pytest

from harvesters.crawling.reading import read
from tests.harvesters.crawling.pages import HOME, PARAGRAPH, kind, listed, page, table

PAGE = f"{HOME}/actualites/12"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        pytest.param("/actualites/12", f"<h1>Zones humides</h1>{PARAGRAPH}", "record", id="a page with a text"),
        pytest.param("/x", '<div itemscope itemtype="https://schema.org/Event"><h1>Atelier</h1></div>', "record",
                     id="a short page that says what it is about"),
        pytest.param("/documents", f"<h1>Documents</h1>{table(4)}", "documents", id="a table of documents"),
        pytest.param("/documents", f"<h1>Documents</h1><ul>{listed('/f/{}.pdf', 4)}</ul>", "documents",
                     id="a list of documents"),
        pytest.param("/lois/3", f"<h1>Loi</h1>{PARAGRAPH * 4}<ul>{listed('/f/{}.pdf', 2)}</ul>", "record",
                     id="a text with two annexes"),
        pytest.param("/", PARAGRAPH, "listing", id="the home page"),
        pytest.param("/fr/", PARAGRAPH, "listing", id="the home page in a language"),
        pytest.param("/actualites", f"<ul>{listed('/actualites/{}', 9)}</ul>", "listing", id="a list of links"),
        pytest.param("/actualites", "".join(f"<h2><a href='/a/{n}'>Une nouvelle</a></h2>{PARAGRAPH}" for n in range(4)),
                     "listing", id="a list of teasers"),
        pytest.param("/?s=loups", PARAGRAPH, "search", id="a question in the address"),
        pytest.param("/fr/recherche?type=page", PARAGRAPH, "search", id="a page for searching"),
        pytest.param("/x", "<h1>Page introuvable</h1><p>Désolé.</p>", "soft_404", id="not found, in French"),
        pytest.param("/x", "<h1>الصفحة غير موجودة</h1>", "soft_404", id="not found, in Arabic"),
        pytest.param("/x", "<h1>页面不存在</h1>", "soft_404", id="not found, in Chinese"),
        pytest.param("/x", "<h1>Страница не найдена</h1>", "soft_404", id="not found, in Russian"),
        pytest.param("/x", "<h1>404 species new to science</h1>" + PARAGRAPH * 4, "record", id="a text on 404 species"),
        pytest.param("/user", '<form><input name="u"><input type="password"></form><p>Connexion</p>', "other",
                     id="a login form"),
        pytest.param("/x", "", "other", id="nothing"),
    ],
)  # fmt: skip
def test_a_page_is_told_by_what_is_on_it(path: str, body: str, expected: str) -> None:
    assert kind(path, body) == expected


def test_a_text_is_one_record_under_the_address_that_it_gives_itself() -> None:
    body = page(f"<h1>Zones humides</h1>{PARAGRAPH}", '<link rel="canonical" href="/actualites/zones-humides">')
    reading = read(f"{PAGE}?from=menu", body, "text/html")
    assert [(found.identifier, found.profile) for found in reading.records] == [
        (f"{HOME}/actualites/zones-humides", "web_page")
    ]


@pytest.mark.parametrize(
    "canonical", ["/", "https://elsewhere.example/actualites/12", "http://[", "javascript:void(0)"]
)
def test_an_address_that_cannot_be_the_pages_own_is_passed(canonical: str) -> None:
    reading = read(PAGE, page(PARAGRAPH, f'<link rel="canonical" href="{canonical}">'), "text/html")
    assert reading.canonical == PAGE


def test_every_row_of_a_table_is_a_record_named_by_its_file() -> None:
    reading = read(f"{HOME}/documents", page(table(3)), "text/html; charset=utf-8")
    assert [(found.identifier, found.profile, found.item) for found in reading.records] == [
        (f"{HOME}/f/{number}.pdf", "web_document", number) for number in range(3)
    ]


def test_what_is_no_page_is_other() -> None:
    assert read(f"{HOME}/a.pdf", b"%PDF-1.7", "application/pdf").kind == "other"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(page(PARAGRAPH, around="<nav><a href='/new'>New in the menu</a></nav>"), id="the menu"),
        pytest.param(page(f"<p>Aujourd'hui : mercredi 25 novembre</p>{PARAGRAPH}"), id="the date of the day"),
        pytest.param(page(PARAGRAPH, '<meta name="generator" content="Drupal 11">'), id="the software"),
    ],
)
def test_what_stands_around_a_text_is_no_part_of_its_meaning(changed: bytes) -> None:
    before, after = (read(PAGE, body, "text/html").meaning for body in (page(PARAGRAPH), changed))
    assert before == after


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(page(PARAGRAPH + "<p>Une phrase de plus.</p>"), id="a sentence"),
        pytest.param(page(PARAGRAPH + '<a href="/f/1.pdf"></a>'), id="a document"),
        pytest.param(page(PARAGRAPH, '<meta name="DC.rights" content="CC BY 4.0">'), id="the licence"),
    ],
)
def test_what_a_page_says_is_its_meaning(changed: bytes) -> None:
    before, after = (read(PAGE, body, "text/html").meaning for body in (page(PARAGRAPH), changed))
    assert before != after
