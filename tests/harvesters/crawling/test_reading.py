"""What a page is, and which records stand on it."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.crawling.reading import Kind, raw_records, read
from harvesters.web_pages import tree
from tests.harvesters.crawling.pages import HOME, PARAGRAPH, kind, listed, page, table
from tests.harvesters.replay import answer

PAGE = f"{HOME}/actualites/12"
SITE = '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": "WebPage"}]}</script>'
PIECES = (
    "<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<ul>", "<li>", "</ul>", "<dl><dt>a</dt><dd>", "<div>",
    "</div>", "<a href='/f.pdf'>Un rapport</a>", "<a href='g.docx'>PDF</a>", "<a href='http://['>x</a>", "<main>",
    "<article>", "<h1>Titre</h1>", "<h2><a href='/a'>b</a></h2>", PARAGRAPH, "<nav>", "</nav>", "<base href='//['>",
    "<link rel=canonical>", "<script type='application/ld+json'>{", "}</script>", "<b itemscope itemprop=a itemtype=x>",
    "<i typeof=x property=y>", "&#xD800;", "\x00", "<!--", "<svg><title>", "<frameset>", "<template>", "]]>", "<?php",
)  # fmt: skip


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
        pytest.param("/x", SITE + PARAGRAPH, "record", id="a text on a page that names its site"),
        pytest.param("/x", SITE + "<p>Adresse</p>", "other", id="nothing but the name of the site"),
        pytest.param("/x", '<div itemscope itemtype="https://schema.org/CollectionPage"></div>' + PARAGRAPH, "listing",
                     id="a page that calls itself a list"),
        pytest.param("/", PARAGRAPH, "listing", id="the home page"),
        pytest.param("/fr/", PARAGRAPH, "listing", id="the home page in a language"),
        pytest.param("/actualites", f"<ul>{listed('/actualites/{}', 9)}</ul>", "listing", id="a list of links"),
        pytest.param("/actualites", "".join(f"<h2><a href='/a/{n}'>Une nouvelle</a></h2>{PARAGRAPH}" for n in range(4)),
                     "listing", id="a list of teasers"),
        pytest.param("/actualites?page=4", f"<h3><a href='/a/1'>Une nouvelle</a></h3>{PARAGRAPH}", "listing",
                     id="the last teaser of a list"),
        pytest.param("/a/1", f"<h1><a href='/a/1'>Une nouvelle</a></h1>{PARAGRAPH}", "record",
                     id="a title that links to itself"),
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


@pytest.mark.parametrize(
    ("content", "records", "closed"), [("noindex", 0, False), ("NONE", 0, True), ("nofollow", 1, True)]
)
def test_a_page_that_asks_not_to_be_indexed_gives_no_record(content: str, records: int, closed: bool) -> None:
    reading = read(PAGE, page(PARAGRAPH, f'<meta name="robots" content="{content}">'), "text/html")
    assert (reading.kind, len(reading.records), reading.closed) == ("record", records, closed)


def test_a_page_names_its_translations_its_feeds_and_where_it_leads() -> None:
    head = (
        '<base href="/fr/"><link rel="alternate" hreflang="ar" href="../ar/12">'
        '<link rel="alternate" hreflang="fr" href="12"><link rel="alternate" hreflang="x-default" href="/">'
        '<link rel="alternate" type="application/rss+xml" href="feed">'
    )
    body = page(f"{PARAGRAPH}<a href='13#top'>13</a><a href='mailto:a@b.example'>@</a><a href='f.pdf'>PDF</a>", head)
    reading = read(PAGE, body, "text/html")
    assert reading.translations == {"ar": f"{HOME}/ar/12", "fr": f"{HOME}/fr/12"}
    assert reading.feeds == (f"{HOME}/fr/feed",)
    assert reading.links == (f"{HOME}/", f"{HOME}/documents", f"{HOME}/fr/13")
    assert reading.files == (f"{HOME}/fr/f.pdf",)


def test_an_item_of_the_portal_tool_kit_keeps_its_own_profile() -> None:
    head = '<meta name="DC.title" content="Forêts"><link rel="stylesheet" href="/misc_/Naaya/style.css">'
    (found,) = read(PAGE, page("<h1>Forêts</h1><p>Court.</p>", head), "text/html").records
    assert found.profile == "ptk_page"


@pytest.mark.parametrize(
    ("content_type", "encoding", "declared"),
    [
        ("text/html", "utf-8", ""),
        ("text/html; charset=windows-1256", "windows-1256", ""),
        ("text/html", "windows-1256", '<meta charset="windows-1256">'),
        ("text/html; charset=nonsense", "windows-1256", '<meta charset="windows-1256">'),
        ("text/html; charset=iso-8859-1", "utf-8", ""),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_is_in(content_type: str, encoding: str, declared: str) -> None:
    text = (
        "الأراضي الرطبة في المناطق الشمالية من البلاد وما تضمه من نبات وحيوان ومن طيور مهاجرة تتوقف فيها كل عام. " * 2
    )
    body = f"<html><head>{declared}<title>x</title></head><body><h1>الأراضي</h1><p>{text}</p></body></html>"
    whole = read(PAGE, body.replace(declared, "").encode(), "text/html")
    assert read(PAGE, body.encode(encoding), content_type).meaning == whole.meaning


@pytest.mark.parametrize("declared", ["", '<meta charset="utf-8">'], ids=["by the server", "by the page"])
@pytest.mark.parametrize("damaged", [b"Zones prot\xe9g\xe9es", "Zones protégées \N{EN DASH}".encode() + b"\xe2\x80"])
def test_what_claims_to_be_utf_8_and_is_not_is_read_as_what_it_must_be(damaged: bytes, declared: str) -> None:
    body = b"<html><head>%b</head><body><h1>%b</h1></body></html>" % (declared.encode(), damaged)
    root = tree(body, "text/html; charset=utf-8" if not declared else "text/html")
    assert root is not None
    assert root.findtext("body/h1").startswith("Zones protégées")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_as_something(body: bytes) -> None:
    assert read(PAGE, body, "text/html").kind in get_args(Kind)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_markup_is_read_and_every_record_is_read_again_by_its_profile(body: str) -> None:
    page_then = answer(body.encode(), url=PAGE)
    reading = read(PAGE, body.encode(), "text/html")
    for raw in raw_records(reading, page_then):
        assert raw.profile in ("web_page", "web_document", "ptk_page")
        assert raw.body == body.encode()
    assert len({found.item for found in reading.records}) == len(reading.records)
