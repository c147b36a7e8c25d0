"""Text in two languages side by side, which knows when its translation is out of date."""

from __future__ import annotations

import hashlib
from typing import Literal

from equipoise.value import Value

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal: what "the same words" means everywhere in a protocol."""
    return hashlib.sha256(text.encode()).hexdigest()


class Translation(Value):
    """Which language was translated from which words."""

    into: Language
    of: str
    """Digest of the words that were translated."""


class Words(Value):
    """A text in English and Chinese (simplified); either may be missing.

    `translation` is kept where one language was made from the other, so that a later change of the original shows.
    """

    en: str = ""
    zh: str = ""
    translation: Translation | None = None

    def said(self, language: Language) -> str:
        """The text in this language, else in the other."""
        return self.only(language) or self.only(other(language))

    def only(self, language: Language) -> str:
        """The text in this language, "" if there is none."""
        return self.en if language == "en" else self.zh

    def out_of_date(self) -> Language | None:
        """The language whose text was translated from words that have changed since."""
        made = self.translation
        if made is None or not self.only(made.into):
            return None
        return made.into if digest(self.only(other(made.into))) != made.of else None

    def missing(self) -> Language | None:
        """The language in which nothing is said, though the other has a text."""
        return next((each for each in LANGUAGES if not self.only(each) and self.only(other(each))), None)

    def with_text(self, language: Language, text: str) -> Words:
        """These words with one language's text replaced; a translation into the other falls out of date by itself."""
        return self.model_copy(update={language: text})

    def translated(self, into: Language, text: str) -> Words:
        """These words with `text` as the translation of the other language's present text."""
        made = Translation(into=into, of=digest(self.only(other(into))))
        return self.model_copy(update={into: text, "translation": made})


def other(language: Language) -> Language:
    """The other of the two languages."""
    return "zh" if language == "en" else "en"
