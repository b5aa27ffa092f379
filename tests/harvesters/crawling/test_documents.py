"""Tables and lists of documents, as sites write them."""

from __future__ import annotations

import pytest

from harvesters.crawling.documents import is_file, listed, says_nothing
from harvesters.web_pages import tree
from tests.harvesters.crawling.pages import HOME, PARAGRAPH, page

ANNEX = "<a href='/f/{}.pdf'>Rapport numéro {}</a>"


def found(body: str) -> list[tuple[str, ...]]:
    """The files of each row, by the names that they have in their folder."""
    root = tree(page(body))
    assert root is not None
    return [
        tuple(file.url.removeprefix(f"{HOME}/f/") for file in row.files) for row in listed(root, f"{HOME}/documents")
    ]


def many(pattern: str, count: int = 3) -> str:
    return "".join(pattern.replace("{}", str(number)) for number in range(count))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"<table>{many(f'<tr><td>{ANNEX}</td><td>2020</td></tr>')}</table>", id="a table without heads"),
        pytest.param(f"<table><tr><td><table>{many(f'<tr><td>{ANNEX}</td></tr>')}</table></td></tr></table>",
                     id="a table for layout around it"),
        pytest.param(f"<ul>{many(f'<li>{ANNEX} (PDF, 2 Mo)</li>')}</ul>", id="a list"),
        pytest.param(f"<ul><li>2020<ul>{many(f'<li>{ANNEX}</li>')}</ul></li></ul>", id="lists in a list"),
        pytest.param(f"<dl>{many('<dt>Rapport {}</dt><dd><a href=/f/{}.pdf>PDF, 2 Mo, en français</a></dd>')}</dl>",
                     id="terms and files"),
        pytest.param(many(f"<p>{ANNEX}</p>"), id="paragraphs"),
        pytest.param(many(f"<div class='views-row'><h3>Titre {{}}</h3><div>{ANNEX}</div></div>"), id="divisions"),
        pytest.param(many("<div><h3>Rapport {}</h3><p><a href='/f/{}.pdf'>Télécharger</a></p></div>"),
                     id="divisions whose links say nothing"),
    ],
)  # fmt: skip
def test_each_entry_is_one_document(body: str) -> None:
    assert found(body) == [("0.pdf",), ("1.pdf",), ("2.pdf",)]


def test_formats_and_languages_of_a_document_are_files_of_one_row() -> None:
    cell = "<td><ul><li><a href='/f/{}.pdf'>PDF</a></li><li><a href='/f/{}.docx'>Word</a></li></ul></td>"
    body = f"<table>{many(f'<tr><td>Rapport {{}}</td>{cell}</tr>', 2)}</table>"
    assert found(body) == [("0.pdf", "0.docx"), ("1.pdf", "1.docx")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"<ul>{many(f'<li>{ANNEX}</li>', 1)}</ul>", id="one document"),
        pytest.param(f"<nav><ul>{many(f'<li>{ANNEX}</li>')}</ul></nav>", id="a menu"),
        pytest.param(many(PARAGRAPH.replace("</p>", f" {ANNEX}</p>")), id="paragraphs that name a file each"),
        pytest.param("<ul><li><a href='/a'>Une page</a></li><li><a href='http://['>rien</a></li></ul>", id="pages"),
    ],
)
def test_what_is_no_list_of_documents_lists_none(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a.pdf", True),
        ("https://x.example/A.PDF?v=2", True),
        ("https://x.example/download.php?file=a%20b.docx", True),
        ("https://x.example/a.html", False),
        ("https://x.example/pdf", False),
        ("https://x.example/a.b/c", False),
        ("http://[", False),
    ],
)
def test_a_file_is_told_by_its_name(url: str, expected: bool) -> None:
    assert is_file(url) is expected


@pytest.mark.parametrize(
    "words",
    ["", "PDF", "Download (PDF, 2.3 MB)", "Télécharger", "تحميل", "下载 PDF", "Скачать (1,2 МБ)", "English | Français"],
)
def test_words_that_only_say_how_to_get_a_file_are_no_title(words: str) -> None:
    assert says_nothing(words)


@pytest.mark.parametrize(
    "words", ["Sixth national report", "PDF/A: a guide", "الاستراتيجية", "国家报告", "Red List 2020"]
)
def test_words_that_say_more_may_be_one(words: str) -> None:
    assert not says_nothing(words)
