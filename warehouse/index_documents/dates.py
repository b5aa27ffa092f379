"""A document's times: in UTC, to the second; of a month or year its first day, for the index knows no partial date."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from normalizers.model import CommonRecord
from warehouse.index_documents.model import Document

_MONTH, _YEAR = len("2026-11"), len("2026")


def document(record: CommonRecord) -> Document:
    """The times that the portals sort by, with their older twins; and the year of publication."""
    known = {date.kind: date.value for date in reversed(record.dates)}
    stamp = moment(record.provenance.datestamp)
    received = moment(record.provenance.received)
    published = moment(known.get("published"))
    start, end = moment(known.get("start")), moment(known.get("end"))
    created = moment(known.get("created")) or published or stamp or received
    updated = moment(known.get("modified")) or stamp or published or received
    year = int(published[:_YEAR]) if published else None
    return {
        "createdDate_dt": created,
        "createdDate_s": created,
        "updatedDate_dt": updated,
        "updatedDate_s": updated,
        "updateDate_dt": updated,
        "updatedOn_dt": updated,
        "submittedDate_dt": created,
        "submittedDate_s": created,
        "publicationDate_dt": published,
        "publicationYear_i": year,
        "year_i": year,
        "year_is": [year] if year else [],
        "startDate_dt": start,
        "startDate_s": start,
        "endDate_dt": end,
        "endDate_s": end,
        "date_dt": (when := published or start or updated),
        "date_s": when,
    }


@lru_cache(maxsize=65_536)
def moment(value: str | None) -> str | None:
    """ISO 8601, as partial as it may be, as Solr writes a time: `2026-11-24T00:00:00Z`; None for anything else."""
    if not value:
        return None
    if len(value) == _YEAR:
        value += "-01-01"
    elif len(value) == _MONTH:
        value += "-01"
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last days of all years, in another zone
        return None
    return f"{found.replace(microsecond=0, tzinfo=None).isoformat()}Z"
