"""One file per incoming format, each with `extract(raw: RawRecord) -> Draft`; the file's name is the profile's."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from harvesters.model import RawRecord
from normalizers.model import Draft


class Profile(Protocol):
    """A module of this drawer."""

    def extract(self, raw: RawRecord) -> Draft:
        """Where the values of `raw` stand. Raises `Unreadable`."""
        ...


class ProfileError(Exception):
    """No file of this drawer has the name that a source or a protocol gives."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no profile {name!r}; `profile` must be one of {', '.join(names())}.")


class Unreadable(Exception):
    """Nothing can be made of a record: `code` for its issue, `cause` and `advice` for people."""

    def __init__(self, code: str, cause: str, advice: str) -> None:
        super().__init__(f"{cause} {advice}")
        self.code = code
        self.cause = cause
        self.advice = advice


@cache
def names() -> tuple[str, ...]:
    """Every profile there is, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def load(name: str) -> Profile:
    """The profile of that name. Raises `ProfileError`, which lists those there are."""
    if name not in names():
        raise ProfileError(name)
    return cast("Profile", import_module(f"{__name__}.{name}"))
