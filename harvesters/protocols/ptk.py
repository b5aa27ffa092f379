"""A site on the Portal Tool Kit (Naaya): its channels, its site map and the pages of items that no channel showed.

channels  `url` is the index of channels (`localchannels_rdf`), read as protocol `feed` reads it
census    `sitemap_xml` beside it (https://www.sitemaps.org/protocol.html): the addresses of all that the site has
strays    what the census lists and no harvest brought, singly: a page that states a title and Dublin Core is a record

What an earlier census listed and a whole one lists no more is deleted, unless a channel shows it still. An empty site
map, or one that shrank to less than the half, deletes nothing. Without a site map the channels stand alone.

Addresses are compared by their paths, less the final "/": Zope names itself by whatever host it is asked at. Kept for
the next run: "known", path -> identifier ("" for a page that gave no record, asked for again by full harvests), and
"listed", the paths of the last census. The facts' `window` is always true: absence is told by tombstones alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from harvesters.errors import BadStatus, HarvestError, ProtocolError
from harvesters.http import Http, moved
from harvesters.listings.reading import bad_status
from harvesters.listings.walk import TROUBLES
from harvesters.model import Answer, HarvestTask, Issue, Page, RawRecord, State
from harvesters.protocols import feed
from harvesters.safe_xml import DoctypeRefused, MalformedXml, run, small_tree, strict_parser
from harvesters.web_pages import head

KNOWN, LISTED = "known", "listed"


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages_a_run: int = Field(200, ge=0, description="pages of items asked for in one harvest; the rest waits")


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds.

    `channels` is the feeds' own; `whole` says that nothing is missing so far, `came` are the paths that channels
    showed, `strays` pairs of address and release date, still to be asked for.
    """

    stage: str = "channels"
    channels: object = None
    whole: bool = False
    came: list[str] = []
    strays: list[tuple[str, str]] = []


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield the pages of the channels, then that of the site map, then one for every stray.

    Raises:
        BadStatus, ProtocolError: as `feed` does.
    """
    progress = convert(state.resume, _Progress) if state.resume is not None else _Progress()
    visit = _Visit(task, http, state, progress)
    if progress.stage == "channels":
        yield from visit.channels()
        if task.limit is not None:
            return
        yield visit.census()
    while progress.strays:
        yield visit.stray()


class _Visit:
    """One harvest of a portal."""

    def __init__(self, task: HarvestTask, http: Http, state: State, progress: _Progress) -> None:
        self._task = task
        self._http = http
        self._state = state
        self._progress = progress
        self._root = task.source.addresses[0]
        self._options = Options.model_validate(task.source.options)
        for key in (KNOWN, LISTED):
            state.note(key, {})  # kept on, whatever this harvest gets to see

    def channels(self) -> Iterator[Page]:
        """The index and the channels."""
        progress = self._progress
        source = self._task.source.model_copy(update={"options": {"channels_index": True}})
        self._state.resume = progress.channels
        for page in feed.harvest(replace(self._task, source=source), self._http, self._state):
            found = {_path(record.identifier): record.identifier for record in page.records}
            self._know(found)
            progress.came += found
            progress.channels, progress.whole = page.resume, page.last
            yield self._kept(page, last=page.last and self._task.limit is not None)

    def census(self) -> Page:
        """The site map, with a tombstone for each record that it lists no more."""
        progress = self._progress
        progress.stage = "strays"
        try:
            answer = self._http.get(urljoin(self._root, "sitemap_xml"), accept="application/xml, text/xml")
            if answer.status in (404, 410):
                return self._kept(Page(answer=answer, issues=(_no_sitemap(answer),)))
            listed = _listed(answer)
        except TROUBLES as error:
            progress.whole = False
            return self._kept(self._failed(error, urljoin(self._root, "sitemap_xml")))
        before = set(self._state.get(LISTED) or ())
        if 2 * len(before & listed.keys()) < len(before) or not listed:
            progress.whole = False
            return self._kept(Page(answer=answer, issues=(_shrunk(answer, len(before), len(listed)),)))
        gone = sorted(before - listed.keys() - set(progress.came))
        stones = tuple(self._tombstone(answer, name) for path in gone if (name := self._known.get(path)))
        self._know(dict.fromkeys(gone))
        now = listed.keys() | before & set(progress.came)
        self._state.note(LISTED, {**dict.fromkeys(sorted(now - before), True), **dict.fromkeys(before - now)})
        strays = [entry for path, entry in listed.items() if self._is_stray(path)]
        progress.strays = strays[: self._options.pages_a_run]
        told = moved(answer)
        if len(strays) > len(progress.strays):
            told = (*told, _later(answer, len(strays), len(progress.strays)))
        return self._kept(Page(answer=answer, records=stones, issues=told))

    def stray(self) -> Page:
        """The next page of an item that no channel showed."""
        progress = self._progress
        (address, released), *progress.strays = progress.strays
        path = _path(address)
        try:
            answer = self._http.get(urljoin(self._root, path), accept="text/html")
            if answer.status >= 500 or answer.status == 429:
                raise bad_status(answer)
        except TROUBLES as error:
            progress.whole = False
            return self._kept(self._failed(error, address))
        is_item = _is_item(answer, path)
        self._know({path: address if is_item else ""})
        record = RawRecord(
            identifier=address,
            profile=self._task.source.profile or "ptk_page",
            answer=answer,
            item=0,
            start=0,
            end=len(answer.body),
            datestamp=released or None,
        )
        return self._kept(Page(answer=answer, records=(record,) if is_item else ()))

    @property
    def _known(self) -> Mapping[str, str]:
        """Path of every page of an item -> its record; those that turned out to be no items have none."""
        return self._state.get(KNOWN) or {}

    def _know(self, pages: Mapping[str, str | None]) -> None:
        self._state.note(KNOWN, pages)

    def _is_stray(self, path: str) -> bool:
        return path not in self._known or (self._task.full and not self._known[path])

    def _kept(self, page: Page, *, last: bool | None = None) -> Page:
        """The page, with what is kept after it."""
        progress = self._progress
        if last is None:
            last = progress.whole and not progress.strays
        return replace(page, facts={**page.facts, "window": True}, resume=to_builtins(progress), last=last)

    def _tombstone(self, answer: Answer, identifier: str) -> RawRecord:
        profile = self._task.source.profile or "ptk_page"
        return RawRecord(identifier=identifier, profile=profile, answer=answer, item=0, start=0, end=0, deleted=True)

    def _failed(self, error: HarvestError, address: str) -> Page:
        nothing = Answer(url=address, status=0, headers={}, body=b"", received=self._http.now())
        answer = error.answer if isinstance(error, BadStatus) else nothing
        issue = Issue(code="page_not_readable", message=str(error)[:1000], severity="error", value=answer.url[:500])
        return Page(answer=answer, issues=(issue,))


def _path(address: str) -> str:
    """What stands for an address: its path and question, less the final "/"; "" where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that are no IPv6 address
        return ""
    path = "/" + parts.path.strip("/")
    return f"{path}?{parts.query}" if parts.query else path


def _is_item(answer: Answer, path: str) -> bool:
    """Whether a page is an item's: not a folder's (DCMI type Collection), nor one that leads elsewhere (a login)."""
    if answer.status != 200 or _path(answer.url) != path:
        return False
    found = head(answer)
    types = {meta.content.lower() for meta in found.values("dc.type")}
    titled = found.title or found.values("dc.title")
    return bool(titled) and any(meta.name.startswith("dc.") for meta in found.metas) and "collection" not in types


def _listed(answer: Answer) -> dict[str, tuple[str, str]]:
    """Path -> address (less the final "/") and release date of what a site map lists.

    Raises:
        BadStatus: the status is not 200.
        ProtocolError: what came is no whole site map.
    """
    if answer.status != 200:
        raise bad_status(answer)
    try:
        run(strict_parser(), answer.body)
        tree = small_tree(answer.body)
    except (DoctypeRefused, MalformedXml) as error:
        raise _no_map(answer, str(error)) from error
    if tree is None or not isinstance(tree.tag, str) or tree.tag.rpartition("}")[2] != "urlset":
        raise _no_map(answer, "its root is no urlset")
    found: dict[str, tuple[str, str]] = {}
    for url in tree.iterfind("{*}url"):
        address = (url.findtext("{*}loc") or "").strip().rstrip("/")
        path = _path(address)
        if path.strip("/") and "/comments" not in path:
            found[path] = (address, (url.findtext("{*}lastmod") or "").strip())
    return found


def _no_map(answer: Answer, cause: str) -> ProtocolError:
    return ProtocolError(
        f"{answer.url}: what came is no whole site map ({cause}).",
        advice="Open the address in a browser; nothing was taken for deleted.",
    )


def _no_sitemap(answer: Answer) -> Issue:
    message = "The site has no sitemap_xml, so its channels stand alone: what is gone or older is not seen."
    return Issue(code="no_sitemap", message=message, severity="note", value=answer.url[:500])


def _shrunk(answer: Answer, before: int, now: int) -> Issue:
    message = (
        f"The site map lists {now} pages, and less than the half of the {before} that it listed before; none was taken "
        "for deleted. Look at the site; what is gone indeed is withdrawn by hand."
    )
    return Issue(code="sitemap_shrank", message=message, severity="error", value=answer.url[:500])


def _later(answer: Answer, strays: int, now: int) -> Issue:
    message = f"{strays} listed pages were never read; {now} are asked for now, the rest by the next harvests."
    return Issue(code="pages_wait", message=message, severity="note", value=answer.url[:500])
