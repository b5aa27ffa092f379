"""The CBD's thesaurus API, of a few domains with a term each, as the clearing-house documentation prints its answers.

A domain that it does not have answers 404, as the API does. On the second day a subject is added, and the first target
of the framework has its French title.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort

API = "/api/v2013/thesaurus"
FACTS = Path(__file__).parent / "facts" / "thesaurus.json"
ADDED = {
    "termId": 99001,
    "identifier": "CBD-SUBJECT-DEMONSTRATION",
    "name": "Demonstration subject",
    "title": {"en": "Demonstration subject", "fr": "Sujet de démonstration"},
    "broaderTerms": ["CBD-SUBJECT-BIOMES"],
    "narrowerTerms": [],
}
TITLE = "GBF-T01. Planifier et gérer toutes les zones"


def domains(day: int) -> dict[str, list[dict[str, Any]]]:
    """The terms of every domain on that day."""
    found: dict[str, list[dict[str, Any]]] = json.loads(FACTS.read_text(encoding="utf-8"))
    if day > 1:
        found["CBD-SUBJECTS"].append(ADDED)
        found["GBF-TARGETS"][0]["title"]["fr"] = TITLE
    return found


def make_app(day: Callable[[], int]) -> Flask:
    """The API as a WSGI application; `day` says which day it is."""
    app = Flask(__name__)

    @app.get(f"{API}/domains")
    def list_domains() -> Response:
        return _json([{"domainId": number, "identifier": name} for number, name in enumerate(domains(day()), 1)])

    @app.get(f"{API}/domains/<domain>/terms")
    def list_terms(domain: str) -> Response:
        terms = domains(day()).get(domain)
        return _json(terms) if terms is not None else abort(404)

    return app


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json; charset=utf-8")
