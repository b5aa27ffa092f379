"""Drupal's own JSON:API: published nodes of the bundles that a source names, in each of its languages.

Increments by `changed`, of any translation; deletions by the difference of two lists of identifiers. What is asked
stands in `harvesters.drupal.questions`, in which order in `harvesters.drupal.census`. `url` is the site's own, without
`/jsonapi`; where the source names several `languages`, each is asked below its prefix, `/fr/jsonapi`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from harvesters.drupal import census
from harvesters.drupal.questions import Site
from harvesters.errors import SourceError
from harvesters.http import Http
from harvesters.model import HarvestTask, Page, State
from harvesters.source import Name

NO_RECORDS = ("comment", "forum", "webform", "user")


def _bundle(name: str) -> str:
    if name in NO_RECORDS:
        raise ValueError("is what a site's visitors write, which is not harvested")
    return name


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bundles: tuple[Annotated[Name, AfterValidator(_bundle)], ...] = Field(
        ("article",), min_length=1, description="machine names of the content types, such as document or event"
    )
    include: tuple[str, ...] = Field((), description="fields whose terms, media and files come with the nodes")
    inline: bool = Field(False, description="the module jsonapi_include puts what is included where it belongs")


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield the nodes of every bundle, page by page, and what became of those that were known.

    Raises:
        SourceError: the source names more than one address.
        BadStatus, ProtocolError: no bundle has a list, or what came is none.
    """
    options = Options.model_validate(task.source.options)
    params = {"include": ",".join(options.include)} if options.include else {}
    languages = task.source.languages
    site = Site(
        root=root(task),
        locales=tuple(map(str.lower, languages)) if len(languages) > 1 else (),
        profile="drupal_node",
        params=params | ({"jsonapi_include": "1"} if options.inline else {}),
    )
    yield from census.harvest(task, http, state, site, options.bundles)


def root(task: HarvestTask) -> str:
    """The site's one address without a slash at its end. Raises SourceError where the source names several."""
    source = task.source
    if len(source.addresses) != 1:
        raise SourceError(
            f"Source {source.id}: `urls` names {len(source.addresses)} addresses, and {source.protocol} asks one site.",
            advice="Give `url`, and a source file to each site.",
        )
    return source.addresses[0].rstrip("/")
