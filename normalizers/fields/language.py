"""Declared languages to BCP 47: tags in any spelling, ISO 639-1, -2 and -3, Drupal's `zh-hans`, and names."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import langcodes

from normalizers.fields.places import official_languages, official_locales
from vocabularies.folding import fold

UNDETERMINED = "und"
_NO_LANGUAGE = frozenset(("und", "zxx", "mul", "mis", "mixed", "none", "n/a", "other", "multilingual"))
_LONGEST = 64
_SEPARATORS = re.compile(r"\s*(?:[,;|/]|\band\b|\bet\b|\by\b|&)\s*")

# ISO 639 reference names in English, and what the six UN languages call one another.
_NAMES = {
    fold(name): tag
    for tag, names in {
        "am": "Amharic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian",
        "ca": "Catalan", "cs": "Czech", "da": "Danish", "dv": "Divehi", "dz": "Dzongkha", "el": "Greek",
        "et": "Estonian", "eu": "Basque", "fa": "Persian|Farsi", "fi": "Finnish", "fil": "Filipino|Tagalog",
        "ga": "Irish", "gl": "Galician", "gn": "Guarani", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
        "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic",
        "it": "Italian|Italiano", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "ko": "Korean",
        "ky": "Kyrgyz", "la": "Latin", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy",
        "mi": "Maori", "mk": "Macedonian", "mn": "Mongolian", "ms": "Malay", "mt": "Maltese", "my": "Burmese",
        "nb": "Norwegian Bokmal", "ne": "Nepali", "nl": "Dutch|Nederlands", "nn": "Norwegian Nynorsk",
        "no": "Norwegian", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese|Português", "qu": "Quechua",
        "ro": "Romanian", "rw": "Kinyarwanda", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sm": "Samoan",
        "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
        "tg": "Tajik", "th": "Thai", "tk": "Turkmen", "to": "Tongan", "tr": "Turkish", "uk": "Ukrainian",
        "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zu": "Zulu",
        "zh-Hans": "Simplified Chinese|Chinese Simplified", "zh-Hant": "Traditional Chinese|Chinese Traditional",
        "de": "German|Deutsch|Allemand|Alemán",
        "ar": "Arabic|Arabe|Árabe|Арабский|阿拉伯语",
        "en": "English|Anglais|Inglés|الإنجليزية|Английский|英语",
        "es": "Spanish|Castilian|Espagnol|Castellano|الإسبانية|Испанский|西班牙语",
        "fr": "French|Francés|الفرنسية|Французский|法语",
        "ru": "Russian|Russe|Ruso|الروسية|俄语",
        "zh": "Chinese|Mandarin|Chinois|Chino|الصينية|Китайский|汉语",
    }.items()
    for name in names.split("|")
}  # fmt: skip


def language_tag(declared: str) -> str | None:
    """The BCP 47 tag (RFC 5646, canonical) that is declared; `und` for "no language"; None where it is no language."""
    return _language_tag(declared.strip()) if len(declared) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _language_tag(value: str) -> str | None:
    if value.lower() in _NO_LANGUAGE:
        return UNDETERMINED
    name = fold(value)
    return _NAMES.get(name) or _canonical(value) or _names_in_any_language().get(name)


@cache
def _names_in_any_language() -> dict[str, str]:
    """What CLDR calls the languages that are official somewhere, in each of them; made at the first name not known."""
    found: dict[str, set[str]] = {}
    for locale in official_locales():
        for code in official_languages() & locale.languages.keys():
            found.setdefault(fold(locale.languages[code]), set()).add(code.replace("_", "-"))
    return {name: next(iter(tags)) for name, tags in found.items() if len(tags) == 1}


def split_languages(declared: str) -> tuple[str, ...]:
    """The parts of "en, fr", "eng/fre" or "en fr"; the whole where it is one language already."""
    if len(declared) > _LONGEST or language_tag(declared) is not None:
        return (declared,)
    parts = [part for part in _SEPARATORS.split(declared.strip()) if part]
    if len(parts) == 1 and all(len(word) in (2, 3) for word in declared.split()):
        parts = declared.split()
    return tuple(parts)


def _canonical(value: str) -> str | None:
    try:
        language = langcodes.Language.get(langcodes.standardize_tag(value))
    except ValueError:  # langcodes.tag_parser.LanguageTagError and what its parser lets through
        return None
    tag = language.to_tag()
    return None if not language.is_valid() or "x-" in tag else tag
