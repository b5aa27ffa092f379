"""An OAI-PMH repository: sickle's requests, tokens and errors over our client and our strict reading.

https://www.openarchives.org/OAI/openarchivesprotocol.html, 3.5 (flow control) and 3.6 (errors)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sickle import Sickle
from sickle.iterator import OAIResponseIterator
from sickle.models import ResumptionToken
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from harvesters.errors import BadStatus, ProtocolError
from harvesters.http import Http
from harvesters.model import Answer
from harvesters.oai.mending import is_bare
from harvesters.oai.records import read
from harvesters.oai.spans import NAMESPACE, Reading
from harvesters.safe_xml import DoctypeRefused, MalformedXml, is_web_page, small_tree

OAI = f"{{{NAMESPACE}}}"

_ACCEPT = "text/xml, application/xml;q=0.9, */*;q=0.1"
_LEFT_TO_SICKLE = {"noRecordsMatch", "badResumptionToken"}
_ADVICE = {
    "badArgument": "Check `sets` and `options.metadata_prefix`; or the server takes no dates in its granularity.",
    "badVerb": "Check `url`: it must be the repository's base URL, without a query of its own.",
    "cannotDisseminateFormat": "Set `options.metadata_prefix` to one that the server's ListMetadataFormats names.",
    "noSetHierarchy": "The repository has no sets: take `sets` out of the source file.",
}


class Refusal(ProtocolError):
    """One or more of OAI-PMH's own errors that end the matter; `codes` are theirs."""

    def __init__(self, cause: str, *, advice: str, codes: Iterable[str]) -> None:
        super().__init__(cause, advice=advice)
        self.codes = frozenset(codes)


class Reply:
    """An answer as sickle's code sees it: `xml` is the page less its records."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        if is_web_page(answer.body) and is_bare(answer.body):
            raise unexpected(answer, "a web page came where OAI-PMH was expected")
        if not answer.body.strip():
            raise unexpected(answer, "an empty answer came where OAI-PMH was expected")
        try:
            self.reading: Reading = read(answer.body)
            reading = self.reading
            root = small_tree(reading.envelope, recover=reading.fault is not None, encoding=reading.encoding)
        except DoctypeRefused as error:
            raise ProtocolError(
                f"{answer.url} sent {error}, which is never read, since it can define entities.",
                advice="Ask the site's administrator to send OAI-PMH without it.",
            ) from error
        except MalformedXml as error:
            raise unexpected(answer, f"the page's envelope cannot be read ({error})") from error
        if root is None or root.tag != f"{OAI}OAI-PMH":
            found = reading.fault or f"its root is {root.tag if root is not None else 'missing'}"
            raise unexpected(answer, f"something else than OAI-PMH 2.0 came ({found})")
        self.xml = root

    @property
    def list_size(self) -> int | None:
        """`completeListSize` (3.5), where the page states it, on a token or on the empty one that ends the list."""
        token = next(self.xml.iter(f"{OAI}resumptionToken"), None)
        size = (token.get("completeListSize") or "").strip() if token is not None else ""
        return int(size[:18]) if size.isascii() and size.isdigit() else None


class _Pages(OAIResponseIterator):  # type: ignore[misc]  # sickle states no types
    """sickle's walk from token to token; white space around a token is layout."""

    def _get_resumption_token(self) -> object:
        token = super()._get_resumption_token()
        if token is not None:
            token.token = (token.token or "").strip()
        return token


class Repository(Sickle):  # type: ignore[misc]  # sickle states no types
    """sickle over our client.

    `reply` is the latest that could be read, for errors that sickle raises without it; `answer` is what came to the
    latest request, None where nothing did.
    """

    def __init__(self, url: str, http: Http, *, post: bool = False) -> None:
        super().__init__(url, iterator=_Pages)
        self._http = http
        self._post = post
        self.reply: Reply
        self.answer: Answer | None = None

    def harvest(self, **params: str) -> Reply:
        """Ask once. Only the errors that steer the flow are left to sickle, whose look-up trusts any name."""
        self.answer = None
        if self._post:
            answer = self._http.post(self.endpoint, params)
        else:
            answer = self._http.get(self.endpoint, params=params, accept=_ACCEPT)
        self.answer = answer
        try:
            self.reply = Reply(answer)
        except ProtocolError as error:
            if answer.status < 400:
                raise
            raise BadStatus(f"HTTP {answer.status}: {error.cause}", advice=error.advice, answer=answer) from error
        errors = {element.get("code", ""): element.text or "" for element in self.reply.xml.iter(f"{OAI}error")}
        if len(errors) == 1 and errors.keys() <= _LEFT_TO_SICKLE:
            return self.reply
        if errors:
            raise _refused(answer, errors)
        if self.reply.xml.find(OAI + params["verb"]) is None:
            raise unexpected(answer, f"the answer holds neither {params['verb']} nor an error")
        return self.reply

    def pages(self, verb: str, arguments: Mapping[str, str]) -> Iterator[tuple[Reply, ResumptionToken | None]]:
        """Each page of a list with the token that continues it (None: the list ended), asked for as it is taken.

        Raises:
            NoRecordsMatch: sickle's; `reply` has the answer.
            BadResumptionToken: sickle's; `reply` has the answer.
            Refusal: any other error of OAI-PMH.
            ProtocolError: an answer that is none.
            BadStatus: an HTTP error without OAI-PMH in it.
        """
        walk = self.iterator(self, {**arguments, "verb": verb})
        for reply in walk:
            token = walk.resumption_token
            yield reply, token if token is not None and token.token else None

    def one(self, verb: str, arguments: Mapping[str, str] = {}) -> Reply:
        """The answer to a verb that is answered whole; raises as `pages`, but for sickle's errors."""
        try:
            return next(self.pages(verb, arguments))[0]
        except (NoRecordsMatch, BadResumptionToken) as error:
            raise unexpected(self.reply.answer, f"{verb} was answered with an error of lists ({error!r})") from error

    def came(self) -> Answer:
        """What came to the latest request; an answer with status 0 where nothing did."""
        nothing = Answer(url=self.endpoint, status=0, headers={}, body=b"", received=self._http.now())
        return self.answer or nothing


def unexpected(answer: Answer, cause: str) -> ProtocolError:
    """The error of an answer that is not what was asked for."""
    return ProtocolError(f"{answer.url}: {cause}.", advice="Open the address in a browser and check `url`.")


def _refused(answer: Answer, errors: Mapping[str, str]) -> Refusal:
    said = "; ".join(f"{code or 'no code'}: {' '.join(words.split()) or 'no words'}" for code, words in errors.items())
    advice = [_ADVICE[code] for code in errors if code in _ADVICE]
    return Refusal(
        f"{answer.url}: the repository refused the request ({said[:1000]}).",
        advice=" ".join(advice) or "Ask the repository's administrator what it means.",
        codes=errors,
    )
