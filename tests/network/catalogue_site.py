"""The Colombian and the Kenyan site: data catalogues, one with CKAN's API, one in DCAT on pages of Turtle (Hydra).

Colombia's datasets are in Spanish, every other one with an English translation; on the second day some are new, some
were edited, and one was made private, of which the API says nothing. Kenya's are in English; on the second day some
are new and one was edited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Flask, Response, jsonify, request

from tests.network.days import moment, stamp
from tests.network.text import Telling, facts, revised, table, tell

HOSTS = {"co": "https://colombia.demonstration.example", "ke": "https://kenya.demonstration.example"}
LANGUAGES = {"co": ("es", "en"), "ke": ("en",)}
FIRST_DAY = {"co": 66, "ke": 45}
ADDED = {"co": 4, "ke": 3}
EDITED = {"co": (3, 11), "ke": (7,)}  # places among all
PRIVATE = 20  # of Colombia's, from the second day
API = "/api/3/action/package_search"
PAGE = 20  # datasets on a page of Turtle
_SINCE = re.compile(r"metadata_modified:\[(\S+) TO \*\]")


@dataclass(frozen=True)
class Dataset:
    """One dataset on a day; the first of `tellings` is in the catalogue's own language."""

    country: str
    name: str
    target: int
    tellings: tuple[Telling, ...]
    created: str
    modified: str

    @property
    def identifier(self) -> str:
        """CKAN's id, which outlives the name."""
        return str(uuid5(NAMESPACE_URL, f"{HOSTS[self.country]}/dataset/{self.name}"))

    @property
    def address(self) -> str:
        """Its page under the site's public name."""
        return f"{HOSTS[self.country]}/dataset/{self.name}"


@cache
def datasets(country: str, day: int) -> tuple[Dataset, ...]:
    """What everybody sees of a catalogue, in the order of its making."""
    first, languages = FIRST_DAY[country], LANGUAGES[country]
    chosen = [fact for fact in facts() if fact.country == country][
        -first - ADDED[country] :
    ]  # the library tells others
    found: list[Dataset] = []
    for place, fact in enumerate(chosen):
        told = tuple(tell(fact, language) for language in languages[: 1 + (place % 2 == 0)])
        created = stamp(moment(1) - timedelta(hours=29 * (first - place) + 3))
        if place >= first:
            created = stamp(moment(2) - timedelta(hours=first + ADDED[country] - place))
        found.append(Dataset(country, f"conjunto-{place:03}", fact.target, told, created, created))
    if day == 1:
        return tuple(found[:first])
    for place in EDITED[country]:
        edition = tuple(revised(telling, found[place].name) for telling in found[place].tellings)
        found[place] = replace(found[place], tellings=edition, modified=stamp(moment(2) - timedelta(hours=2)))
    if country == "co":
        del found[PRIVATE]
    return tuple(found)


def make_ckan(today: Callable[[], int]) -> Flask:
    """The Colombian site."""
    app = Flask(__name__, static_folder=None)

    @app.get(API)
    def package_search() -> Response:
        since = _SINCE.search(request.args.get("fq", ""))
        found = [one for one in datasets("co", today()) if not since or one.modified >= since[1]]
        found.sort(key=lambda one: one.identifier)
        start, rows = int(request.args.get("start", 0)), min(int(request.args.get("rows", 10)), 1000)
        shown = [_package(one) for one in found[start : start + rows]]
        return jsonify({"success": True, "result": {"count": len(found), "results": shown}})

    return app


def make_dcat(today: Callable[[], int]) -> Flask:
    """The Kenyan site."""
    app = Flask(__name__, static_folder=None)

    @app.get("/catalog.ttl")
    def catalog() -> Response:
        found, number = datasets("ke", today()), int(request.args.get("page", 1))
        here = f"{request.host_url}catalog.ttl"
        pages = -(-len(found) // PAGE)
        onward = f" ; hydra:next <{here}?page={number + 1}>" if number < pages else ""
        shown = "\n".join(_turtle(one) for one in found[PAGE * (number - 1) : PAGE * number])
        view = f"<{here}?page={number}> a hydra:PartialCollectionView{onward} .\n"
        whole = f"<{here}> a hydra:Collection ; hydra:totalItems {len(found)} .\n"
        return Response(_PREFIXES + whole + view + shown, mimetype="text/turtle")

    return app


_PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

"""


def _package(one: Dataset) -> dict[str, Any]:
    own = one.tellings[0]
    theme = table("targets")[one.target - 1][own.language]
    return {
        "id": one.identifier, "name": one.name, "state": "active", "private": False, "type": "dataset",
        "title": own.title, "notes": own.description,
        "title_translated": {telling.language: telling.title for telling in one.tellings},
        "notes_translated": {telling.language: telling.description for telling in one.tellings},
        "organization": {"name": "instituto", "title": "Instituto de investigación"}, "license_id": "cc-by",
        "license_title": "Creative Commons Attribution", "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "metadata_created": one.created.removesuffix("Z"), "metadata_modified": one.modified.removesuffix("Z"),
        "tags": [{"name": theme, "display_name": theme}], "groups": [], "extras": [],
        "resources": [{"url": f"{one.address}.csv", "name": "CSV", "mimetype": "text/csv", "state": "active"}],
    }  # fmt: skip


def _turtle(one: Dataset) -> str:
    told = one.tellings[0]
    theme = table("targets")[one.target - 1][told.language]
    title, description, keyword = (
        json.dumps(text, ensure_ascii=False) for text in (told.title, told.description, theme)
    )
    return (
        f"<{one.address}> a dcat:Dataset ; dct:identifier {json.dumps(one.identifier)} ;\n"
        f"    dct:title {title}@{told.language} ; dct:description {description}@{told.language} ;\n"
        f"    dcat:keyword {keyword}@{told.language} ; dct:license <https://creativecommons.org/licenses/by/4.0/> ;\n"
        f'    dct:issued "{one.created}"^^xsd:dateTime ; dct:modified "{one.modified}"^^xsd:dateTime ;\n'
        f'    dct:publisher [ a foaf:Organization ; foaf:name "Data office"@en ] .\n'
    )
