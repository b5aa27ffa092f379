"""Sentences about real countries, species, protected areas, laws and the 23 targets of the Kunming-Montreal Framework.

`facts/*.psv` hold the facts (one a line, values between bars, the first line names them), `facts/templates.yml` the
sentences with gaps; both are our own wording, targets included: none of these words claims to be an official title.
A `Fact` says one thing about one country under one target in one kind of document; `tell` puts it in a language.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

FACTS = Path(__file__).parent / "facts"
UN_LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
EVERY_TARGET = " ".join(str(number) for number in range(1, 24))
AREA_TARGETS = "1 2 3 8 11 22"
TABLES = {"species": "species", "area": "areas", "law": "laws", "policy": "countries"}

Row = dict[str, str]


@dataclass(frozen=True)
class Fact:
    """What one document is about: `row` of the table of `kind`, told in the manner `variant`."""

    kind: str
    variant: str
    row: int
    country: str
    target: int


@dataclass(frozen=True)
class Telling:
    """A fact in one language."""

    language: str
    title: str
    description: str


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of `facts/<name>.psv`, in their order."""
    with (FACTS / f"{name}.psv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines, delimiter="|"))


@cache
def templates() -> dict[str, Any]:
    """Language -> kind -> variant -> [title, description]."""
    found: dict[str, Any] = yaml.safe_load((FACTS / "templates.yml").read_text(encoding="utf-8"))
    return found


@cache
def countries() -> dict[str, Row]:
    """ISO 3166-1 alpha-2, in lower case -> its row."""
    return {row["code"]: row for row in table("countries")}


@cache
def facts() -> tuple[Fact, ...]:
    """Every fact once, in an order that is mixed and always the same."""
    found = [
        Fact(kind, variant, number, country, int(target))
        for kind, name in TABLES.items()
        for number, row in enumerate(table(name))
        for country in row.get("countries", row.get("country", row.get("code", ""))).split()
        for target in row.get("targets", AREA_TARGETS if kind == "area" else EVERY_TARGET).split()
        for variant in templates()["en"][kind]
    ]
    Random(30).shuffle(found)
    return tuple(found)


def tell(fact: Fact, language: str) -> Telling:
    """The fact's title and description in one of the UN languages (in Dutch: facts about Belgium only)."""
    title, description = templates()[language][fact.kind][fact.variant]
    gaps = _gaps(fact, language)
    return Telling(language, title.format_map(gaps), description.format_map(gaps))


def revised(telling: Telling, key: str) -> Telling:
    """The second edition of document `key`."""
    gap = "" if telling.language == "zh" else " "
    addition = templates()[telling.language]["revised"].format(key=key)
    return Telling(telling.language, telling.title, f"{telling.description}{gap}{addition}")


def country_name(code: str, language: str) -> str:
    """The country's name as the UN language (or Dutch) has it."""
    return countries()[code][language]


def _gaps(fact: Fact, language: str) -> dict[str, object]:
    country = countries()[fact.country]
    gaps: dict[str, object] = {
        "country": country[language],
        "n": fact.target,
        "theme": table("targets")[fact.target - 1][language],
        "where": _where(country, language),
    }
    row = table(TABLES[fact.kind])[fact.row]
    if fact.kind == "species":
        gaps |= {"sci": row["scientific"], "name": row[language]}
    elif fact.kind == "area":
        gaps |= {"area": row[language], "year": row["year"]}
    elif fact.kind == "law":
        gaps |= {"title": row["title"], "year": row["year"]}
    return gaps | {name.capitalize(): _upper_first(str(text)) for name, text in gaps.items()}


def _where(country: Row, language: str) -> str:
    if language == "es":
        return f"en {country['es']}"
    if language == "ar":
        return f"في {country['ar']}"
    return country["zh"] if language == "zh" else country[f"{language}_in"]


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
