"""What a repository says of itself before its records: Identify, ListMetadataFormats and ListSets.

Identify must be answered; the other two are good to know, and one that fails is a note. What each says is kept for the
next run, and a change between two loaded runs is an issue that names both.

OAI-PMH 2.0, 4.2 (Identify), 4.4 (ListMetadataFormats), 4.6 (ListSets)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from msgspec.structs import replace
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from harvesters.errors import BadStatus, ProtocolError, TooLarge, TooSlow, Unreachable
from harvesters.http import moved
from harvesters.model import Issue, Json, Page, State
from harvesters.oai.formats import Format
from harvesters.oai.reading import faults
from harvesters.oai.repository import OAI, Refusal, Reply, Repository
from harvesters.oai.windows import DAYS, SECONDS
from harvesters.server_clock import server_time

FAILURES = (BadStatus, ProtocolError, TooLarge, TooSlow, Unreachable)
"""What may become of one request and says nothing of the next one."""

_MOST_PAGES_OF_SETS = 50
_KEPT = 200  # names of sets
_SHOWN = 10  # sets or formats that an issue names
_FACTS = {
    "name": "repositoryName",
    "granularity": "granularity",
    "earliest_datestamp": "earliestDatestamp",
    "deleted_record": "deletedRecord",
    "base_url": "baseURL",
    "protocol_version": "protocolVersion",
}


def identify(repository: Repository, state: State) -> Page:
    """Identify's page; its facts are kept as "identify", and `server_time` beside them is when the harvest began.

    Raises:
        ProtocolError: the answer is not Identify's.
        BadStatus: an HTTP error without OAI-PMH in it.
    """
    reply = repository.one("Identify")
    moment, issues = server_time(reply.answer, reply.xml.findtext(f"{OAI}responseDate"))
    facts: dict[str, Json] = {
        key: (reply.xml.findtext(f"{OAI}Identify/{OAI}{tag}") or "").strip() for key, tag in _FACTS.items()
    }
    facts["admin_emails"] = [(mail.text or "").strip() for mail in reply.xml.iterfind(f"{OAI}Identify/{OAI}adminEmail")]
    found = [*moved(reply.answer), *issues, *faults(reply), *_oddities(facts, state.before("identify"))]
    state.keep("identify", facts)
    return Page(answer=reply.answer, issues=tuple(found), facts={**facts, "server_time": moment.isoformat()})


def _oddities(facts: Mapping[str, Json], before: Mapping[str, Json] | None) -> Iterator[Issue]:
    if facts["granularity"] not in (DAYS, SECONDS):
        message = "Identify states a granularity that does not exist: days are asked for, which all must take."
        yield Issue(code="unknown_granularity", message=message, value=str(facts["granularity"])[:500])
    for key, value in facts.items():
        if before is not None and before.get(key) != value:
            message = f"The repository's {key} was {before.get(key)!r}, now {value!r}: check that it is still the same."
            yield Issue(code="repository_changed", message=message[:1000], field=key, value=str(value)[:500])


def formats(repository: Repository, state: State) -> tuple[Page, list[Format]]:
    """ListMetadataFormats' page and what it offers, kept as "formats"; nothing where it cannot be had."""
    try:
        reply = repository.one("ListMetadataFormats")
    except FAILURES as error:
        return _unknown(repository, "formats", error), []
    offered = [
        Format(_text(form, "metadataPrefix"), _text(form, "metadataNamespace"))
        for form in reply.xml.iterfind(f"{OAI}ListMetadataFormats/{OAI}metadataFormat")
    ]
    return _listed(reply, state, "formats", [form.prefix for form in offered]), offered


def _text(form: Json, tag: str) -> str:
    return (form.findtext(f"{OAI}{tag}") or "").strip()


def sets(repository: Repository, state: State, asked: tuple[str, ...]) -> Iterator[tuple[Page, bool]]:
    """ListSets' pages, each with whether it is the last; the names, where all came, are kept as "sets".

    A set of `asked` that is none of them, nor above one, is an issue.
    """
    found: list[str] = []
    tokens: set[str] = set()
    try:
        for reply, token in repository.pages("ListSets", {}):
            found += [(name.text or "").strip() for name in reply.xml.iterfind(f"{OAI}ListSets/{OAI}set/{OAI}setSpec")]
            if token is None:
                page = _listed(reply, state, "sets", found)
                yield replace(page, issues=(*page.issues, *_missing(asked, found))), True
                return
            endless = token.token in tokens or len(tokens) + 1 >= _MOST_PAGES_OF_SETS
            tokens.add(token.token)
            yield Page(answer=reply.answer), endless
            if endless:
                return
    except (*FAILURES, NoRecordsMatch, BadResumptionToken) as error:
        if isinstance(error, Refusal) and "noSetHierarchy" in error.codes:
            yield _listed(repository.reply, state, "sets", []), True
        else:
            yield _unknown(repository, "sets", error), True


def _missing(asked: tuple[str, ...], found: list[str]) -> Iterator[Issue]:
    known = set(found)
    for name in asked:
        if name not in known and not any(other.startswith(f"{name}:") for other in known):
            message = f"The repository lists no set {name!r}: correct `sets`, or it was removed there."
            yield Issue(code="set_unknown", message=message[:1000], field="sets", value=name[:500])


def _listed(reply: Reply, state: State, key: str, names: list[str]) -> Page:
    """The page of a list that came whole; `names` are kept and compared with those of the last loaded run."""
    now, before = _short(sorted(set(names))), state.before(key)
    state.keep(key, now)
    issues = (_changed(key, before, now),) if before is not None and before != now else ()
    return Page(answer=reply.answer, issues=issues, facts={key: names})


def _short(names: list[str]) -> list[str]:
    """Names to keep with every page; a digest stands for very many."""
    if len(names) <= _KEPT:
        return names
    return [f"{len(names)} names ({blake2b(repr(names).encode(), digest_size=8).hexdigest()})"]


def _changed(key: str, before: list[str], now: list[str]) -> Issue:
    gone, new = (sorted(set(one) - set(other)) for one, other in ((before, now), (now, before)))
    message = (
        f"The repository's {key} changed: gone {_some(gone)}, new {_some(new)}. Check `sets` and `options` in the "
        "source file."
    )
    return Issue(code="repository_changed", message=message[:1000], field=key, value=_some(now)[:500])


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN]) or "none"
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def _unknown(repository: Repository, key: str, error: Exception) -> Page:
    message = f"The repository's {key} could not be listed ({error}); the harvest goes on without."
    issue = Issue(code=f"{key}_not_listed", message=message[:1000], severity="note")
    return Page(answer=repository.came(), issues=(issue,))
