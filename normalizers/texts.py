"""Texts of one record: cleaned, masked, cut to size, and each under the language that it is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import cast

from harvesters.source import Source
from normalizers.care import masked
from normalizers.fields.detection import detect, fits
from normalizers.fields.language import UNDETERMINED, language_tag, split_languages
from normalizers.fields.links import looks_like_link
from normalizers.fields.markup import safe_html
from normalizers.fields.text import clean
from normalizers.issues import Issues
from normalizers.model import LString, Text
from vocabularies.model import Vocabulary

_MOST = {"title": 1_000, "summary": 10_000, "description": 200_000}  # characters
_MOST_OF_OTHERS = 5_000
_SHORT = 100  # characters of a text worth remembering
_A_SENTENCE = 30  # characters; names shorter than that are often the same in two languages
_TRANSLATED = frozenset(("title", "summary", "description"))


class Texts:
    """Reads the texts of one record of a source."""

    def __init__(self, source: Source, languages: Vocabulary, issues: Issues) -> None:
        self._source = source
        self._languages = languages
        self._issues = issues
        self._lookups = cast("Mapping[str, Mapping[str, str]]", source.lookups)
        self._default = _untagged_language(source)
        self._stated = [self._default]  # what untagged text is in, if it can be
        self._detected: dict[str, None] = {}

    @property
    def default(self) -> str:
        """The language of what the source's file says, and of untagged text: `und` where it states none."""
        return self._default

    @property
    def detected(self) -> tuple[str, ...]:
        """Field and language, as in `title:fr`, of the texts whose language nobody declared and we told ourselves."""
        return tuple(self._detected)

    def declare(self, languages: Iterable[str]) -> tuple[str, ...]:
        """The tags of the languages that the record declares for itself, each once."""
        parts = (part for value in languages for part in split_languages(value))
        tags = tuple(dict.fromkeys(tag for part in parts if (tag := self.tag(part, "language"))))
        self._stated = [self._default, *tags] if len(tags) == 1 else [self._default]
        return tags

    def lstring(self, field: str, texts: Sequence[Text], joiner: str | None = " ") -> LString:
        """Texts by language; several in one are joined, or, without `joiner`, the first stands for all."""
        if not texts:
            return {}
        found: dict[str, dict[str, None]] = {}  # language -> its texts, each once and in order
        for text in texts:
            value = self.plain(field, text.value)
            if value:
                found.setdefault(self._language(text.language, value, field), {})[value] = None
        if joiner is None:
            for values in found.values():
                for value in list(values)[1:]:
                    self._issues.add("extra_value", field, value)
        joined = {
            language: next(iter(values)) if joiner is None else joiner.join(values)
            for language, values in found.items()
        }
        return self._genuine(field, joined) if len(joined) > 1 and field in _TRANSLATED else joined

    def body(self, texts: Iterable[Text], description: LString, page: str | None) -> LString:
        """Those texts that came with structure as safe HTML, each under the language in which `description` has it.

        `page` is where the record stands on its site, from which relative links lead on.
        """
        found: dict[str, dict[str, None]] = {}
        for text in texts:
            shown = safe_html(text.value, page, self._source.government)
            if shown is None:
                self._issues.add("markup_left_out", "description")
            elif shown:
                words, _ = _remembered.__wrapped__(text.value, self._source.government)
                languages = (language for language, said in description.items() if words in said)
                for language in islice(languages, 1):  # none where it was cut, or translates nothing
                    found.setdefault(language, {})[shown] = None
        return {language: "".join(shown) for language, shown in found.items()}

    def plain(self, field: str, value: str) -> str:
        """One text as people may read it, without e-mail addresses and telephone numbers, and not without end."""
        read = _remembered if len(value) <= _SHORT else _remembered.__wrapped__
        shown, is_masked = read(value, self._source.government)
        if is_masked:
            self._issues.add("contact_masked", field)  # without its value, which is why it was masked
        most = _MOST.get(field, _MOST_OF_OTHERS)
        if len(shown) > most:
            self._issues.add("text_cut", field)
            shown = shown[:most].rstrip()
        return shown

    def tag(self, declared: str | None, field: str) -> str | None:
        """The BCP 47 tag of a declared language, or None with an issue where it is none."""
        if not declared or not declared.strip():
            return None
        tag = language_tag(self._lookups.get("languages", {}).get(declared, declared))
        if tag is None:
            match = self._languages.match(declared)
            if match is None:
                self._issues.add("language_not_understood", field, declared)
                return None
            return str(match.concept.notation)
        return None if tag == UNDETERMINED else tag

    def _language(self, declared: str | None, value: str, field: str) -> str:
        """The language declared, if the text can be in it; else the source's, the record's one, or that detected."""
        tag = self.tag(declared, field)
        if tag is not None and not fits(tag, value):
            self._issues.add("language_impossible", field, f"{tag}: {value[:100]}")
            tag = None
        if tag is not None:
            return tag
        if looks_like_link(value):  # such as that of a licence: it is in no language
            return UNDETERMINED
        for stated in self._stated:
            if stated != UNDETERMINED and fits(stated, value):
                return stated
        told = detect(value)
        if told is None:
            return UNDETERMINED
        self._detected[f"{field}:{told}"] = None
        return told

    def _genuine(self, field: str, texts: LString) -> LString:
        """`texts` less those that copy another language's: one of them is genuine, the others translate nothing."""
        same: dict[str, list[str]] = {}
        for language, value in texts.items():
            same.setdefault(value, []).append(language)
        if len(same) == len(texts):
            return texts
        copies: set[str] = set()
        for value, languages in same.items():
            if len(languages) > 1 and len(value) >= _A_SENTENCE:
                told = detect(value)
                kept = told if told in languages else min(languages, key=lambda tag: tag == UNDETERMINED)
                copies.update(language for language in languages if language != kept)
        for language in sorted(copies):
            self._issues.add("translation_copied", field, f"{language}: {texts[language][:100]}")
        return {language: value for language, value in texts.items() if language not in copies}


@lru_cache(maxsize=16_384)
def _remembered(value: str, country: str | None) -> tuple[str, bool]:
    """A text cleaned and masked, and whether anything was masked; what is short comes again and again."""
    read = clean(value)
    shown = masked(read, country)
    return shown, shown != read


def _untagged_language(source: Source) -> str:
    """The language of text that declares none: the source's default, or the only one in which it publishes."""
    declared = source.defaults.language or (source.languages[0] if len(source.languages) == 1 else "")
    return language_tag(declared) or UNDETERMINED
