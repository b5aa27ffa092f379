"""What can be asked of the read API: one file a topic, found by its name, with `router`, an `APIRouter`."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from fastapi import APIRouter


def names() -> list[str]:
    """The topics there are, by file name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> APIRouter:
    """The routes of the topic of that file name."""
    return cast("APIRouter", import_module(f"{__name__}.{name}").router)
