"""What nobody may publish is planted in a site, kept as received, and found in no byte of a release.

Each planted text is looked for as it was written, and for telephones and coordinates by what identifies them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.warehouse.release_bytes import everything
from tests.warehouse.world import ID, World
from warehouse import raw

PUBLIC = "Otters of the Ourthe"  # in every record's title: it must be found, or nothing would be proved
MAILS = ["jane.planted@ministry.example", "j_planted+private@mail.example.org", "planted.jane@sub.université.example"]
TELEPHONES = ["+32 475 12 34 56", "+33 (0)1 45 67 89 01", "0032-475-65.43.21", "+1 514-288-2220", "(+52) 55 5449 7000"]
SENTENCES = {
    "description": "Whoever has seen one writes to {} before the summer ends.",
    "title": f"{PUBLIC}: write to {{}}",
    "subject": "otters; contact {}",
    "creator": "Jane Planted ({})",
    "contributor": "Planted, Jane, {}",
    "publisher": "Ministry of Waters, {}",
    "rights": "Ask {} for permission.",
    "coverage": "Ourthe, ask {}",
    "type": "Report, {}",
}
LONG = " ".join(f"word{number}" for number in range(400)) + " PLANTED-BEYOND-THE-SUMMARY."


def dc(*elements: tuple[str, str]) -> str:
    title = () if "dc:title" in dict(elements) else (("dc:title", PUBLIC),)
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in (*title, *elements))
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inside}</oai_dc:dc>'
    )


@pytest.fixture
def published(world: World) -> Callable[..., list[tuple[str, str]]]:
    """Publishes a record for each piece of metadata, from a source with these keys: texts by file name."""

    def publish(*metadata: str, **keys: Any) -> list[tuple[str, str]]:
        world.country.stamped.clear()
        for number, record in enumerate(metadata):
            world.country.metadata[f"r{number}"] = record
            world.country.put(f"r{number}", PUBLIC)
        world.write_source(**keys)
        run = world.run().run
        received = b"".join(page.answer.body for _, page in raw.read(world.layout.raw(ID, run)))
        assert all(record.encode() in received for record in metadata), "kept as it was received"
        _, folder = world.publish()
        return list(everything(folder))

    return publish


Published = Callable[..., list[tuple[str, str]]]


def holding(texts: Iterable[tuple[str, str]], planted: str) -> set[str]:
    """The files in which something planted stands, whatever its case and however JSON would write it."""
    forms = {planted.lower(), json.dumps(planted)[1:-1].lower(), escape(planted).lower()}
    return {name for name, text in texts if any(form in text.lower() for form in forms)}


def test_what_is_public_is_found_in_every_format_so_that_not_finding_means_something(published: Published) -> None:
    found = holding(published(dc()), PUBLIC)
    assert {"chm.duckdb", "records.jsonl.zst", "records.parquet"} <= found


@pytest.mark.parametrize("element", SENTENCES)
def test_a_persons_address_and_telephone_leave_the_warehouse_in_no_field(element: str, published: Published) -> None:
    planted = [*MAILS, *TELEPHONES]
    texts = published(*(dc((f"dc:{element}", SENTENCES[element].format(secret))) for secret in planted))
    assert {secret: holding(texts, secret) for secret in planted} == {secret: set() for secret in planted}
    digits = {"".join(filter(str.isdigit, secret))[-8:] for secret in TELEPHONES}
    bare = [
        (name, "".join(char for char in text if char not in " -./()")) for name, text in texts if name != "chm.duckdb"
    ]
    assert not [name for name, text in bare if any(number in text for number in digits)]


def test_an_address_in_markup_and_links_is_no_way_around(published: Published) -> None:
    hidden = "<p>Write to <a href='mailto:jane.planted@ministry.example'>jane.planted&#64;ministry.example</a></p>"
    link = ("dc:identifier", "mailto:jane.planted@ministry.example")
    assert holding(published(dc(("dc:description", hidden), link)), "jane.planted") == set()


@pytest.mark.parametrize("address", ["jane.planted@ministry.example", "jane.planted<b>@ministry</b>.example"])
def test_text_that_is_published_with_its_markup_names_nobody_either(address: str, published: Published) -> None:
    licence = ("dc:rights", "https://creativecommons.org/licenses/by/4.0/")
    marked = f"<p>Otters <em>PUBLIC-BODY</em></p><p>Write to {address}, Tel. 02 627 42 11</p>"
    texts = published(dc(("dc:description", marked), licence))
    assert holding(texts, "PUBLIC-BODY")
    assert bool(holding(texts, "<em>PUBLIC-BODY")) == ("<b>" not in address)
    assert (holding(texts, "jane.planted"), holding(texts, "627 42 11")) == (set(), set())


def test_markup_of_a_record_that_is_not_shared_in_full_stays(published: Published) -> None:
    marked = "<ul><li>PLAIN</li><li>PLANTED</li></ul>"
    texts = published(dc(("dc:description", marked)))
    assert holding(texts, "PLAIN")
    assert holding(texts, "<li>") == set()


def test_where_a_rare_species_lives_is_published_roughly_and_where_the_source_says_hidden_not_at_all(
    published: Published,
) -> None:
    point = ("dcterms:spatial", "name=Nest; east=5.573219; north=50.632557")
    texts = published(dc(point))
    for secret in ("573219", "632557"):
        assert holding(texts, secret) == set()


@pytest.mark.parametrize("share", ["none", "link", "metadata"])
def test_text_of_a_source_that_does_not_share_it_stays(share: str, published: Published) -> None:
    texts = published(dc(("dc:description", LONG)), share=share)
    assert holding(texts, "PLANTED-BEYOND-THE-SUMMARY") == set()
    assert bool(holding(texts, "word3 ")) == (share == "metadata"), "a summary is metadata"
    assert bool(holding(texts, PUBLIC)) == (share != "none")


def test_long_text_is_published_under_an_open_licence_only(published: Published) -> None:
    closed = published(dc(("dc:description", LONG), ("dc:rights", "All rights reserved")), share="full")
    assert holding(closed, "PLANTED-BEYOND-THE-SUMMARY") == set()


def test_an_embargo_keeps_text_back_that_an_open_licence_would_show(published: Published) -> None:
    licence = ("dc:rights", "https://creativecommons.org/licenses/by/4.0/")
    access = ("dc:rights", "info:eu-repo/semantics/embargoedAccess")
    until = ("dc:date", "info:eu-repo/date/embargoEnd/2099-01-01")
    open_ = dc(("dc:description", LONG.replace("PLANTED", "OPEN")), licence)
    texts = published(open_, dc(("dc:description", LONG), licence, access, until))
    assert holding(texts, "OPEN-BEYOND-THE-SUMMARY")
    assert holding(texts, "PLANTED-BEYOND-THE-SUMMARY") == set()


def test_a_file_of_a_new_kind_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "index.bin").write_bytes(b"")
    with pytest.raises(ValueError, match=r"how to unpack index\.bin"):
        list(everything(tmp_path))
