"""Who a record is, for ever, and what it means, as one digest."""

from __future__ import annotations

from hashlib import blake2b, sha1
from uuid import UUID

import msgspec

from normalizers.model import CommonRecord

# Every identifier ever published hangs on this value: it must never change.
_NAMESPACE = UUID("9515b5cc-e409-4035-9432-cd92849828e4").bytes
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_SETS = (
    *("languages", "types", "countries", "regions", "subjects", "gbf_targets", "aichi_targets", "gbf_goals"),
    *("gbf_indicators", "sdg_goals", "articles", "kinds", "keywords", "links", "coordinates"),
)
_SET_PLACES = tuple(CommonRecord.__struct_fields__.index(name) for name in _SETS)
_NO_MEANING = tuple(CommonRecord.__struct_fields__.index(name) for name in ("provenance", "fingerprint"))
_MARKUP = CommonRecord.__struct_fields__.index("body")


def record_id(source_id: str, identifier: str) -> str:
    """The upper-case GUID of a source's record: a UUID version 5 (RFC 9562, 5.5) over both parts.

    The first part's length goes before it, so that no two pairs join to the same name.
    """
    name = f"{len(source_id)}:{source_id}:{identifier}".encode("utf-8", "surrogatepass")
    digits = sha1(_NAMESPACE + name, usedforsecurity=False).hexdigest().upper()
    variant = "89AB"[int(digits[16], 16) & 3]  # by hand, since `uuid.uuid5` takes four times as long
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def fingerprint(record: CommonRecord) -> str:
    """32 hexadecimal digits over everything but provenance and `body`, whose words are the description's.

    Where a value stands in its field counts for authors, dates and the like; for those fields that are sets, a
    repository that lists them in another order has changed nothing. Markup is no meaning: what it
    marks up counts as the description, and how it does so changes whenever a site changes its editor.
    """
    meaning = list(msgspec.structs.astuple(record))
    for place in _SET_PLACES:
        if len(meaning[place]) > 1:
            meaning[place] = sorted(meaning[place], key=_ENCODER.encode)
    for place in _NO_MEANING:
        meaning[place] = None
    del meaning[_MARKUP]
    return blake2b(_ENCODER.encode(meaning), digest_size=16).hexdigest()
