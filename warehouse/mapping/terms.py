"""The vocabularies and mappings that normalising asks: the package's, `CHM_VOCABULARIES` which wins, and decisions.

They are read once per process, and again only when a file has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from normalizers.model import Terms
from normalizers.terms import terms_of
from vocabularies.model import Vocabulary
from vocabularies.skos import DATA, files, load_all
from warehouse.mapping import decisions

_Stamp: TypeAlias = tuple[tuple[str, int, int], ...]  # of each file: name, time of change, bytes


def open_vocabularies(folder: Path | None) -> Mapping[str, Vocabulary]:
    """Every vocabulary by scheme: the package's, less those of which `folder` has a file of the same name.

    Raises:
        VocabularyError: a Turtle file is broken; names file and concept.
    """
    return _vocabularies(folder, _stamp_of(folder))


def vocabulary_files(folder: Path | None) -> Mapping[str, Path]:
    """The Turtle file of each of those vocabularies, by scheme."""
    return files(_folders(folder))


def open_terms(folder: Path | None, mappings: Path | None = None) -> Terms:
    """The vocabularies of package and `folder`, with the decisions of the file `mappings`.

    Raises:
        VocabularyError: a Turtle file is broken; names file and concept.
    """
    return _terms(folder, mappings, _stamp_of(folder), _stamp(mappings) if mappings else ())


@lru_cache(maxsize=2)
def _vocabularies(folder: Path | None, _stamp: _Stamp) -> Mapping[str, Vocabulary]:
    return load_all(_folders(folder))


@lru_cache(maxsize=2)
def _terms(folder: Path | None, mappings: Path | None, stamp: _Stamp, _mappings: _Stamp) -> Terms:
    decided = decisions.mapped(decisions.read(mappings)) if mappings else {}
    return terms_of(_vocabularies(folder, stamp), decided)


def _folders(folder: Path | None) -> tuple[Path, ...]:
    return (DATA,) if folder is None else (DATA, folder)


def _stamp_of(folder: Path | None) -> _Stamp:
    return _stamp(*sorted(folder.glob("*.ttl"))) if folder else ()


def _stamp(*paths: Path) -> _Stamp:
    stats = [(str(path), path.stat()) for path in paths if path.exists()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
