"""The vocabularies that normalising asks, opened once per process: the package's, and `CHM_VOCABULARIES` which wins."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from normalizers.model import Terms
from normalizers.terms import terms_of
from vocabularies.skos import DATA, load_all


@lru_cache(maxsize=2)
def open_terms(folder: Path | None) -> Terms:
    """The vocabularies of the package, less those of which `folder` has a file of the same name.

    Raises:
        VocabularyError: a Turtle file is broken; names file and concept.
    """
    return terms_of(load_all((DATA,) if folder is None else (DATA, folder)))
