"""A harvest on trial: the verbs of `pipeline` over a warehouse that is gone afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from msgspec import Struct
from msgspec.structs import replace

from harvesters.model import Issue, Json
from normalizers.common_formats import judged
from normalizers.model import CommonRecord
from normalizers.normalize import normalize
from warehouse import pipeline, raw
from warehouse.context import Warehouse
from warehouse.layout import Layout
from warehouse.model import Failure, HarvestReport, NormalizeReport, Request
from warehouse.probing.model import Sample
from warehouse.show import as_received

_UNKNOWN = "und"  # BCP 47


class Gathered(Struct, frozen=True, kw_only=True):
    """What a trial brought: its receipts, its live records (how many, in which languages, some of them), its issues.

    `languages` are those of at least one record in twenty, the most frequent first; `issues` are of the pages;
    `failure` says why it ended early; what had come until then is there all the same.
    """

    harvest: HarvestReport
    normalized: NormalizeReport | None
    records: int
    languages: tuple[str, ...]
    samples: tuple[Sample, ...]
    issues: tuple[Issue, ...]
    failure: Failure | None


@contextmanager
def trial(warehouse: Warehouse, source_id: str, keys: Mapping[str, Json]) -> Iterator[Warehouse]:
    """A warehouse that lasts for the block, with `keys` on top of the source's file.

    It shares with the real one what `Layout.lent` says, so that manners and budgets hold and a plan can be drawn
    against the current records; what it gathers lies in a folder of its own.
    """
    layout = warehouse.layout
    for needed in (layout.scratch(), layout.servers()):  # what the trial leaves with the servers must outlast it
        needed.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=layout.scratch(), prefix="trial-") as name:
        own, sources = Layout(Path(name) / "warehouse"), Path(name) / "sources"
        for folder in layout.lent(source_id):
            if folder.exists():
                link = own.root / folder.relative_to(layout.root)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(folder, target_is_directory=True)
        sources.mkdir()
        (sources / f"{source_id}.yml").write_text(as_yaml(keys), encoding="utf-8")
        settings = warehouse.settings
        yield replace(warehouse, settings=replace(settings, warehouse=own.root, sources=(*settings.sources, sources)))


def as_yaml(keys: Mapping[str, Json]) -> str:
    """The keys of a source file as its text."""
    return yaml.safe_dump(dict(keys), allow_unicode=True, sort_keys=False)


def gather(on_trial: Warehouse, source_id: str, request: Request, samples: int) -> Gathered:
    """Harvest and normalise as the verbs do, and pair some live records with what was received.

    Raises:
        SourceError: the source's file is wrong.
        Refused: the source is withdrawn, or no contact is set.
    """
    source, terms = on_trial.source(source_id), on_trial.terms
    harvested = pipeline.harvest(on_trial, source_id, request=request)
    normalized = pipeline.normalize(on_trial, source_id, harvested.run) if harvested.outcome == "done" else None
    shown: list[Sample] = []
    issues: list[Issue] = []
    languages: Counter[str] = Counter()
    records = 0
    for _, page in raw.read(on_trial.layout.raw(source_id, harvested.run)):
        issues += page.issues
        for received in page.records:
            outcome = judged(normalize(received, source, terms))
            if isinstance(outcome.record, CommonRecord):
                records += 1
                languages.update(tag for tag in outcome.record.languages if tag != _UNKNOWN)
                sample = Sample(raw=as_received(received), record=outcome.record, issues=outcome.issues)
                shown += [sample][: samples - len(shown)]
    return Gathered(
        harvest=harvested,
        normalized=normalized,
        records=records,
        languages=tuple(tag for tag, count in languages.most_common() if 20 * count >= records),
        samples=tuple(shown),
        issues=tuple(issues),
        failure=harvested.failure or (normalized.failure if normalized else None),
    )
