"""How good a source's records are: what is counted, what the score is made of, and how it moves from load to load."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.model import Issue
from normalizers import common_formats, format_definition
from normalizers.model import CommonRecord, Date, Link, Outcome, Rights, Term, Text
from tests.warehouse.conftest import Chm
from tests.warehouse.making import common
from tests.warehouse.world import ID, World
from warehouse import pipeline, reports
from warehouse.assessing import quality
from warehouse.assessing.findings import Part, QualityReport, SchemaQuality
from warehouse.layout import Layout
from warehouse.model import Batch, LoadReport, NormalizeReport
from warehouse.records import BatchWriter, Place

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)


def issue(code: str, record: str | None, severity: Any = "warning") -> Issue:
    return Issue(code=code, message="", severity=severity, record=record)


def loaded(folder: Path, *batches: list[tuple[CommonRecord, list[Issue]]]) -> QualityReport:
    """What is measured when these batches were loaded one after the other, the last one's records being current."""
    layout = Layout(folder)
    for number, batch in enumerate(batches):
        run = f"R{number}"
        for place in (layout.normalized(ID, run), layout.snapshot(ID, run)):
            place.mkdir(parents=True)
            with BatchWriter(place) as writer:
                for sequence, (record, issues) in enumerate(batch):
                    writer.add(Outcome(record=record, issues=tuple(issues)), Place(run, 0, sequence))
        for kind in (NormalizeReport, LoadReport):
            reports.write(layout, kind(source=ID, run=run, outcome="done", started=NOW.replace(minute=number)))
    return quality.measure(layout, Batch(ID, run), run, NOW)


def share(report: QualityReport, name: str) -> float | None:
    return next(part.share for part in report.parts if part.name == name)


FULL = common(
    "full",
    summary={"en": "Much"},
    languages=("en", "fr"),
    subjects=(Term(identifier="S", verbatim="s", by="prefLabel"), Term(identifier="T", verbatim="t", by="lookup")),
    countries=(Term(identifier="be", verbatim="BE", by="default"),),
    keywords=(Text("frogs", "en"), Text("ponds")),
    dates=(Date(kind="published", value="2024", verbatim="2024"),),
    links=(Link(url="https://x.example/"),),
    authors=("A",),
    rights=Rights(licence="https://creativecommons.org/licenses/by/4.0/"),
)


def test_a_record_that_has_everything_and_one_that_has_a_title_alone(tmp_path: Path) -> None:
    report = loaded(tmp_path, [(FULL, []), (common("bare"), [])])
    assert report.records == 2
    assert {name: report.filled[name] for name in ("title", "summary", "description", "rights.licence", "place")} == {
        "title": 2,
        "summary": 1,
        "description": 0,
        "rights.licence": 1,
        "place": 0,
    }
    assert "fingerprint" not in report.filled
    assert report.languages == {"en": 1, "fr": 1}
    assert (report.matched, report.unmatched) == ({"lookup": 1, "prefLabel": 1}, 2), "a default is no match"
    assert share(report, "described") == round((7 + 1) / 14, 4)
    assert (share(report, "matched"), share(report, "reusable"), share(report, "tagged")) == (0.5, 0.5, 1.0)
    assert [part.weight for part in report.parts] == sorted((part.weight for part in report.parts), reverse=True)
    assert sum(part.weight for part in report.parts) == pytest.approx(1)


def test_completeness_is_told_by_common_format_and_field(tmp_path: Path) -> None:
    lacking = Issue(code="incomplete", message="", severity="note", record="b", value="resource: summary, authors")
    report = loaded(tmp_path, [(FULL, []), (common("b"), [lacking]), (common("e", schema="event"), [])])
    assert report.schemas == (
        SchemaQuality(schema="event", records=1, complete=1),
        SchemaQuality(schema="resource", records=2, complete=1, lacking={"authors": 1, "summary": 1}),
    )
    required = {name: len(common_formats.load(name).required) for name in ("event", "resource")}
    assert share(report, "complete") == round(1 - 2 / (2 * required["resource"] + required["event"]), 4)
    assert share(report, "sound") == 1.0, "what is lacking is no value that could not be used"


def test_what_the_common_formats_say_is_lacking_is_understood(tmp_path: Path) -> None:
    bare = common("b")
    (schema,) = loaded(tmp_path, [(bare, list(common_formats.judged(Outcome(record=bare)).issues))]).schemas
    lacking = format_definition.missing(common_formats.load("resource").required, bare)
    assert schema.lacking == dict.fromkeys(sorted(lacking), 1)


def test_issues_are_those_of_the_last_batch_that_had_each_live_record(tmp_path: Path) -> None:
    bad, a, b = issue("link_refused", "a"), common("a"), common("b")
    first = [(a, [bad, bad]), (b, [issue("extra_value", "b", "note")]), (common("gone"), [issue("no_title", "gone")])]
    report = loaded(tmp_path, first, [(a, [issue("date_ambiguous", "a")]), (b, [])])
    assert report.issues == {"date_ambiguous": 1}
    assert share(report, "sound") == 0.5


def test_an_issue_of_a_record_that_a_later_batch_left_alone_stays(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    loaded(tmp_path, [(common("a"), [issue("no_title", "a")])], [(common("b"), [])])
    with BatchWriter(layout.snapshot(ID, "R1")) as writer:  # a snapshot holds what both batches said
        for record in (common("a"), common("b")):
            writer.add(Outcome(record=record), Place("R1", 0, 0))
    assert quality.measure(layout, Batch(ID, "R1"), "R1", NOW).issues == {"no_title": 1}


def test_text_whose_language_nobody_knows_is_counted_against_the_source(tmp_path: Path) -> None:
    unknown = common("u", description={"und": "x"})
    assert share(loaded(tmp_path, [(unknown, [])]), "tagged") == 0.5


def test_where_there_is_nothing_there_is_no_score(tmp_path: Path) -> None:
    report = loaded(tmp_path, [])
    assert (report.records, report.score, report.languages, report.schemas) == (0, None, {}, ())
    assert {part.share for part in report.parts} == {None}


shares = st.none() | st.floats(0, 1)


@given(st.lists(st.tuples(shares, st.floats(0.01, 1)), max_size=6))
def test_a_score_lies_between_its_worst_and_its_best_part(found: list[tuple[float | None, float]]) -> None:
    parts = [Part(name="p", share=share, weight=weight, meaning="") for share, weight in found]
    judged = [share for share, _ in found if share is not None]
    reached = quality.score(parts)
    if reached is None:
        assert not judged
    else:
        assert 100 * min(judged) - 0.06 <= reached <= 100 * max(judged) + 0.06


def test_every_load_measures_and_the_trend_tells_them_in_order(chm: Chm, world: World) -> None:
    assert chm("quality").out == "Nothing is measured yet: every load does it.\n"
    world.run("R1")
    world.later()
    world.country.put("new", "New")
    world.run("R2")
    world.later()
    replayed = pipeline.replay(world.warehouse, ID)
    found = quality.of(world.layout, ID)
    assert [(point.run, point.records) for point in found.trend] == [("R1", 5), ("R2", 6), (replayed.run, 6)]
    assert found.latest is not None
    assert found.latest.score == found.trend[-1].score
    table = chm("quality").out.splitlines()
    assert table[0].split() == ["source", "records", "score", "change", *(part.name for part in found.latest.parts)]
    assert table[1].split()[:4] == [ID, "6", str(found.latest.score), "+0.0"]
    (told,) = chm("quality", ID, "--json").json()
    assert told["latest"]["records"] == 6
    assert told == chm("quality", "--json").json()[0]


def test_one_source_in_full_explains_its_score(chm: Chm, world: World) -> None:
    world.run()
    told = chm("quality", ID).out
    assert f"{ID}: " in told
    for words in (
        "weighs 0.30",
        "100.0%  title (5)",
        "0.0%  resource (0 of 5)",
        "summary is lacking in 5",
        "5 records (",
    ):
        assert words in told
    assert chm("quality", "zz").code == 2
    world.write_source("fr_chm", name="France", government="FR")
    assert chm("quality", "fr_chm").out == "Nothing is measured yet: every load does it.\n"


def test_a_held_load_measures_nothing(world: World) -> None:
    world.write_source(expect={"min_records": 100})
    world.run()
    assert quality.of(world.layout, ID).latest is None


def test_a_source_whose_file_is_gone_keeps_its_quality(chm: Chm, world: World) -> None:
    world.run()
    (world.folder / "sources" / f"{ID}.yml").unlink()
    assert f"{ID}: " in chm("quality", ID).out
