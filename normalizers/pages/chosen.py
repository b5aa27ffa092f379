"""Which of several values of a page is believed: what it states for machines before what is guessed from its words.

A statement is not believed where it cannot be true: a title that the page shows nowhere though it has a heading, a date
before there were web pages, after it was received or at the beginning of a computer's time, an author named `admin`, a
language in which its text is not.
"""

from __future__ import annotations

import re

from normalizers.fields.dates import Span, read_date
from normalizers.fields.detection import detect
from normalizers.fields.language import language_tag
from normalizers.pages.shown import Shown
from normalizers.pages.stated import Stated, Value
from vocabularies.folding import fold

_NOBODY = frozenset((
    "admin", "administrator", "administrateur", "administrador", "root", "webmaster", "web master", "super user",
    "superuser", "editor", "user", "anonymous", "author", "guest", "manager", "site admin", "portal editor", "админ",
    "администратор", "管理员", "本站编辑", "مدير الموقع", "المدير", "المشرف",
))  # fmt: skip
_UNTITLED = re.compile(
    r"untitled|document sans titre|sin título|без названия|无标题|بدون عنوان|home$|accueil$|inicio$", re.IGNORECASE
)
_FIRST_YEAR = 1990
_EPOCHS = ("1970-01-01", "1980-01-01", "1900-01-01")
_TEMPLATE = re.compile(r"[${%<\[{]\s*\w|\w\s*[}%>\]]{2}")
_ENOUGH_TO_TELL = 100  # characters of text whose language is told with certainty


def title(stated: Stated, shown: Shown) -> Value | None:
    """The first title stated that a heading bears out, in the words of that heading; else what is shown for one."""
    sites = {fold(site) for site in stated.sites}

    def usable(texts: list[str]) -> list[str]:
        return [text for text in texts if _is_title(text) and fold(text) not in sites]

    headings, lines, window = usable(shown.headings), usable(shown.lines), usable(shown.window)
    values = [value for value in stated.of("title") if usable([value.text])]
    for value in values:
        for heading in headings or lines:
            if _agree(value.text, heading):
                return Value(heading, value.place, value.language)
    for place, texts in (("heading", headings), ("text", lines)):
        borne_out = next((text for text in texts if any(_agree(text, part) for part in window)), None)
        if borne_out or (texts and place == "heading"):
            return Value(borne_out or texts[0], place)
    window = sorted(window, key=len, reverse=True)
    return next(iter((*values, *(Value(part, "window") for part in window))), None)


def date(values: list[Value], words: str | None, until: str) -> Value | None:
    """The first date stated that can be true on the day `until` (ISO 8601), else the one in `words`."""
    guessed = [Value(words, "text")] if words else []
    return next((value for value in (*values, *guessed) if _is_date(value.text, until)), None)


def authors(stated: Stated, shown: Shown) -> list[Value]:
    """Those of the first place that names somebody, else those whom the text names."""
    sites = {fold(site) for site in stated.sites}
    named = [value for value in stated.of("author") if _is_somebody(value.text) and fold(value.text) not in sites]
    if named:
        return [value for value in named if value.place == named[0].place]
    return [Value(name, "text") for name in shown.authors if _is_somebody(name)]


def language(stated: Stated, declared: str | None, plain: str) -> Value | None:
    """The first language declared in which the text can be; none where it is plainly in another."""
    told = detect(plain) if len(plain) >= _ENOUGH_TO_TELL else None
    values = [Value(declared, "html")] if declared else []
    for value in (*values, *stated.of("language")):
        tag = (language_tag(value.text) or "").removesuffix("-AA")  # Joomla's Arabic is of a country that there is not
        if tag and (told is None or tag.partition("-")[0] == told):
            return Value(tag, value.place)
    return Value(told, "text") if told else None


def _agree(one: str, other: str) -> bool:
    """Whether two titles are the same, but for the name of the site that follows one of them."""
    folded, longer = sorted((fold(one), fold(other)), key=len)
    return bool(folded) and (folded == longer or (folded in longer and 3 * len(folded) >= len(longer)))


def _is_title(text: str) -> bool:
    return 1 < len(text) <= 300 and not _UNTITLED.match(text) and not _TEMPLATE.search(text)


def _is_somebody(text: str) -> bool:
    return fold(text) not in _NOBODY and not text.startswith(("http:", "https:", "@")) and not _TEMPLATE.search(text)


def _is_date(text: str, until: str) -> bool:
    told = read_date(text)
    if not isinstance(told, Span):
        return told == "date_ambiguous"  # its source's `date_order` tells
    day = told.start or ""
    return day[:4].isdigit() and int(day[:4]) >= _FIRST_YEAR and not day.startswith(_EPOCHS) and day[:10] <= until
