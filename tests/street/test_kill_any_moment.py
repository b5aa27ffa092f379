"""A verb over 50,000 records that is killed again and again, at any moment: no record is lost or doubled.

Twenty moments each here; `make torture` takes two hundred. They are drawn from a fixed seed, but what the process is
doing then is the machine's to decide: where `test_kill` chooses the place, here none is left out.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import settings

from tests.bench.__main__ import serving
from tests.bench.pages import PAGE, render
from tests.street.killing import chm_for, forks
from tests.street.walking import CONTACT
from warehouse import raw, release
from warehouse.layout import Layout

RECORDS = 50_000
FEWER = 5_000  # of which normalize, load and publish each take about as long as the time between two kills
MOMENTS = 200 if settings.get_current_profile_name() == "torture" else 20
LONGEST = 0.4  # seconds between two kills; starting takes a tenth of a second, and the whole harvest some three
SOURCE, RUN = "xx_long", "the-run"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    render(folder, RECORDS)
    return folder


@pytest.fixture(scope="module")
def sources(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the source file of a site that serves the pages from another process."""
    folder = tmp_path_factory.mktemp("sources")
    with serving(pages) as url:
        keys = {"name": "Long", "origin": "partner", "protocol": "oai_pmh", "url": url, "pace": 0}
        (folder / f"{SOURCE}.yml").write_text(yaml.safe_dump({**keys, "allow_private": True}))
        yield folder


def test_no_record_is_lost_or_doubled(sources: Path, pages: Path, tmp_path: Path) -> None:
    random, context, kills = Random(20260301), forks(), 0
    for number in itertools.count():
        where = tmp_path / str(number)
        environment = {**CONTACT, "CHM_WAREHOUSE": str(where), "CHM_REGISTRY": "none", "CHM_SOURCES": str(sources)}
        command = ["harvest", SOURCE, "--run-id", RUN]
        while kills < MOMENTS and not chm_for(context, command, environment, random.uniform(0, LONGEST)):
            kills += 1
        assert chm_for(context, command, environment, 600)
        _check(Layout(where).raw(SOURCE, RUN), pages)
        if kills == MOMENTS:
            return


@pytest.fixture(scope="module")
def harvested(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """Settings, and a warehouse in which a few thousand of the records were harvested."""
    where = tmp_path_factory.mktemp("harvested") / "warehouse"
    environment = {**CONTACT, "CHM_WAREHOUSE": str(where), "CHM_REGISTRY": "none", "CHM_SOURCES": str(sources)}
    assert chm_for(forks(), ["harvest", SOURCE, "--run-id", RUN, "--limit", str(FEWER)], environment, 600)
    return environment, where


def test_no_record_is_lost_or_doubled_on_the_way_to_a_release(
    harvested: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    settings, start = harvested
    random, context = Random(20260302), forks()
    kills = dict.fromkeys(("normalize", "load", "publish"), 0)
    for number in itertools.count():
        where = Path(shutil.copytree(start, tmp_path / str(number)))
        layout, environment = Layout(where), {**settings, "CHM_WAREHOUSE": str(where)}
        for verb in kills:
            command = [verb, *([] if verb == "publish" else [SOURCE]), "--run-id", RUN]
            while kills[verb] < MOMENTS and not chm_for(context, command, environment, random.uniform(0, LONGEST)):
                kills[verb] += 1
                if found := release.read(layout):
                    assert release.verify(layout, found).faults == ()
            assert chm_for(context, command, environment, 600)
        found = release.read(layout)
        assert found
        assert (found.records + found.deleted, release.verify(layout, found).faults) == (FEWER, ())
        names = pq.read_table(layout.release(found.release) / "records.parquet", columns=["identifier"])
        assert len(set(names.column(0).to_pylist())) == found.records
        if all(count >= MOMENTS for count in kills.values()) or number == MOMENTS:
            return


def _check(folder: Path, pages: Path) -> None:
    """What was received is what is served, byte for byte, page after page and each of them once."""
    served = (pages / f"{number}.xml" for number in range(RECORDS // PAGE))
    received = (page for _, page in raw.read(folder) if page.records)
    count = 0
    for path, page in zip(served, received, strict=True):
        assert page.answer.body == path.read_bytes(), path.name
        for record in page.records:
            assert record.identifier == f"oai:bench.example:{count:07}"
            count += 1
    assert count == RECORDS
