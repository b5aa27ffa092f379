"""Everything on disk, and the four verbs: harvest, normalize, load, publish.

`warehouse.open(release)` gives analysts a release as pandas, Arrow and SQL.
"""

from warehouse.opening import Opened, open  # noqa: A004 - `warehouse.open(...)` reads as what it does

__all__ = ["Opened", "open"]
