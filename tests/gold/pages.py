"""Pages whose values are known: each lies in `pages/` beside a text of what a reader finds on it.

`language-number-how.html`: how it says what it says, be it in a syntax for machines, in words only, or wrongly.
"""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from harvesters.crawling.reading import raw_records, read
from harvesters.model import Answer
from normalizers.normalize import normalize
from tests.normalizers.making import source

_FOLDER = Path(__file__).parent / "pages"
_RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = sorted(path.stem for path in _FOLDER.glob("*.html"))


def expected(name):
    """What a reader finds: field -> values, none where the page says nothing of it; and the text."""
    head, _, text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    found = {field: set() if value == "-" else {value} for field, value in fields.items()}
    found["authors"] = set() if fields["authors"] == "-" else set(fields["authors"].split("; "))
    return found | {"text": text}


def harvested(name, terms):
    """The record that the page becomes, by way of the reading and the normalising of a crawl."""
    url, kind = f"https://chm.example/news/{name}", "text/html"
    body = (_FOLDER / f"{name}.html").read_bytes()
    answer = Answer(url=url, status=200, headers={"content-type": kind}, body=body, received=_RECEIVED)
    (raw,) = raw_records(read(url, body, kind), answer)
    return normalize(raw, source(government=None, origin="partner", protocol="crawl"), terms).record


def words(text):
    """Words, or Chinese signs, and how often each comes."""
    return Counter(re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", text))
