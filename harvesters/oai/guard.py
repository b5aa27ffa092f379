"""Lists that do not end: a token or a page that comes a second time, and empty pages that go on and on."""

from __future__ import annotations

from collections.abc import Sequence

from sickle.models import ResumptionToken

from harvesters.oai.spans import Span
from harvesters.oai.troubles import Trouble, endless

_EMPTY_PAGES = 3  # in a row, each with a token


class Guard:
    """Notices a list that does not end."""

    def __init__(self, token: str | None) -> None:
        self._tokens = {token}
        self._pages: set[int] = set()
        self._empty = 0

    def stop(self, spans: Sequence[Span], token: ResumptionToken | None) -> Trouble | None:
        """Why the list must not be followed after this page, if so."""
        if token is None:
            return None
        self._empty = 0 if spans else self._empty + 1
        if self._empty > _EMPTY_PAGES:
            return endless("empty_pages", f"{self._empty} pages in a row were empty and still had a token")
        if token.token in self._tokens:
            return endless("token_repeated", "a resumption token came a second time", token.token)
        page = hash(tuple([(span.identifier, span.datestamp) for span in spans]))
        if spans and page in self._pages:
            return endless("page_repeated", "a page with the same records came a second time", spans[0].identifier)
        self._tokens.add(token.token)
        self._pages.add(page)
        return None
