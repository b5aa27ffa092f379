"""One record that is a JSON object, as the APIs of content management systems list them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from harvesters.model import Json, RawRecord
from normalizers.model import Draft
from normalizers.profiles import Unreadable


def read_item(raw: RawRecord) -> dict[str, Json]:
    """The object that a record's own bytes say.

    Raises:
        Unreadable: `unreadable_record` where they are no JSON object.
    """
    try:
        item = msgspec.json.decode(raw.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(
            "unreadable_record", f"Its JSON cannot be read ({error}).", "Ask the site to mend its API."
        ) from error
    if not isinstance(item, dict):
        raise Unreadable("unreadable_record", "It is no JSON object.", "Check the source's `url` and `profile`.")
    return item


def objects(value: Json) -> list[dict[str, Json]]:
    """The objects of a list, or the one that stands in its place; none for anything else."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def count_unused(draft: Draft, item: dict[str, Json], used: Collection[str]) -> None:
    """Count the fields of an item that hold something and are not `used`."""
    for key, value in item.items():
        if key not in used and value not in (None, "", [], {}, False):
            draft.unused[key] = draft.unused.get(key, 0) + 1
