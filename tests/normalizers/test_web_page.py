"""What a web page states is believed where the page bears it out; the draft says where each value stood."""

import json
import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.model import RawRecord
from normalizers.care import labels
from normalizers.profiles import Unreadable
from normalizers.profiles.web_page import extract
from tests.harvesters.crawling.pages import HOME, PARAGRAPH, page
from tests.normalizers.making import answer

PAGE = f"{HOME}/actualites/12"
SENTENCES = re.sub("<[^>]+>", "", PARAGRAPH).strip()
HEADING = "<h1>Les zones humides</h1>"
EVENT = {"@type": "Event", "name": "Les zones humides", "startDate": "2030-01-02"}
PIECES = (
    "<div itemscope itemtype='https://schema.org/Article' itemref='a b'>", "<b itemprop='name author' id='a'>", "</b>",
    "<p vocab='http://schema.org/' typeof='Article' resource='http://['>", "<i property='headline'>", "</div>", "</p>",
    "<script type='application/ld+json'>", '{"@type": "Article", "author": [null, 1, {"@id": "x"}]}', "]", "{",
    "</script>",
    "<meta name='DC.date' content='0000'>", "<meta property='og:title' content=''>", "<time datetime='x'>", HEADING,
    PARAGRAPH, "<p>Publié le 30 février 2020, par</p>", "© ", "<a rel=license href='http://['>", "&#xDFFF;", "\x00",
)  # fmt: skip


def draft(body, head=""):
    received = answer(page(body, head), PAGE)
    return extract(
        RawRecord(identifier=PAGE, profile="web_page", answer=received, item=0, start=0, end=len(received.body))
    )


def json_ld(*things):
    return f'<script type="application/ld+json">{json.dumps(things)}</script>'


def meta(**metas):
    return "".join(f'<meta name="{name.replace("_", ".", 1)}" content="{content}">' for name, content in metas.items())


def titles(found):
    return [text.value for text in found.titles]


def test_a_title_stated_that_the_page_shows_is_taken_in_the_words_that_it_shows():
    found = draft(HEADING + PARAGRAPH, json_ld({"@type": "Article", "headline": "Les zones humides | Site national"}))
    assert titles(found) == ["Les zones humides"]
    assert "title=json-ld" in found.detected


@pytest.mark.parametrize("stated", ["Untitled document", "${title}", "Site national", "Une tout autre page", "x" * 400])
def test_a_title_stated_that_the_page_does_not_show_gives_way_to_its_heading(stated):
    found = draft(HEADING + PARAGRAPH, meta(DC_title=stated))
    assert titles(found) == ["Les zones humides"]
    assert "title=heading" in found.detected


@pytest.mark.parametrize(
    "stated", ["1970-01-01T00:00:00Z", "0000-00-00", "2099-01-01", "1066", "2023-02-31", "${date}", "soon"]
)
def test_a_date_that_cannot_be_gives_way_to_the_one_in_words(stated):
    found = draft(f"{HEADING}<p>Publié le 12 mars 2024</p>{PARAGRAPH}", meta(DC_date=stated))
    assert found.dates == [("published", "12 mars 2024")]
    assert "published=text" in found.detected


def test_an_event_may_lie_in_the_future():
    assert draft(HEADING + PARAGRAPH, json_ld(EVENT)).dates == [("start", "2030-01-02")]


@pytest.mark.parametrize("name", ["admin", "Super User", "webmaster", "https://chm.example/users/1", "{{author}}"])
def test_nobody_is_an_author(name):
    found = draft(f"{HEADING}<p>Par Awa Diop</p>{PARAGRAPH}", meta(author=name))
    assert [text.value for text in found.authors] == ["Awa Diop"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Grace Mwangi and Peter Lindqvist", ["Grace Mwangi", "Peter Lindqvist"]),
        ("Publié le 5 mai 2021 par Awa Diop", ["Awa Diop"]),
        ("Por María Quispe, 5 de mayo de 2020", ["María Quispe"]),
        ("Автор: Игорь Петренко | 5 мая 2020", ["Игорь Петренко"]),
        ("بقلم: سلمى بنعلي", ["سلمى بنعلي"]),
        ("发布日期：2020年5月6日 作者：王伟 浏览：128", ["王伟"]),
        ("Powered by Drupal", []),
        ("Photo: by the lake", []),
        ("Licence CC BY 4.0", []),
        ("Passer par la forêt", []),
    ],
)
def test_who_wrote_a_page_is_told_by_the_words_before_the_name(line, names):
    assert [text.value for text in draft(f"{HEADING}<p>{line}</p>{PARAGRAPH}").authors] == names


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<p>Bouillon.</p>{PARAGRAPH}<p>Venez nombreux !</p>", "Bouillon. … Venez nombreux !"),
        (f"{PARAGRAPH}<p>Apportez :</p><ul><li>des bottes</li></ul>", "…"),
        (f"{PARAGRAPH}<ul><li>des bottes</li></ul>", "… des bottes"),
        (f"<p>Publié le 12 mars 2024.</p>{PARAGRAPH}<p>Par Awa Diop.</p><p>Tous droits réservés.</p>", "…"),
        ("<p>Par Awa Diop</p><p>Rendez-vous le matin.</p>", "Rendez-vous le matin."),
        (f"{PARAGRAPH}<h2>Lire aussi</h2><ul><li><a href='/a'>Une autre page</a></li></ul>", "…"),
    ],
)
def test_short_paragraphs_beside_a_text_belong_to_it_unless_they_are_about_it(body, text):
    (description,) = draft(HEADING + body).descriptions
    plain = " ".join(re.sub(r"<[^>]+>", " ", description.value).split())
    assert plain == text.replace("…", SENTENCES)


def test_things_that_are_of_another_page_say_nothing_of_this_one():
    other = {"@type": "Article", "headline": "Autre", "datePublished": "2001-01-01", "url": f"{HOME}/autre"}
    site = {"@type": "Organization", "name": "Ministère", "foundingDate": "1990-01-01"}
    found = draft(HEADING + PARAGRAPH, json_ld(other, site))
    assert (titles(found), found.dates, found.types) == (["Les zones humides"], [], [])


def test_a_language_in_which_the_text_is_not_gives_way_to_the_one_in_which_it_is():
    body = page(HEADING + PARAGRAPH * 2).replace(b'lang="fr"', b'lang="en"')
    raw = RawRecord(identifier=PAGE, profile="web_page", answer=answer(body, PAGE), item=0, start=0, end=len(body))
    found = extract(raw)
    assert (found.languages, found.titles[0].language) == (["fr"], "fr")
    assert "language=text" in found.detected


def test_labels_stand_beside_the_licence_and_a_footer_gives_way_to_both():
    label = "https://localcontexts.org/label/tk-attribution/"
    licence = "https://creativecommons.org/licenses/by/4.0/"
    body = f"{HEADING}{PARAGRAPH}<a href='{label}'>TK</a><a href='{licence}'>CC</a><p>© Tous droits réservés</p>"
    assert [text.value for text in draft(body).rights] == [licence, label]


def test_the_picture_of_a_label_is_the_label():
    picture = "<img alt='BC Provenance (BC P)' src='https://localcontexts.org/wp-content/uploads/bc-p.png'>"
    rights = [text.value for text in draft(f"{HEADING}{PARAGRAPH}{picture}").rights]
    assert labels(rights) == ("https://localcontexts.org/label/bc-provenance/",)


def test_documents_and_pictures_are_links_with_what_the_page_says_of_them():
    head = json_ld({"@type": "Article", "image": {"@type": "ImageObject", "url": "https://x.example/a.jpg"}})
    head += '<meta property="og:image" content="https://x.example/b.jpg">'
    files = "<a href='/f/1.pdf' hreflang='ar' type='application/pdf'>Le rapport</a> <a href='/f/2.docx'>L'annexe</a>"
    links = draft(f"{HEADING}{PARAGRAPH}<p>{files}</p>", head).links
    assert [(link.url, link.name, link.language, link.media_type) for link in links if link.rel == "document"] == [
        (f"{HOME}/f/1.pdf", "Le rapport", "ar", "application/pdf"),
        (f"{HOME}/f/2.docx", "L'annexe", None, None),
    ]
    assert [link.url for link in links if link.rel == "image"] == ["https://x.example/a.jpg", "https://x.example/b.jpg"]


def test_a_news_article_is_news_and_what_says_no_more_a_resource():
    article = {"@type": "NewsArticle", "headline": "Les zones humides"}
    assert [draft(HEADING + PARAGRAPH, head).schema for head in (json_ld(article), "")] == ["news", "resource"]


def test_what_is_no_page_is_refused():
    received = answer(b"", PAGE)
    with pytest.raises(Unreadable, match="no web page"):
        extract(RawRecord(identifier=PAGE, profile="web_page", answer=received, item=0, start=0, end=0))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_markup_gives_a_draft_and_nothing_is_fetched(body):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", None)
        found = draft(body, body)
    assert len(found.titles) <= 1
    assert len({field.partition("=")[0] for field in found.detected}) == len(found.detected)
