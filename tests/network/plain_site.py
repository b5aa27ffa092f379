"""The Moroccan site: plain HTML in French and Arabic, made by hand and by scripts, with nothing for machines.

No feed, no site map, no date but in words, and Arabic in windows-1256. Documents stand in a table, one a row, which can
be sorted in three ways; an agenda leads from month to month without end; a page that is not there is answered with 200;
every page shows the date of the day and its visitors. On the second day two items of news and a document are
new, one item was reworded, and one and a document are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from html import escape
from zlib import crc32

from flask import Flask, Response, request

from tests.network.days import moment
from tests.network.text import Fact, Telling, facts, revised, tell

START = "/accueil.html"
ENCODINGS = {"fr": "utf-8", "ar": "windows-1256"}
NEWS = {"fr": 26, "ar": 15}  # of them the last two come on the second day
DOCUMENTS = {"fr": 12, "ar": 9}  # of them the last one
EDITED, GONE, WITHDRAWN = 7, 11, 4  # places of an item of news, of another, and of a document
SHOWN = 8  # items on a page of the list
PATHS = {
    "fr": {"news": "/fr/actualites", "documents": "/fr/documents", "agenda": "/fr/agenda", "about": "/fr/presentation"},
    "ar": {"news": "/ar/akhbar", "documents": "/ar/wathaiq", "agenda": "/ar/ajinda", "about": "/ar/taqdim"},
}
WORDS = {
    "fr": {
        "site": "Démonstration : Maroc", "news": "Actualités", "documents": "Documents", "agenda": "Agenda",
        "about": "Présentation", "published": "Publié le {}", "by": "Par {}", "today": "Aujourd’hui : {}",
        "visitors": "Visiteurs : {}", "next": "Page suivante", "month": "Mois suivant", "own": "Français",
        "heads": "Titre|Date|Langue|Téléchargement", "file": "Télécharger (PDF, {} Ko)", "missing": "Page introuvable",
        "licence": "Textes sous licence CC BY 4.0, sauf mention contraire.",
    },
    "ar": {
        "site": "عرض تجريبي: المغرب", "news": "الأخبار", "documents": "الوثائق", "agenda": "الأجندة",
        "about": "تقديم", "published": "تاريخ النشر: {}", "by": "بقلم: {}", "today": "اليوم: {}",
        "visitors": "عدد الزوار: {}", "next": "الصفحة التالية", "month": "الشهر التالي", "own": "العربية",
        "heads": "العنوان|التاريخ|اللغة|تحميل", "file": "تحميل (PDF)", "missing": "الصفحة غير موجودة",
        "licence": "النصوص متاحة برخصة CC BY 4.0",
    },
}  # fmt: skip
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "ar": ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"],
}
AUTHORS = {"fr": ("Salma Benali", "Youssef Amrani"), "ar": ("سلمى بنعلي", "يوسف العمراني")}


@dataclass(frozen=True)
class Item:
    """An item of news on a day: what it is about first, and then what stands beside it."""

    number: int
    tellings: tuple[Telling, ...]
    published: date
    author: str

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{PATHS[self.tellings[0].language]['news']}/{self.number}.html"


@dataclass(frozen=True)
class Document:
    """A row of the table of documents."""

    number: int
    telling: Telling
    published: date

    @property
    def path(self) -> str:
        """Where its file is."""
        return f"/fichiers/doc-{self.number:02}-{self.telling.language}.pdf"


@cache
def news(language: str, day: int) -> tuple[Item, ...]:
    """The items of that day, the youngest first."""
    told = [tell(fact, language) for fact in _facts(language, "news")]
    found = {}
    for place in range(NEWS[language]):
        age = NEWS[language] - place
        published = (moment(1) - timedelta(days=29 * age)).date() if age > 2 else moment(2).date()
        author = AUTHORS[language][place % 2]
        found[place] = Item(place + 1, tuple(told[place : place + 3]), published, author)
    if day == 1:
        hidden = {NEWS[language] - 1, NEWS[language] - 2}
    else:
        hidden = {GONE}
        edited = found[EDITED]
        first, *others = edited.tellings
        found[EDITED] = replace(edited, tellings=(revised(first, str(edited.number)), *others))
    return tuple(item for place, item in reversed(found.items()) if place not in hidden)


@cache
def documents(language: str, day: int) -> tuple[Document, ...]:
    """The documents of that day, the oldest first."""
    told = [tell(fact, language) for fact in _facts(language, "documents")]
    days = [(moment(1) - timedelta(days=97 * (len(told) - place))).date() for place in range(DOCUMENTS[language])]
    found = [Document(place + 1, told[place], published) for place, published in enumerate(days)]
    if day == 1:
        return tuple(found[:-1])
    return tuple(document for place, document in enumerate(found) if place != WITHDRAWN)


@cache
def _facts(language: str, what: str) -> tuple[Fact, ...]:
    """The library tells others."""
    chosen = [fact for fact in facts() if fact.country == "ma"][-90:]
    start = {("fr", "news"): 0, ("ar", "news"): 30, ("fr", "documents"): 50, ("ar", "documents"): 65}[language, what]
    return tuple(chosen[start : start + 30])


def make_app(today: Callable[[], int]) -> Flask:
    """The site; `today` says which day it is."""
    app = Flask(__name__, static_folder=None)

    def page(language: str, title: str, body: str) -> Response:
        return _page(language, title, body, _around(language, moment(today()).date(), request.path))

    @app.get("/")
    @app.get(START)
    def gate() -> Response:
        links = "".join(f'<p><a href="/{tag}/">{WORDS[tag]["site"]}</a></p>' for tag in PATHS)
        return Response(f"<html><title>Maroc</title><body>{links}</body></html>", mimetype="text/html")

    @app.get("/<any(fr, ar):language>/")
    def home(language: str) -> Response:
        shown = "".join(
            f'<li><a href="{one.path}">{escape(one.tellings[0].title)}</a></li>' for one in news(language, today())[:5]
        )
        return page(language, WORDS[language]["site"], f"<ul>{shown}</ul>")

    for language, paths in PATHS.items():
        _add_pages(app, language, paths, page, today)

    @app.get("/fichiers/<name>")
    def file(name: str) -> Response:
        known = {one.path.rpartition("/")[2] for language in PATHS for one in documents(language, today())}
        body = b"%PDF-1.4\n" + name.encode() * 500
        return Response(
            body if name in known else b"", status=200 if name in known else 404, mimetype="application/pdf"
        )

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response("User-agent: *\nDisallow: /admin/\n", mimetype="text/plain")

    @app.errorhandler(404)
    def missing(_error: Exception) -> Response:
        language = "ar" if request.path.startswith("/ar/") else "fr"
        return page(language, WORDS[language]["missing"], f"<h1>{WORDS[language]['missing']}</h1>")

    return app


PageOf = Callable[[str, str, str], Response]


def _add_pages(app: Flask, language: str, paths: dict[str, str], page: PageOf, today: Callable[[], int]) -> None:
    """What there is in one of the languages."""
    words = WORDS[language]

    def listed() -> Response:
        number = int(request.args.get("page", 1))
        found = news(language, today())
        shown = "".join(_teaser(item) for item in found[SHOWN * (number - 1) : SHOWN * number])
        onward = f'<p><a href="{paths["news"]}?page={number + 1}">{words["next"]}</a></p>'
        return page(language, words["news"], shown + (onward if SHOWN * number < len(found) else ""))

    def item(name: str) -> Response:
        found = next((one for one in news(language, today()) if one.path.endswith(f"/{name}.html")), None)
        if found is None:
            return page(language, words["missing"], f"<h1>{words['missing']}</h1>")
        return page(language, found.tellings[0].title, _article(found))

    def table() -> Response:
        order = request.args.get("tri", "")
        found = sorted(documents(language, today()), key=lambda one: one.telling.title if order == "titre" else "")
        return page(language, words["documents"], _table(found[:: -1 if order == "date" else 1], language))

    def agenda() -> Response:
        year, month = (int(part) for part in request.args.get("mois", "2026-03").split("-"))
        return page(language, words["agenda"], _calendar(paths["agenda"], year, month, words["month"]))

    def about() -> Response:
        told = [tell(fact, language).description for fact in _facts(language, "documents")[-3:]]
        return page(language, words["about"], f"<h1>{words['about']}</h1>" + _paragraphs(told))

    for name, view in {"news": listed, "documents": table, "agenda": agenda, "about": about}.items():
        app.add_url_rule(paths[name], f"{language}_{name}", view)
    app.add_url_rule(f"{paths['news']}/<name>.html", f"{language}_item", item)


def _page(language: str, title: str, body: str, around: str) -> Response:
    encoding = ENCODINGS[language]
    direction = ' dir="rtl"' if language == "ar" else ""
    links = " | ".join(f'<a href="{path}">{WORDS[language][name]}</a>' for name, path in PATHS[language].items())
    text = (
        f'<html lang="{language}"{direction}><head>'
        f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
        f"<title>{escape(title)} - {WORDS[language]['site']}</title></head><body><table width=100%><tr><td colspan=2>"
        f"{WORDS[language]['site']}</td></tr><tr><td class=menu>{links}</td><td class=contenu>{body}</td></tr></table>"
        f"<div class=pied>{around}</div></body></html>"
    )
    return Response(text.encode(encoding, "xmlcharrefreplace"), content_type="text/html")


def _around(language: str, day: date, path: str) -> str:
    words, visits = WORDS[language], crc32(f"{path} {day}".encode()) % 9000
    return f"<p>{words['today'].format(_worded(day, language))}</p><p>{words['visitors'].format(visits)}</p>"


def _article(item: Item) -> str:
    words = WORDS[item.tellings[0].language]
    published = words["published"].format(_worded(item.published, item.tellings[0].language))
    who = words["by"].format(item.author)
    told = _paragraphs([telling.description for telling in item.tellings])
    title = escape(item.tellings[0].title)
    return f"<h1>{title}</h1><p><i>{published}</i></p><p>{who}</p>{told}<p>{words['licence']}</p>"


def _teaser(item: Item) -> str:
    first = item.tellings[0]
    return f'<h3><a href="{item.path}">{escape(first.title)}</a></h3><p>{escape(first.description)}</p>'


def _table(found: Sequence[Document], language: str) -> str:
    words, here = WORDS[language], PATHS[language]["documents"]
    heads = "".join(f"<th>{head}</th>" for head in words["heads"].split("|"))
    sorts = " ".join(f'<a href="{here}?tri={order}">{order}</a>' for order in ("titre", "date", "langue"))
    rows = "".join(
        f"<tr><td>{escape(one.telling.title)}</td><td>{one.published:%d/%m/%Y}</td><td>{words['own']}</td>"
        f'<td><a href="{one.path}">{words["file"].format(100 + 7 * one.number)}</a></td></tr>'
        for one in found
    )
    return f"<h1>{words['documents']}</h1><p>{sorts}</p><table border=1><tr>{heads}</tr>{rows}</table>"


def _calendar(here: str, year: int, month: int, onward: str) -> str:
    later, earlier = date(year, month, 1) + timedelta(days=31), date(year, month, 1) - timedelta(days=1)
    days = "".join(f'<td><a href="{here}?mois={year}-{month:02}&jour={day}">{day}</a></td>' for day in range(1, 29))
    return (
        f"<h1>{month:02}/{year}</h1><table><tr>{days}</tr></table>"
        f'<p><a href="{here}?mois={later:%Y-%m}">{onward}</a> <a href="{here}?mois={earlier:%Y-%m}">&lt;&lt;</a></p>'
    )


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _worded(day: date, language: str) -> str:
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"
