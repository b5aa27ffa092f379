"""Which realms a question reaches: today's portals ask for `realm_ss:chm`, and what was harvested is of another.

Harvested pages must not look like a Party's own submissions, so their realm is theirs (`CHM_REALM`). A query for the
CHM's realm finds those of `CHM_REALMS_OF_CHM` too, and the answer says so.
"""

from __future__ import annotations

from functools import lru_cache

from warehouse.portal.questions import Boosted, Clauses, Phrase, Question, Word

_FIELDS = ("realm_ss", "realm_s")
_CHM = "chm"


@lru_cache(maxsize=4096)
def reaching(question: Question, realms: tuple[str, ...]) -> tuple[Question, bool]:
    """The question with `realms` wherever it asks for the CHM's, and whether it does so anywhere."""
    if not realms or realms == (_CHM,):
        return question, False
    match question:
        case Word(field, text) | Phrase(field, text, _) if field in _FIELDS and text == _CHM:
            return Clauses(should=tuple(Word(field, realm) for realm in dict.fromkeys((_CHM, *realms)))), True
        case Boosted(part, factor):
            reached, says_so = reaching(part, realms)
            return Boosted(reached, factor), says_so
        case Clauses(must, should, must_not):
            parts = [[reaching(part, realms) for part in some] for some in (must, should, must_not)]
            made = Clauses(*(tuple(part for part, _ in some) for some in parts))
            return made, any(says_so for some in parts for _, says_so in some)
    return question, False
