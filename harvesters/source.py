"""A source file's keys, checked: one national site, and how it is asked.

Pydantic, because people write these files and its messages are made for them. `registry.py`
reads the YAML and words the complaints; `chm sources --json-schema` prints the schema of these keys.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import langcodes
from croniter import CroniterBadDateError, croniter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are no IPv6 address, a port that is no number
        plain = False
    if not plain:
        raise ValueError("must be an absolute http or https address")
    if "@" in parts.netloc:
        raise ValueError("must carry no user name: source files are no place for secrets")
    return url


_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # whether a day ever comes does not hang on when one asks


def cron_line(line: str) -> str:
    """The line itself; ValueError, which says what is allowed, where it is none of cron(5) or its day never comes."""
    if len(line.split()) != 5 or not croniter.is_valid(line):  # croniter takes six and seven fields, Airflow five
        raise ValueError("must be a cron line of five fields, such as '17 3 * * *'")
    try:
        croniter(line, _SOME_DAY).get_next()
    except CroniterBadDateError:
        raise ValueError("must name a day that comes, unlike 30 February") from None
    return line


WebAddress = Annotated[str, AfterValidator(_web_address)]
Cron = Annotated[str, AfterValidator(cron_line)]


def _language(tag: str) -> str:
    if not langcodes.tag_is_valid(tag):
        raise ValueError("must be a BCP 47 tag of a language, such as fr or pt-BR")
    return tag


Language = Annotated[str, AfterValidator(_language)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Status = Literal["unverified", "active", "paused", "retired"]
Field_ = Literal[
    "types",
    "subjects",
    "countries",
    "regions",
    "gbf_targets",
    "aichi_targets",
    "gbf_goals",
    "gbf_indicators",
    "sdg_goals",
    "articles",
    "kinds",
    "languages",
    "licence",
]


# The common formats of the CBD (clearing-house documentation and realm configurations, 2026).
Schema = Literal[
    "bbiOpportunity",
    "bbiRequest",
    "capacityBuildingInitiative",
    "capacityBuildingResource",
    "caseStudy",
    "communityProtocol",
    "contact",
    "database",
    "event",
    "focalPoint",
    "implementationActivity",
    "marineEbsa",
    "measure",
    "nationalAssessment",
    "nationalIndicator",
    "nationalReport",
    "nationalReport6",
    "nationalReport7",
    "nationalSupportTool",
    "nationalTarget",
    "nationalTarget7",
    "nbsap",
    "news",
    "organization",
    "resource",
    "stakeholderCommitment",
]

Fillable = Literal[
    "title",
    "summary",
    "description",
    "languages",
    "types",
    "countries",
    "regions",
    "subjects",
    "gbf_targets",
    "keywords",
    "authors",
    "publisher",
    "dates",
    "links",
    "coordinates",
    "source_page",
]


class _Keys(BaseModel):
    """Frozen, and an unknown key is an error: a typing mistake must not pass as a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Expect(_Keys):
    """What a healthy load looks like; one that differs is held."""

    min_records: int = Field(0, ge=0, description="least live records after the load")
    max_vanish: Share = Field(0.3, description="largest share of the live records that one load may remove")
    max_rekey: Share = Field(0.2, description="largest share that may come under another identifier at once")
    max_change: Share = Field(0.8, description="largest share that may change at once")
    fill: dict[Fillable, Share] = Field(
        {"title": 0.9}, description="field: least share of the live records that have it after the load"
    )
    grace_days: int = Field(14, ge=0, description="days for which full sweeps may miss a record before it is removed")


class Defaults(_Keys):
    """Values for records that state none. A legal field (schema nbsap, nationalReport7 ...) takes no default."""

    schema_: Schema | None = Field(None, alias="schema", description="common format, such as resource, news or event")
    language: Language | None = Field(None, description="BCP 47 tag of untagged text")
    publisher: str | None = None
    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


class Reading(_Keys):
    """What normalising needs to know of the site's habits."""

    date_order: Literal["dmy", "mdy", "ymd"] | None = Field(None, description="how 03/04/2024 is meant")
    coordinates: Literal["rounded", "exact", "hidden"] = "rounded"
    why: str | None = Field(None, description="the reason for `coordinates: exact`")

    @model_validator(mode="after")
    def _exact_wants_a_reason(self) -> Reading:
        if self.coordinates == "exact" and not self.why:
            raise ValueError("`coordinates: exact` needs `why`")
        return self


class Source(_Keys):
    """One site and how it is asked; the file name is `id`."""

    id: Name = Field(exclude=True, description="the file's name without .yml; never written inside")
    name: str = Field(min_length=1, description="title for people")
    government: CountryCode | None = Field(None, description="ISO 3166-1 alpha-2, upper case; none with `origin`")
    origin: Literal["national", "regional", "central", "partner"] = "national"
    status: Status = "unverified"
    platform: Name | None = Field(None, description="what the site runs on, such as bioland, ptk, wordpress")
    page: WebAddress | None = Field(None, description="the site's page for people")
    superseded_by: Name | None = Field(None, description="id of the source that took over")

    protocol: Name = Field(description="a file of harvesters/protocols")
    profile: Name | None = Field(None, description="a file of normalizers/profiles; else the protocol's choice")
    url: WebAddress | None = None
    urls: tuple[WebAddress, ...] = ()
    sets: tuple[str, ...] = ()
    languages: tuple[Language, ...] = Field((), description="BCP 47 tags in which the site publishes")

    schedule: Cron | None = Field(None, description="cron, UTC; default: once a day at a minute spread by the id")
    full_every: int = Field(30, ge=1, description="days between full sweeps, until they show how much they find")
    overlap: float = Field(24, ge=0, description="hours by which an increment reaches back before the last load")

    server: str | None = Field(
        None, min_length=1, description="who must not be asked twice at once; default: registrable domain"
    )
    pace: float = Field(2.0, ge=0, description="seconds between two requests to the server")
    timeout: float = Field(60, gt=0, description="seconds that one answer may take in all")
    max_bytes: int = Field(64 * 2**20, gt=0, description="bytes of one answer, before and after decompression")
    daily_requests: int = Field(20_000, ge=1, description="requests to the server in a day (UTC), of all its sources")
    daily_bytes: int = Field(4 * 2**30, ge=1, description="bytes received from the server in a day (UTC)")
    max_pages: int = Field(10_000, ge=1, description="pages of one harvest")
    allow_private: bool = Field(False, description="loopback and private addresses may be asked")
    verify_tls: bool = True

    contact: str | None = Field(None, description="who answers for the site")
    licence: str | None = Field(None, description="terms of reuse, as the site states them")
    permission: str | None = Field(None, description="where and when the site allowed more than its licence")
    share: Literal["full", "metadata", "link", "none"] = Field(
        "metadata",
        description="the most that is published of a record; in full only with `permission` or an open licence",
    )

    options: dict[str, Any] = Field(default_factory=dict, description="checked by the protocol's own model")
    defaults: Defaults = Defaults()
    lookups: dict[Field_, dict[str, str]] = Field(default_factory=dict, description="field: {value: what it means}")
    expect: Expect = Expect()
    reading: Reading = Reading()

    @model_validator(mode="after")
    def _one_country_or_an_origin(self) -> Source:
        if (self.government is None) == (self.origin == "national"):
            raise ValueError("`government` is a country's code, or absent with `origin: regional, central or partner`")
        return self

    @model_validator(mode="after")
    def _somewhere_to_ask(self) -> Source:
        if bool(self.url) == bool(self.urls):
            raise ValueError("needs `url` (one address) or `urls` (several), not both")
        return self

    @property
    def cron(self) -> str | None:
        """When the source is asked, as a cron line in UTC; None where `status` is not active.

        The default is once a day, at a minute that a digest of the id spreads over the day: the same on every machine.
        """
        if self.status != "active":
            return None
        digest = hashlib.blake2b(self.id.encode(), digest_size=8).digest()
        hour, minute = divmod(int.from_bytes(digest) % (24 * 60), 60)
        return self.schedule or f"{minute} {hour} * * *"

    @property
    def addresses(self) -> tuple[str, ...]:
        """`url` or `urls`, in order; never empty."""
        return self.urls or (str(self.url),)
