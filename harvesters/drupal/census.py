"""A harvest of a Drupal site in three stages, so that nothing is missed and nothing is kept that is gone.

content   all published nodes, or those that changed, with their translations
census    the identifiers alone of all that the site has: a page of 50 costs one small answer
strays    what the census shows and no harvest brought as it is now, singly: published by a clock, or skipped by a list
          that moved

What was known and is not in the census is deleted. Only a census that came whole speaks of absence, and an empty one
never does; `expect` still judges how much may go at once. Kept for the next run as "known": bundle -> identifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace

from harvesters.drupal.questions import PAGE, Seen, Site, census, content, singly
from harvesters.errors import BadStatus, HarvestError
from harvesters.http import Http
from harvesters.listings.walk import TROUBLES, Listing, is_over, walk
from harvesters.model import Answer, HarvestTask, Issue, Json, Page, RawRecord, State

KNOWN = "known: {}"  # of a bundle: its identifiers, as a mapping, since entries of one are cheap to keep


class _Progress(Struct):
    """How far a harvest is: all that `resume` holds.

    `walk` is how far the stage's walk is, `whole` says that nothing is missing so far, `reached` is the highest number
    of a node whose content came, by bundle; `strays` are those to ask for, pairs of bundle and identifier. What a
    census showed is not kept with every page: after a kill it begins anew.
    """

    stage: Literal["content", "census", "strays", "done"] = "content"
    walk: Json = None
    whole: bool = True
    reached: dict[str, int] = {}
    strays: list[tuple[str, str]] = []


def harvest(task: HarvestTask, http: Http, state: State, site: Site, bundles: Sequence[str]) -> Iterator[Page]:
    """Yield the pages of every stage (of the first alone where the task has a limit).

    `last` stands on the very last page, where all came whole.

    Raises:
        HarvestError: as `walk` does, where no list of the first stage can be begun.
    """
    yield from _Visit(task, http, state, site, bundles).pages()


class _Visit:
    """One harvest of a site.

    The sets hold identifiers by bundle: known before, come now, shown by the census, and of these the ones that changed
    since the moment from which on the task asks.
    """

    def __init__(self, task: HarvestTask, http: Http, state: State, site: Site, bundles: Sequence[str]) -> None:
        self._task = task
        self._http = http
        self._state = state
        self._site = site
        self._progress = convert(state.resume, _Progress) if state.resume is not None else _Progress()
        self._before = dict(self._progress.reached)
        self._known: dict[str, set[str]] = {bundle: set(state.get(KNOWN.format(bundle)) or ()) for bundle in bundles}
        for bundle in bundles:
            state.note(KNOWN.format(bundle), {})  # kept on, whatever this harvest gets to see
        self._came: dict[str, set[str]] = {bundle: set() for bundle in bundles}
        self._shown: dict[str, set[str]] = {bundle: set() for bundle in bundles}
        self._changed: dict[str, set[str]] = {bundle: set() for bundle in bundles}

    def pages(self) -> Iterator[Page]:
        progress = self._progress
        while listings := self._listings():
            stage = progress.stage
            try:
                for page in walk(self._task, self._http, State(resume=progress.walk), listings):
                    progress.walk = page.resume
                    yield self._kept(page, is_over=is_over(page, listings))
            except TROUBLES as error:
                if stage == "content":
                    raise
                yield self._kept(self._failed(error), is_over=True)
            if progress.stage == stage:
                return  # the limit, or the cap on pages, came first

    def _listings(self) -> list[Listing]:
        site, http, task = self._site, self._http, self._task
        match self._progress.stage:
            case "content":
                since = None if task.full else task.since
                return [content(site, http, bundle, since, self._note(self._arrived, bundle)) for bundle in self._came]
            case "census":
                self._progress.walk = None
                return [census(site, bundle, self._note(self._listed, bundle)) for bundle in self._came]
            case "strays":
                return [
                    singly(site, http, bundle, some, self._note(self._arrived, bundle))
                    for bundle in self._came
                    for some in _pages([name for of, name in self._progress.strays if of == bundle])
                ]
        return []

    def _note(self, hear: Callable[[str, Seen], None], bundle: str) -> Callable[[Seen], None]:
        return partial(hear, bundle)

    def _arrived(self, bundle: str, node: Seen) -> None:
        self._came[bundle].add(node.identifier)
        self._progress.reached[bundle] = node.number

    def _listed(self, bundle: str, node: Seen) -> None:
        since = self._task.since
        self._shown[bundle].add(node.identifier)
        if self._task.full and node.number <= self._before.get(bundle, 0):
            self._came[bundle].add(node.identifier)  # before this harvest was killed
        if not self._task.full and since and node.changed and node.changed >= since:
            self._changed[bundle].add(node.identifier)

    def _kept(self, page: Page, *, is_over: bool) -> Page:
        """The page with what follows from it: at the end of a stage, from the stage as a whole."""
        progress = self._progress
        records, issues = page.records, page.issues
        if is_over:
            progress.walk = None
            progress.whole = progress.whole and page.last
            if progress.stage == "content":
                progress.stage = "census" if self._task.limit is None else "done"
            elif progress.stage == "census":
                gone, odd = self._compared(page)
                records, issues = (*records, *gone), (*issues, *odd)
                progress.stage = "strays" if progress.strays else "done"
            else:
                progress.stage = "done"
        if progress.stage in ("strays", "done") and self._task.limit is None:
            self._remember()
        last = progress.stage == "done" and progress.whole
        return replace(page, records=records, issues=issues, resume=to_builtins(progress), last=last)

    def _compared(self, page: Page) -> tuple[list[RawRecord], list[Issue]]:
        """Tombstones for what the census does not show any more; what it shows besides goes to the strays."""
        gone: list[RawRecord] = []
        odd: list[Issue] = []
        for bundle, shown in self._shown.items():
            came, known = self._came[bundle], self._known[bundle] | self._came[bundle]
            strays = shown - (came if self._task.full else known) | self._changed[bundle] - came
            self._progress.strays += ((bundle, name) for name in sorted(strays))
            if known and not shown:
                self._progress.whole = False
                odd.append(_empty(page.answer, bundle, len(known)))
            elif page.last:
                gone += (self._tombstone(page, name) for name in sorted(known - shown))
                self._known[bundle] = known & shown
        return gone, odd

    def _remember(self) -> None:
        for bundle, names in self._known.items():
            key, now = KNOWN.format(bundle), names | self._came[bundle]
            before = (self._state.get(key) or {}).keys()
            self._state.note(key, {**dict.fromkeys(sorted(now - before), True), **dict.fromkeys(before - now)})

    def _tombstone(self, page: Page, identifier: str) -> RawRecord:
        profile = self._task.source.profile or self._site.profile
        return RawRecord(
            identifier=identifier, profile=profile, answer=page.answer, item=0, start=0, end=0, deleted=True
        )

    def _failed(self, error: HarvestError) -> Page:
        nothing = Answer(url=self._site.root, status=0, headers={}, body=b"", received=self._http.now())
        answer = error.answer if isinstance(error, BadStatus) else nothing
        issue = Issue(code="page_not_readable", message=str(error)[:1000], severity="error", value=answer.url[:500])
        return Page(answer=answer, issues=(issue,))


def _pages(identifiers: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(identifiers), PAGE):
        yield identifiers[start : start + PAGE]


def _empty(answer: Answer, bundle: str, known: int) -> Issue:
    message = (
        f"The site lists none of the {known} nodes of its bundle {bundle} that are known; none was taken for deleted. "
        "Look at the site; what is gone indeed is withdrawn by hand."
    )
    return Issue(code="nothing_listed", message=message, severity="error", value=answer.url[:500])
