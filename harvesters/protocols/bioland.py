"""Bioland 2, on which the CBD's secretariat hosts national clearing-houses: Drupal's JSON:API behind a site of its own.

One bundle holds all content; its type is a term, its tags are identifiers of the CBD's thesaurus, and each locale has
its prefix. Where a source names no `languages`, the site is asked for them. A site that is still being prepared answers
as well as one that is published, so it is harvested only where its robots.txt lets everybody in, which Bioland's does
for published sites alone, or its own record says so, or the operator.

https://github.com/scbd/bioland-head (what its pages ask), https://github.com/scbd/drupal-module-bioland (the fields)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from harvesters.drupal import census
from harvesters.drupal.questions import Site
from harvesters.errors import BadStatus, ProtocolError
from harvesters.http import Http
from harvesters.listings.reading import at, document, text_at
from harvesters.model import Answer, HarvestTask, Json, Page, State
from harvesters.protocols.drupal_jsonapi import root
from harvesters.safe_xml import is_web_page

_BUNDLES = ("content",)
_INCLUDE = ("field_type_placement", "field_attachments.field_media_image", "field_attachments.field_media_document")
_LETS_IN = re.compile(r"^\s*allow:\s*/\s*(?:#.*)?$", re.IGNORECASE | re.MULTILINE)
_NO_LANGUAGES = ("und", "zxx")  # Drupal's entries for what has no language
_LANGUAGES = "languages"
LANGUAGES_AT = "jsonapi/configurable_language/configurable_language"
"""Where a site names its locales."""


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    published: bool = Field(False, description="the site is published: somebody has looked, and need not ask it")
    include: tuple[str, ...] = Field(_INCLUDE, description="fields whose terms, media and files come with the nodes")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield what the site says of itself, then its content in every locale, and what became of what was known.

    Raises:
        SourceError: the source names more than one address.
        ProtocolError: the site is not known to be published, or does not tell its languages.
        BadStatus, ProtocolError: there is no list of content, or what came is none.
    """
    options, address = Options.model_validate(task.source.options), root(task)
    if state.resume is None:
        if not options.published:
            yield _published(http, address)
        if not task.source.languages:
            yield _asked_languages(http, address, state)
    languages = task.source.languages or tuple(state.kept.get(_LANGUAGES) or ())
    site = Site(
        root=address,
        locales=tuple(map(str.lower, languages)),
        profile="bioland",
        params={"jsonapi_include": "1", "include": ",".join(options.include)},
    )
    yield from census.harvest(task, http, state, site, _BUNDLES)


def _published(http: Http, address: str) -> Page:
    """The answer by which the site is known to be published."""
    robots = http.get(f"{address}/robots.txt")
    if robots.status == 200 and not is_web_page(robots.body) and _LETS_IN.search(robots.body.decode(errors="replace")):
        return Page(answer=robots)
    answer = http.get(f"{address}/jsonapi/site/site")
    if any(_says_published(site) for site in _values(answer)):
        return Page(answer=answer)
    raise ProtocolError(
        f"{address} is not known to be published: neither robots.txt nor jsonapi/site/site says so.",
        advice="Look at the site; if it is public, set `published: true` under `options`.",
    )


def _asked_languages(http: Http, address: str, state: State) -> Page:
    """The answer that names the site's locales, which are kept: the one that comes first on its pages first."""
    answer = http.get(f"{address}/{LANGUAGES_AT}")
    languages = locales(answer)
    if not languages:
        raise _untold(answer)
    state.keep(_LANGUAGES, languages)
    return Page(answer=answer)


def locales(answer: Answer) -> list[str]:
    """The locales that an answer names, the one that comes first on the site's pages first."""
    named = sorted((_weight(value), text_at(value, "drupal_internal__id")) for value in _values(answer))
    return [name for _, name in named if name and name not in _NO_LANGUAGES]


def _untold(answer: Answer) -> ProtocolError:
    return ProtocolError(
        f"{answer.url} does not tell the site's languages (HTTP {answer.status}).",
        advice="Name them in the source file under `languages`, the site's own first.",
    )


def _values(answer: Answer) -> list[Json]:
    """The attributes of what a document lists, whether they stand apart or, inlined, in the item; none of any other."""
    try:
        listed = at(document(answer), ("data",))
    except (BadStatus, ProtocolError):
        return []
    return [at(item, ("attributes",)) or item for item in (listed if isinstance(listed, list) else [listed])]


def _says_published(site: Json) -> bool:
    return at(site, ("published",)) in (True, 1, "1", "true")


def _weight(language: Json) -> int:
    weight = at(language, ("weight",))
    return weight if isinstance(weight, int) else 0
