"""A few hundred records of many kinds, always the same, published as `solr.jsonl.zst` and as a search index."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from normalizers.model import CommonRecord, Date, Link, Term, Text
from tests.warehouse.formats.editions import write
from tests.warehouse.making import common

COUNT = 400
COUNTRIES = ("be", "br", "cm", "fr", "ke", "pe", "vn", "za")
SUBJECTS = ("CBD-SUBJECT-FOR", "CBD-SUBJECT-MAR", "CBD-SUBJECT-AGR", "CBD-SUBJECT-WTR", "CBD-SUBJECT-BIZ")
TARGETS = tuple(f"GBF-TARGET-{number:02}" for number in range(1, 6))
AICHI = tuple(f"AICHI-TARGET-{number:02}" for number in (1, 2, 9, 11))
NBSAP, FIFTH = "B0EBAE91-9581-4BB2-9C02-52FCF9D82721", "B3079A36-32A3-41E2-BDE0-65E4E3A51601"
KINDS = {
    "nationalReport": (NBSAP, FIFTH),
    "organization": ("8830904C-8AF4-4C2F-AADB-363D98D854DA", "8A265B81-3973-42ED-BB06-40ACC755E496"),
    "contact": ("8830904C-8AF4-4C2F-AADB-363D98D854DA",),
    "focalPoint": ("CBD-FP1", "CHM-FP", "GTI-FP"),
}
SCHEMAS = (
    *("resource", "resource", "resource", "news", "event", "nationalReport", "nationalReport6", "nbsap", "contact"),
    *("organization", "focalPoint", "capacityBuildingInitiative", "nationalTarget7", "database"),
)
WORDS = {
    "en": ("wetland", "forest", "coral", "island", "species", "protected", "area", "climate", "change", "report"),
    "fr": ("zones", "humides", "forêt", "espèces", "protégées", "rapport", "national", "climat"),
    "es": ("humedal", "bosque", "especies", "conservación", "informe", "nacional"),
    "pt": ("floresta", "espécies", "conservação", "relatório"),
    "ru": ("леса", "водный", "угодья", "доклад"),
}
_PAGES = "https://{country}.example/{number}?lang=en&x=1"


def records() -> Iterator[CommonRecord]:
    """The records, of which no two are alike; a few say very little."""
    draw = random.Random(20261125)
    for number in range(COUNT):
        yield _record(draw, number)


def release(folder: Path, said: Sequence[CommonRecord] = ()) -> Path:
    """A folder with `solr.jsonl.zst` and `search/` of the records, of `said` where some are given."""
    whole = list(said) or list(records())
    for name in ("solr_jsonl", "search_index"):
        write(name, folder, whole)
    return folder


def _record(draw: random.Random, number: int) -> CommonRecord:
    schema, country = draw.choice(SCHEMAS), draw.choice(COUNTRIES)
    language = draw.choice(("en", "en", "en", "fr", "es", "pt", "ru"))
    title = _words(draw, language, 3)
    keys: dict[str, Any] = {
        "schema": schema,
        "government": country if draw.random() < 0.9 else None,
        "source": f"{country}_chm",
        "title": {language: f"{title.capitalize()} {number}"},
        "languages": (language,),
    }
    if draw.random() < 0.1:
        return replace(common(str(number)), **keys)
    keys |= {
        "summary": {language: f"{_words(draw, language, 8)}. {_words(draw, language, 4)}"},
        "description": {"en": _words(draw, "en", 20)} if draw.random() < 0.5 else {},
        "countries": tuple(map(_term, {country, draw.choice(COUNTRIES)})),
        "subjects": tuple(map(_term, draw.sample(SUBJECTS, draw.randrange(3)))),
        "gbf_targets": tuple(map(_term, draw.sample(TARGETS, draw.randrange(3)))),
        "aichi_targets": tuple(map(_term, draw.sample(AICHI, draw.randrange(2)))),
        "kinds": (_term(draw.choice(KINDS[schema])),) if schema in KINDS else (),
        "keywords": (Text(draw.choice(WORDS["en"]), "en"),),
        "publisher": {"en": draw.choice(("Ministry of Environment", "Institute of Forests"))},
        "dates": tuple(_dates(draw)),
        "links": (Link(url=_PAGES.format(country=country, number=number), rel="document", language=language),),
    }
    return replace(common(str(number)), **keys)


def _term(identifier: str) -> Term:
    return Term(identifier=identifier, verbatim=identifier, by="notation")


def _words(draw: random.Random, language: str, count: int) -> str:
    return " ".join(draw.choices(WORDS[language], k=count))


def _dates(draw: random.Random) -> Iterator[Date]:
    for kind in ("published", "created", "modified", "start"):
        if draw.random() < 0.6:
            value = f"20{draw.randrange(10, 26)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 28):02}"
            yield Date(kind=kind, value=value, verbatim=value)  # type: ignore[arg-type]  # each is a DateKind
