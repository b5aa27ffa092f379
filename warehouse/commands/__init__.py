"""The commands beside the street's own verbs: one file a topic, found by its name.

A topic is a module with `app`, a `typer.Typer`: named (`Typer(name="terms", help=...)`) its commands stand under that
name, as in `chm terms accept`; without a name they stand beside the verbs.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

import typer


def names() -> list[str]:
    """The topics there are, by file name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> typer.Typer:
    """The commands of the topic of that file name."""
    return cast("typer.Typer", import_module(f"{__name__}.{name}").app)
