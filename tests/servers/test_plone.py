"""A real Plone 6 with plone.restapi: what `chm` gathers is what the site itself says, day after day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from harvesters.protocols.plone import Options
from tests.servers.plone import Plone, plone
from tests.servers.running import Harvester

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

LANGUAGES = {"en": "Wetlands", "fr": "Zones humides", "es": "Humedales"}
GROUPS = 65  # items in each language; with the files and what is private, 200
TYPES = ("Document", "News Item", "Event", "Link")


class Site(Struct, frozen=True):
    plone: Plone
    groups: list[dict[str, dict[str, Any]]]  # language -> item: translations of one another


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with plone(tmp_path_factory.mktemp("plone"), list(LANGUAGES)) as running:
        groups = []
        for number in range(GROUPS):
            written: dict[str, dict[str, Any]] = {}
            for language in LANGUAGES:
                fields = in_a_language(number, language)
                original = {"translation_of": written["en"]["@id"], "language": language} if written else {}
                written[language] = running.write(language, **fields, **original)
            groups.append(written)
        for number in range(4):
            file = {"data": "aGVsbG8=", "encoding": "base64", "filename": f"{number}.pdf"}
            running.write("fr", **{"@type": "File", "title": f"Rapport {number}", "file": file})
        running.retract(running.write("en", **{"@type": "Document", "title": "Not for everybody"}))
        yield Site(running, groups)


def in_a_language(number: int, language: str) -> dict[str, Any]:
    kind = TYPES[number % len(TYPES)]
    fields: dict[str, Any] = {
        "@type": kind,
        "title": f"{LANGUAGES[language]} {number} & « {language} »",
        "description": f"{LANGUAGES[language]}: {number}",
        "subjects": ["Wetlands", f"{LANGUAGES[language]} {number % 3}"],
        "rights": "CC BY 4.0",
        "effective": f"2024-03-{1 + number % 28:02}T08:30:00+00:00",
    }
    if kind == "Event":
        fields |= {"start": "2026-05-01T09:00:00+00:00", "end": "2026-05-02T17:00:00+00:00", "location": "Spa"}
    elif kind == "Link":
        fields["remoteUrl"] = "https://www.ramsar.org/"
    else:
        fields["text"] = {"data": f"<p>{LANGUAGES[language]} <em>{number}</em>.</p>", "content-type": "text/html"}
    return fields


@pytest.fixture
def harvester(site: Site, tmp_path: Path) -> Harvester:
    keys = {"protocol": "plone", "platform": "plone", "url": site.plone.url, "languages": list(LANGUAGES)}
    return Harvester(tmp_path, "be_plone", **keys)


def says(site: Site) -> dict[str, tuple[str, str, set[str]]]:
    """UID -> language, title and dates, by the site itself."""
    return {
        uid: (
            item["language"]["token"],
            item["title"],
            {item[key].removesuffix("+00:00") for key in ("effective", "modified", "start", "end") if item.get(key)},
        )
        for uid, item in site.plone.everything(Options().types).items()
    }


def gathered(harvester: Harvester) -> dict[str, tuple[str, str, set[str]]]:
    found = {}
    for uid, row in harvester.records().items():
        ((language, title),) = row["title"]
        dates = {date["value"].removesuffix("Z") for date in row["dates"] if date["kind"] != "created"}
        found[uid] = (language, title, dates)
    return found


def test_every_day_the_records_are_those_that_the_site_has(site: Site, harvester: Harvester) -> None:
    first, loaded = harvester.run()
    count = GROUPS * len(LANGUAGES) + 4
    assert (first["records"], first["pages"], first["complete"], first["issues"]) == (count, 4, True, {})
    assert loaded["counts"]["added"] == count
    assert gathered(harvester) == says(site)
    records = harvester.records()
    assert {row["schema"] for row in records.values()} == {"resource", "news", "event"}
    licences = {
        row["rights"]["licence"] for uid, row in records.items() if not row["title"][0][1].startswith("Rapport")
    }
    assert licences == {"https://creativecommons.org/licenses/by/4.0/"}
    for group in site.groups:
        for language, item in group.items():
            links = {link["language"]: link["url"] for link in records[item["UID"]]["links"] if link["language"]}
            assert links == {other: group[other]["@id"] for other in group if other != language}

    changed, gone, private = (site.groups[number]["fr"] for number in (0, 1, 2))
    site.plone.change(changed, title="Zones humides, corrigé")
    site.plone.delete(gone)
    site.plone.retract(private)
    site.plone.write("es", **{"@type": "News Item", "title": "Humedales, recién publicado"})
    second, loaded = harvester.run()
    assert (second["complete"], loaded["counts"]["added"], loaded["counts"]["absent"]) == (True, 1, 0)
    assert gathered(harvester)[changed["UID"]][1] == "Zones humides, corrigé"

    third, loaded = harvester.run("--full")
    assert (third["complete"], loaded["counts"]["absent"]) == (True, 2), "which no increment can tell"
    found, shown = gathered(harvester), says(site)
    assert found.keys() - shown.keys() == {gone["UID"], private["UID"]}
    assert {uid: found[uid] for uid in shown} == shown
