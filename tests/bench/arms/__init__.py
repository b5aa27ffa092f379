"""The competitors: one file each, with `run(url, folder) -> Fields`. The name of the file is the arm's.

`run` is what is measured. What it returns is called afterwards, unmeasured: it gives the identifier and the first title
("" for a deleted record) of each record that the arm has, so that arms which saw different records are found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

Fields: TypeAlias = Callable[[], Iterator[tuple[str, str]]]
