"""The CHM's own index (`/api/v2013/index/select`), so that central records and national ones meet.

It speaks Solr's language (documentation of the clearing-house, Solr): `start` and `rows`, `response.numFound`, `fq`
several times. Only public versions are asked for (`NOT version_s:*`), in the order of their ids, and only the fields
that are used (`FIELDS`): who created, owns or contributed to a record never comes.

Increments: `updatedDate_dt`. What is withdrawn is found by full sweeps only. A record's identifier is that of its
document, which outlives its revisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from harvesters.http import Http
from harvesters.listings.pagers import Ask, Offset
from harvesters.listings.reading import text_at
from harvesters.listings.walk import Found, Listing, total_at, walk
from harvesters.model import HarvestTask, Json, Page, State

LANGUAGES = ("AR", "EN", "ES", "FR", "RU", "ZH")
TEXTS = ("title", "summary", "description")
FIELDS = (
    "id", "identifier_s", "uniqueIdentifier_s", "schema_s", "realm_ss", "_revision_i", "government_s",
    "government_CEN_s", "hostGovernments_ss", "countryRegions_ss", "thematicArea_ss", "thematicAreas_CEN_ss",
    "cbdSubjects_ss", "aichiTargets_ss", "aichiTarget_ss", "gbfTargets_ss", "keywords_ss", "resourceTypes_ss",
    "reportType_s", "type_ss", "createdDate_dt", "updatedDate_dt", "publicationDate_dt", "startDate_dt", "endDate_dt",
    "url_ss", "websites_ss", "documentLinks_s", "symbol_s", "covers_ss",
    *(f"{text}_{suffix}" for text in TEXTS for suffix in ("s", "t")),
    *(f"{text}_{language}_{suffix}" for text in TEXTS for language in LANGUAGES for suffix in ("s", "t")),
)  # fmt: skip


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    realms: tuple[str, ...] = Field(("chm",), min_length=1, description="of chm, abs, bch, ort ...")
    schemas: tuple[str, ...] = Field((), description="common formats to ask for; default: all")
    filters: tuple[str, ...] = Field((), description="more filters, in Solr's language")
    page_size: int = Field(500, ge=1, le=1000, description="records asked for at once")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield every page of the index that the options name. Raises as `listings.walk` does."""
    options = Options.model_validate(task.source.options)
    filters = ["(*:* NOT version_s:*)", "_state_s:public", f"realm_ss:({' '.join(options.realms)})", *options.filters]
    if options.schemas:
        filters.append(f"schema_s:({' '.join(options.schemas)})")
    if task.since:
        filters.append(f"updatedDate_dt:[{task.since:%Y-%m-%dT%H:%M:%SZ} TO *]")
    listing = Listing(
        ask=Ask(
            task.source.addresses[0],
            {"q": "*:*", "fq": filters, "fl": ",".join(FIELDS), "sort": "id asc", "wt": "json"},
        ),
        pager=Offset(start="start", rows="rows", size=options.page_size, total=("response", "numFound")),
        profile="chm_index",
        record=_record,
        items=("response", "docs"),
        total=total_at("response", "numFound"),
    )
    yield from walk(task, http, state, [listing])


def _record(item: Json) -> Found | None:
    if text_at(item, "version_s"):  # a draft, which a public query does not show
        return None
    schema = text_at(item, "schema_s")
    return Found(
        identifier=text_at(item, "identifier_s") or text_at(item, "id"),
        datestamp=text_at(item, "updatedDate_dt") or None,
        sets=(schema,) if schema else (),
    )
