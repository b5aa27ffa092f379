"""A row of a table or list of documents: which cell means what."""

import pytest

from harvesters.model import RawRecord
from normalizers.profiles import Unreadable
from normalizers.profiles.web_document import extract
from tests.normalizers.making import answer

OTHER = "<tr><td><a href='/o.pdf'>Un autre document</a></td></tr>"


def row(body, item=0):
    page = answer(f"<html lang='fr'><body>{body}</body></html>".encode(), "https://chm.example.be/documents")
    return extract(
        RawRecord(identifier="1", profile="web_document", answer=page, item=item, start=0, end=len(page.body))
    )


def table(heads, *cells):
    head = "".join(f"<th>{head}</th>" for head in heads.split("|"))
    return f"<table><tr>{head}</tr><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>{OTHER}</table>"


@pytest.mark.parametrize(
    ("heads", "title", "date"),
    [
        ("Title|Date|Download", "title", "date"),
        ("Titre|Année|Télécharger", "titre", "année"),
        ("Título|Fecha|Descargar", "título", "fecha"),
        ("Название|Дата|Файл", "название", "дата"),
        ("العنوان|التاريخ|تحميل", "العنوان", "التاريخ"),
        ("文件名称|发布日期|下载", "名称", "日期"),
    ],
)
def test_heads_in_six_languages_say_what_a_cell_is(heads, title, date):
    draft = row(table(heads, "Le parc national", "12/03/2021", "<a href='/f.pdf'>PDF</a>"))
    assert [text.value for text in draft.titles] == ["Le parc national"]
    assert draft.dates == [("published", "12/03/2021")]


def rows(tag, pattern):
    inner = "".join(pattern.format(*values) for values in (("f", "Le parc national", 1), ("o", "Un autre", 2)))
    return f"<{tag}>{inner}</{tag}>"


@pytest.mark.parametrize(
    ("body", "title", "dates"),
    [
        (rows("table", "<tr><td>2021-03-1{2}</td><td><a href='/{0}.pdf'>{1}.pdf</a></td></tr>"),
         "Le parc national", ["2021-03-11"]),
        (rows("ul", "<li><a href='/{0}.pdf'>{1} (PDF, 2,3 Mo)</a> - {2} mars 2021</li>"),
         "Le parc national", ["1 mars 2021"]),
        (rows("dl", "<dt>{1}</dt><dd>12/03/202{2} <a href='/{0}.pdf'>PDF</a></dd>"),
         "Le parc national", ["12/03/2021"]),
        (rows("ul", "<li><a href='/{0}.pdf'>Décret du {2} mars 2021</a></li>"), "Décret du 1 mars 2021", []),
    ],
)  # fmt: skip
def test_without_heads_a_cell_is_known_by_what_stands_in_it(body, title, dates):
    draft = row(body)
    assert [text.value for text in draft.titles] == [title]
    assert [date for _, date in draft.dates] == dates


def test_a_column_for_languages_says_in_which_the_document_is():
    draft = row(table("Titre|Langue|Fichier", "الاستراتيجية الوطنية", "العربية", "<a href='/f.pdf'>PDF</a>"))
    assert draft.languages == ["ar"]
    assert draft.titles[0].language == "ar"


def test_a_document_leads_to_its_files_and_to_the_page_that_lists_it():
    draft = row(
        table("Titre|Fichiers", "Le parc", "<a href='/f.pdf'>PDF</a> <a href='/f.docx' hreflang='fr'>Version</a>")
    )
    assert [(link.url, link.rel, link.name, link.language) for link in draft.links] == [
        ("https://chm.example.be/f.pdf", "document", None, None),
        ("https://chm.example.be/f.docx", "document", "Version", "fr"),
        ("https://chm.example.be/documents", "source", None, None),
    ]


def test_columns_that_nobody_knows_are_counted():
    assert row(table("Titre|Cote|Fichier", "Le parc", "B-12", "<a href='/f.pdf'>PDF</a>")).unused == {
        "Cote": 1,
        "Fichier": 1,
    }


def test_a_row_that_is_gone_is_refused():
    with pytest.raises(Unreadable, match="lists no such document"):
        row(table("Titre|Fichier", "Le parc", "<a href='/f.pdf'>PDF</a>"), item=2)
