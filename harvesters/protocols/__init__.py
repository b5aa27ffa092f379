"""The protocols: one file each, found by its name.

A protocol is a module with `harvest(task, http, state) -> Iterator[Page]` and, where it has any, a pydantic class
`Options` that checks a source's `options`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol as Shape
from typing import cast

from harvesters.http import Http
from harvesters.model import HarvestTask, Page, State


class Protocol(Shape):
    """What a module of this drawer offers."""

    def harvest(self, task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
        """Ask for what `task` says, page by page."""
        ...


def names() -> list[str]:
    """The protocols there are, by file name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Protocol:
    """The protocol of that file name, which `names` lists (a source's is checked when its file is read)."""
    return cast("Protocol", import_module(f"{__name__}.{name}"))
