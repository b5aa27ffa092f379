"""`/records` as a search: plain parameters become a question in the CHM's dialect, whose answer names the records."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from warehouse.portal.problems import Refusal, problem
from warehouse.portal.record_told import RecordTold, told
from warehouse.portal.shelf import Reading
from warehouse.portal.store import Published
from warehouse.portal.visible import select_visible

_WORDS = re.compile(r'"([^"]*\w[^"]*)"|([^\s"]*\w[^\s"]*)')  # phrases and words; what is neither says nothing
_EVERYWHERE = re.compile(r"(title|summary|text)_[A-Z]+_(t|txt)")
_WEIGHTS = {"title": 30, "summary": 20, "text": 1}
_EXACT = {  # parameter -> field of the index
    "schema": "schema_s", "government": "government_s", "country": "hostGovernments_REL_ss", "term": "all_terms_ss",
    "source": "source_s", "licence": "licence_s",
}  # fmt: skip
_Several = Annotated[list[str], Field(default_factory=list, max_length=50)]


class Search(BaseModel):
    """What `/records` can be asked; a parameter that stands several times means any of its values."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: str = Field("", max_length=1000, description='Words, or a "phrase", in any language; all of them must be there.')
    schema_: _Several = Field(alias="schema", description="Common format of the CBD, such as resource or nbsap.")
    government: _Several = Field(description="Whose site gave it: ISO 3166-1 alpha-2.")
    country: _Several = Field(description="About which country or region: the CBD's identifier.")
    term: _Several = Field(description="Identifier of a term, such as GBF-TARGET-03.")
    source: _Several = Field(description="Id of a source, as in /sources.")
    licence: _Several = Field(description="URI of a licence.")
    sort: Literal["relevance", "updated"] | None = Field(None, description="Default: relevance where there is a `q`.")
    limit: int = Field(25, ge=1, le=1000, description="Records of a page.")
    cursor: str = Field("", max_length=200, description="From `next` of the page before.")
    form: Literal["json", "atom", "csv"] | None = Field(None, alias="format", description="Instead of Accept.")


class Cursor(Struct, frozen=True, array_like=True):
    """Where a search stands: in which release, and how many records of it are told."""

    release: str
    told: int


class Found(Struct, frozen=True, kw_only=True):
    """A page of a search: of which release, how many it found in all, and the address of the next page, if any."""

    release: str
    total: int
    records: list[RecordTold]
    next: str | None


class Page(Struct, frozen=True):
    """A page of a search before it has a form: each record with its stamp."""

    total: int
    records: list[tuple[Published, str]]
    rest: Cursor | None

    def told(self) -> list[RecordTold]:
        """The records as the plain API tells them."""
        return [told(record, stamp) for record, stamp in self.records]


def search(reading: Reading, asked: Search) -> Page:
    """The records that a search means, from its cursor on.

    A page may have fewer records than asked for: what was withdrawn meanwhile keeps its place, so that the pages after
    it neither skip nor repeat any.
    """
    start = read_cursor(asked.cursor).told if asked.cursor else 0
    params = _question(reading, asked)
    whole = select_visible(reading, params | {"rows": ["0"]})
    # Places are those of the release, which does not change: what was withdrawn is taken out of the page, not before.
    paged = params | {"start": [str(start)], "rows": [str(asked.limit)], "fl": ["identifier_s"]}
    answer = select_visible(reading, paged, hide=False)["response"]
    names = [document["identifier_s"] for document in answer["docs"]]
    entries = {name: entry for name in names if (entry := reading.opened.store.entry(name))}
    live = [name for name, entry in entries.items() if reading.suppressed.applied(entry).is_live]
    records = reading.opened.store.records(live)
    end = start + len(names)
    rest = Cursor(reading.release.release, end) if names and end < answer["numFound"] else None
    return Page(whole["response"]["numFound"], [(records[name], entries[name].stamp) for name in live], rest)


def write_cursor(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """What a cursor says. Raises Refusal, a 400, where it is none of ours."""
    try:
        found = msgspec.json.decode(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)), type=Cursor)
    except (msgspec.MsgspecError, ValueError):
        found = None
    if found is None or not 0 <= found.told < 10**9:
        raise Refusal(problem(400, "This cursor is none of ours; begin the search again."))
    return found


def _question(reading: Reading, asked: Search) -> dict[str, list[str]]:
    filters = [
        f"{field}:({' OR '.join(map(_quoted, values))})"
        for name, field in _EXACT.items()
        if (values := getattr(asked, f"{name}_" if name == "schema" else name))
    ]
    words = list(_words(reading, asked.q))
    by_date = asked.sort == "updated" or (asked.sort is None and not words)
    order = "updatedDate_dt desc" if by_date else "score desc"
    return {"q": [" AND ".join(words) or "*:*"], "fq": filters, "sort": [order]}


def _words(reading: Reading, text: str) -> Iterator[str]:
    """Each word or phrase as a clause that looks for it in every language that the index has."""
    fields = sorted(field for field in reading.opened.searcher.fields if _EVERYWHERE.fullmatch(field))
    for phrase, word in _WORDS.findall(text):
        weighed = (f"{field}:{_quoted(phrase or word)}^{_WEIGHTS[field.partition('_')[0]]}" for field in fields)
        yield f"({' OR '.join(weighed)})" if fields else "id:nothing"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
