"""The lines that the portals show under a title, and what they sort by: `meta1` to `meta5`, `sort1` to `sort4`.

A line of a language stands in that language's slot; those of no language (dates, codes, names of sources) in English's,
since the portals look there.
"""

from __future__ import annotations

from normalizers import common_formats
from normalizers.model import CommonRecord
from warehouse.index_documents.model import Document, slot

_ORDER = ("published", "start", "created", "modified")
_YEAR, _MONTH = slice(0, 4), slice(5, 7)


def document(record: CommonRecord) -> Document:
    """`meta1` is the kind of record, then publisher, date, languages and source.

    `sort1` orders by kind, `sort2` by year and `sort3` by month, the newest first, `sort4` by the country's code.
    """
    dates = {date.kind: date.value for date in reversed(record.dates)}
    when = next((dates[kind] for kind in _ORDER if kind in dates), "")
    year, month = when[_YEAR], when[_MONTH]
    return {
        "meta1_EN_txt": [common_formats.load(record.schema).title],
        **{f"meta2_{slot(language)}_txt": [name] for language, name in record.publisher.items()},
        "meta3_EN_txt": [when] if when else [],
        "meta4_EN_txt": [", ".join(record.languages)] if record.languages else [],
        "meta5_EN_txt": [record.source],
        "sort1_i": common_formats.names().index(record.schema),
        "sort2_i": -int(year) if year.isdigit() else None,
        "sort3_i": -int(month) if month.isdigit() else None,
        "sort4_i": int.from_bytes(record.government.encode()) if record.government else None,
    }
