"""What people read: tables and sentences made of reports. Nothing here decides, or reads what it is not given."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from rich.table import Table

from harvesters.feeds.entries import as_written
from harvesters.model import Answer, Issue, Page, RawRecord
from harvesters.source import Source
from normalizers.common_formats import document
from normalizers.model import CommonRecord, Outcome
from warehouse.layout import Layout
from warehouse.model import (
    Checked,
    CommonFormat,
    HarvestReport,
    LoadReport,
    NormalizeReport,
    PublishReport,
    Release,
    SourceStatus,
)
from warehouse.settings import TABLE, Settings

_RAW_SHOWN = 2_000  # bytes of a raw record
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED_WITHIN = 1_024  # bytes, as the HTML standard has it
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")


def plain(text: str) -> str:
    """The text without control characters but tab and line feed: what a site says must not steer a terminal."""
    return text.translate(_CONTROLS)


def as_received(raw: RawRecord) -> str:
    """The beginning of a record's own bytes, in the encoding of its page; a feed is read whole: of it, the entry."""
    own = as_written(raw.body, raw.item) if raw.profile == "rss_item" else raw.body
    try:
        return own[:_RAW_SHOWN].decode(_encoding(raw.answer), "replace")
    except LookupError:  # a name that nobody knows
        return own[:_RAW_SHOWN].decode("utf-8", "replace")


def _encoding(answer: Answer) -> str:
    """UTF-8 where the bytes are that, else the encoding that the answer or its body declares."""
    try:
        answer.body.decode()
    except UnicodeDecodeError:
        told = _DECLARED.search(answer.headers.get("content-type", "").encode())
        told = told or _DECLARED.search(answer.body, 0, _DECLARED_WITHIN)
        return told[1].decode() if told else "utf-8"
    return "utf-8"


def checked(source: Source, pages: Iterable[Page], outcomes: Iterable[tuple[RawRecord, Outcome]]) -> Checked:
    """Put together what `chm check` found; the first live record stands for the others."""
    pages, outcomes = tuple(pages), tuple(outcomes)
    sample = next(((raw, out.record) for raw, out in outcomes if isinstance(out.record, CommonRecord)), (None, None))
    facts: dict[str, object] = {}
    for page in pages:
        facts |= page.facts
    return Checked(
        source=source.id,
        url=pages[-1].answer.url if pages else source.addresses[0],
        records=sum(not raw.deleted for raw, _ in outcomes),
        deleted=sum(raw.deleted for raw, _ in outcomes),
        facts=facts,
        raw=as_received(sample[0]) if sample[0] else None,
        record=sample[1],
        document=document(sample[1]) if sample[1] else None,
        issues=tuple(issue for page in pages for issue in page.issues)
        + tuple(issue for _, outcome in outcomes for issue in outcome.issues),
    )


def check_text(found: Checked) -> str:
    """The same for a person."""
    lines = [f"{found.source}: {found.records} records and {found.deleted} deletions on {found.url}"]
    lines += [f"  {name}: {value}" for name, value in found.facts.items()]
    if found.raw is not None:
        lines += ["", "As received:", found.raw, "", "Normalised:", _json(found.record)]
        lines += ["", "As the CHM's API takes it:", _json(found.document)]
    lines += ["", f"{len(found.issues)} issues"]
    lines += [f"  {code} ({count}): {message}" for code, (count, message) in _grouped(found.issues).items()]
    return plain("\n".join(lines))


def sources(found: Iterable[Source]) -> Table:
    """A line a source."""
    table = _table("id", "country", "status", "platform", "protocol", "schedule", "address")
    for source in found:
        table.add_row(
            source.id,
            source.government or source.origin,
            source.status,
            source.platform or "",
            source.protocol,
            source.cron or "by hand",
            source.addresses[0],
        )
    return table


def statuses(rows: Iterable[SourceStatus]) -> Table:
    """A line a source: its latest run, and what readers see of it."""
    table = _table("source", "protocol", "run")
    for name in ("seen", "added", "changed", "removed", "issues", "seconds", "live", "deleted"):
        table.add_column(name, justify="right")
    table.add_column("last success")
    for row in rows:
        counts = row.counts
        numbers = (counts.seen, counts.added, counts.changed, counts.removed, row.issues, f"{row.seconds:.1f}")
        last = f"{row.last_success:%Y-%m-%d %H:%M}" if row.last_success else "never"
        table.add_row(row.source, row.protocol, row.standing, *map(str, numbers), str(row.live), str(row.deleted), last)
    return table


def unverified(number: int) -> str:
    """How many sources nobody has looked at yet, and what to do about it."""
    who = "1 source is" if number == 1 else f"{number} sources are"
    return f"{who} unverified: `chm probe --unverified` looks at what they answer."


def settings(found: Settings) -> Table:
    """A line a setting."""
    table = _table("setting", "value", "from", "meaning")
    for setting in TABLE:
        value, origin = found.origins[setting.name]
        table.add_row(setting.name, value, origin, setting.meaning)
    return table


def formats(found: Iterable[CommonFormat]) -> Table:
    """A line a common format."""
    table = _table("schema", "title", "fields", "the CBD insists on")
    for one in found:
        notes = ["published as " + one.header] if one.header != one.schema else []
        notes += ["provisional"] if one.provisional else []
        title = f"{one.title} ({', '.join(notes)})" if notes else one.title
        table.add_row(one.schema, title, str(one.fields), ", ".join(one.required))
    return table


def release_text(layout: Layout, found: Release | None) -> str:
    """Where the current release lies, and a line of SQL to query it."""
    if found is None:
        return "Nothing is published yet: run `chm publish`."
    folder = layout.release(found.release)
    return (
        f"Release {found.release}: {found.records} records of {len(found.sources)} sources in {folder}\n"
        f"  duckdb.connect('{folder / 'chm.duckdb'}', read_only=True)"
        '.sql("SELECT government, schema, count(*) FROM records GROUP BY ALL ORDER BY ALL")'
    )


def receipt(report: HarvestReport | NormalizeReport | LoadReport | PublishReport) -> str:
    """A report in a sentence or two; a failure names source, cause and what to do."""
    if report.failure:
        who = "publish" if isinstance(report, PublishReport) else report.source
        return plain(f"{who}: {report.failure.cause} {report.failure.advice}")
    match report:
        case HarvestReport():
            issues = "".join(f", {count} {code}" for code, count in report.issues.items())
            return (
                f"{report.source}: {report.records} records and {report.deleted} deletions on {report.pages} pages, "
                f"{report.bytes:,} bytes in {report.seconds:.1f} s{issues} (run {report.run})"
                + (f". Partial: {'; '.join(report.incomplete)}" if report.incomplete else "")
            )
        case NormalizeReport():
            notes = sum(report.notes.values())
            issues = f"{sum(report.issues.values()) - notes} issues, {notes} notes"
            return (
                f"{report.source}: {report.records} records and {report.tombstones} tombstones normalised, "
                f"{report.unreadable} unreadable, {issues} (run {report.run})"
            )
        case LoadReport():
            return _load_receipt(report)
        case PublishReport():
            return f"Published {report.records} records as release {report.release}"


def _load_receipt(report: LoadReport) -> str:
    if report.outcome == "held":
        return "Held, and the last good records stay: " + " ".join(report.held)
    if report.outcome == "rejected":
        return f"{report.source}: run {report.run} is dropped; the next harvest asks for the same again"
    counts = report.counts
    return (
        f"{report.source}: {counts.added} added, {counts.changed} changed, {counts.removed} removed, "
        f"{counts.unchanged} unchanged; {counts.live} live, {counts.deleted} deleted (run {report.run})"
        + (f". Absent: {counts.absent}, which stay live until their grace is over" if counts.absent else "")
        + (f". Gaps left: {len(report.gaps)}, which `chm gaps {report.source}` shows" if report.gaps else "")
        + "".join(f". {remark}" for remark in report.remarks)
    )


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _grouped(issues: Iterable[Issue]) -> dict[str, tuple[int, str]]:
    """How often each code occurs, with its first message."""
    groups: dict[str, tuple[int, str]] = {}
    for issue in issues:
        count, message = groups.get(issue.code, (0, issue.message))
        groups[issue.code] = (count + 1, message)
    return groups
