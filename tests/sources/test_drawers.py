"""Every file of every drawer has the shape that makes it one; its name is its key, and no list names it.

Incoming and common formats are walked in `tests/normalizers/` (`test_profiles.py`, `test_common_formats.py`),
vocabularies in `tests/vocabularies/test_data.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel

from harvesters import offers, protocols, registry
from harvesters.http import Http
from harvesters.model import HarvestTask, Page, State
from harvesters.offers import Offer
from harvesters.site import Site
from normalizers import profiles
from tests.warehouse.formats.editions import edition, index
from warehouse import formats, settings
from warehouse.context import read_sources
from warehouse.edition import Portion
from warehouse.records import RECORDS, TOMBSTONES

PROTOCOLS = sorted(path.stem for path in Path(protocols.__file__).parent.glob("[!_]*.py"))
OFFERS = sorted(path.stem for path in Path(offers.__file__).parent.glob("[!_]*.py"))
FORMATS = sorted(path.stem for path in Path(formats.__file__).parent.glob("[!_]*.py"))
SOURCES = sorted(path.stem for path in registry.SOURCES.glob("*.y*ml"))
CONTACT = {"CHM_CONTACT": "tests@demonstration.example", "CHM_CONTACT_PAGE": "https://demonstration.example/harvester"}


def test_each_drawer_is_walked_by_its_files() -> None:
    assert protocols.names() == PROTOCOLS
    assert formats.names() == FORMATS
    assert {"oai_pmh", "feed"} <= set(PROTOCOLS)
    assert offers.names() == OFFERS
    assert {"records_parquet", "records_jsonl"} <= set(FORMATS)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_is_one_generator_of_pages(name: str) -> None:
    module = protocols.load(name)
    assert list(inspect.signature(module.harvest).parameters) == ["task", "http", "state"]
    assert inspect.isgeneratorfunction(module.harvest)
    assert get_type_hints(module.harvest) == {
        "task": HarvestTask,
        "http": Http,
        "state": State,
        "return": Iterator[Page],
    }
    assert inspect.getdoc(module.harvest)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocols_options_are_checked_and_described_to_the_editor(name: str) -> None:
    options = getattr(protocols.load(name), "Options", None)
    if options is None:
        return
    assert issubclass(options, BaseModel)
    assert options.model_config["extra"] == "forbid"
    assert options.model_config["frozen"]
    options()  # a source that says nothing gets the defaults
    undescribed = [key for key, field in options.model_fields.items() if not field.description]
    assert undescribed == []


@pytest.mark.parametrize("name", OFFERS)
def test_what_recognises_a_protocol_is_called_as_it_is_and_knows_its_signs(name: str) -> None:
    module = offers.load(name)
    assert name in PROTOCOLS
    assert all(sign == sign.lower() and len(sign) >= 3 for sign in module.SIGNS)
    assert inspect.isgeneratorfunction(module.offers)
    assert get_type_hints(module.offers) == {"site": Site, "return": Iterator[Offer]}
    assert inspect.getdoc(module.offers)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_opens_a_writer_that_takes_batches_and_names_its_files(name: str, tmp_path: Path) -> None:
    opened = formats.load(name).open
    assert list(inspect.signature(opened).parameters) == ["folder", "edition"]
    assert inspect.getdoc(opened)
    writer = opened(tmp_path, edition())
    writer.add(Portion(pa.RecordBatch.from_pylist([], schema=RECORDS), index()))
    tombstones = tmp_path / "tombstones.parquet"
    pq.write_table(TOMBSTONES.empty_table(), tombstones)
    files = [written.path for written in writer.close()]
    assert files
    assert {path.relative_to(tmp_path).parts[0] for path in (*files, tombstones)} == {
        path.name for path in tmp_path.iterdir()
    }


@pytest.mark.parametrize("name", SOURCES or ["none yet"])
def test_every_source_file_loads_with_a_profile_that_exists(name: str) -> None:
    if not SOURCES:
        assert read_sources(settings.read(CONTACT)) == ([], [])
        return
    source = registry.load_source(name, [registry.SOURCES])
    assert source.id == name
    assert source.profile is None or source.profile in profiles.names()
