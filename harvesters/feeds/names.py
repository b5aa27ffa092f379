"""Which identifier an entry of a feed has: its guid, else its link, else a digest of what it says.

A name is passed over where it is borne by entries that are about different things: one guid on all items, the home
page as everybody's link. An entry whose guid changed while link and title stayed keeps the name by which it was first
known; where most guids of a feed do so, they name nothing there, and its new entries are known by their links.
Addresses count without tracking parameters and session ids.

Kept for the next run as "guids": feed address -> `_Remembered`, of bounded size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct, convert, to_builtins

from harvesters.feeds.addresses import Follows, untracked, untracked_text
from harvesters.model import Issue, State

KEY = "guids"
_MOST_KNOWN = 100  # entries of a feed whose guids are compared with the next run's: more than feeds show at once
_MOST_SHARED = 100
_Value = TypeVar("_Value")
_MESSAGES = {
    "guid_not_unique": "its guid stands on entries about other things too, so it goes by its link, or else by what it "
    "says. Ask the site for a guid of its own for each entry.",
    "guid_changed": "its guid changed while its link stayed, so it keeps the name by which it was first known. Ask the "
    "site for guids that last.",
    "session_in_address": "its address carries somebody's session; that part was left out. Ask the site for addresses "
    "without.",
    "tracking_in_address": "its address follows readers (utm_source and the like); that part was left out.",
}


class Name(NamedTuple):
    """An entry's identifier, and what is to be said about how it was found."""

    identifier: str
    issues: tuple[Issue, ...] = ()


class _Face(NamedTuple):
    """What an entry may be known by; "" where it has none."""

    guid: str
    link: str
    title: str
    said: str
    follows: frozenset[Follows]


class _Known(Struct, array_like=True, frozen=True):
    """An entry of an earlier run, found by the digest of its link: digests of title and guid, and its identifier."""

    title: str
    guid: str
    identifier: str


class _Remembered(Struct, omit_defaults=True):
    """What is kept of a feed: digests of names that name nothing; whether its guids change; entries with a guid."""

    shared: dict[str, None] = {}
    changing: bool = False
    known: dict[str, _Known] = {}


class Names:
    """Names the entries of one feed, page by page, by what earlier runs learnt of it."""

    def __init__(self, feed: str, state: State) -> None:
        self._feed = feed
        self._state = state
        self._remembered = convert((state.get(KEY) or {}).get(feed, {}), _Remembered)
        self._before = dict(self._remembered.known)
        self._nameless = self._remembered.shared  # with those of the page in hand, however many they are

    def of(self, entries: Sequence[Any], *, first_page: bool) -> list[Name]:
        """A name for each entry, in order. The first page's are kept, to tell next time whether guids changed."""
        faces = [_face(entry) for entry in entries]
        kept = self._remembered
        self._nameless = {**kept.shared, **_shared(faces)}
        kept.shared = _newest(self._nameless, _MOST_SHARED)
        links = Counter(face.link for face in faces)
        taken = {face.guid for face in faces}
        old = [self._earlier(face, links, taken) for face in faces]
        changed = sum(
            known is not None and known.guid != digest(face.guid) for face, known in zip(faces, old, strict=True)
        )
        kept.changing = kept.changing or (changed > 1 and 2 * changed > sum(map(bool, old)))
        names = [self._name(face, known) for face, known in zip(faces, old, strict=True)]
        if first_page:
            self._remember(faces, names, links)
        self._state.keep(KEY, {**(self._state.get(KEY) or {}), self._feed: to_builtins(kept)})
        return names

    def _remember(self, faces: Sequence[_Face], names: Sequence[Name], links: Counter[str]) -> None:
        """Keep what tells next time whether a guid changed; a guid that is the link itself tells nothing."""
        known = self._remembered.known
        for face, name in zip(faces, names, strict=True):
            if face.guid and face.link not in ("", face.guid) and links[face.link] == 1:
                known.pop(digest(face.link), None)
                known[digest(face.link)] = _Known(digest(face.title), digest(face.guid), name.identifier)
        self._remembered.known = _newest(known, _MOST_KNOWN)

    def _earlier(self, face: _Face, links: Counter[str], taken: set[str]) -> _Known | None:
        """The same entry in the run before, under whatever guid; None where there was none, or nobody can tell."""
        known = self._before.get(digest(face.link)) if face.guid and face.link and links[face.link] == 1 else None
        if known is None or (known.identifier in taken and known.identifier != face.guid):
            return None
        return known if known.title == digest(face.title) or self._remembered.changing else None

    def _name(self, face: _Face, known: _Known | None) -> Name:
        kept = self._remembered
        is_shared = bool(face.guid) and digest(face.guid) in self._nameless
        if known and not is_shared:
            identifier = known.identifier
        else:
            guid = "" if is_shared or (kept.changing and face.link) else face.guid
            link = "" if digest(face.link) in self._nameless else face.link
            identifier = guid or link or f"digest:{digest(face.said)}"
        codes = [f"{kind}_in_address" for kind in sorted(face.follows)]
        if is_shared:
            codes.append("guid_not_unique")
        elif known and known.guid != digest(face.guid):
            codes.append("guid_changed")
        return Name(identifier, tuple(_issue(code, identifier, face.guid or face.link) for code in codes))


def digest(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text where it need only be known again."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _face(entry: Any) -> _Face:
    guid, in_guid = untracked(str(entry.get("id") or ""))
    link, in_link = untracked(str(entry.get("link") or ""))
    said = [str(dict.get(entry, key, "")) for key in ("title", "summary", "published", "updated", "created")]
    return _Face(guid, link, said[0], untracked_text("\0".join(said)), frozenset((*in_guid, *in_link)))


def _shared(faces: Sequence[_Face]) -> dict[str, None]:
    """Digests of the guids, and of the links of entries without a good guid, that stand for different things."""
    guids = _ambiguous((face.guid, face.link if face.link != face.guid else face.title) for face in faces)
    links = _ambiguous((face.link, face.title) for face in faces if not face.guid or digest(face.guid) in guids)
    return {**guids, **links}


def _ambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, None]:
    about: dict[str, set[str]] = {}
    for name, thing in pairs:
        about.setdefault(name, set()).add(thing)
    return {digest(name): None for name, things in about.items() if name and len(things) > 1}


def _newest(entries: dict[str, _Value], most: int) -> dict[str, _Value]:
    return dict(islice(entries.items(), max(0, len(entries) - most), None))


def _issue(code: str, identifier: str, found: str) -> Issue:
    return Issue(
        code=code,
        message=f"Entry {identifier[:500]}: {_MESSAGES[code]}",
        severity="note" if code == "tracking_in_address" else "warning",
        record=identifier,
        value=found[:500],
    )
