"""Text as the tokens that are indexed and searched: the same for both databases, in English and Chinese.

English: lower case without accents, British digraphs written the American way, Snowball's English stems. Chinese: overlapping
pairs of characters, which need no dictionary (medical words are not in general ones), never split a word differently in a
query than in a record, and are the usual yardstick for Chinese retrieval (Nie, Gao, Zhang and Zhou 2000, IRAL).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "among",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "between",
        "both",
        "but",
        "by",
        "can",
        "compared",
        "comparing",
        "do",
        "does",
        "during",
        "each",
        "effect",
        "effects",
        "either",
        "evaluate",
        "evaluation",
        "for",
        "from",
        "had",
        "has",
        "have",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "more",
        "most",
        "not",
        "of",
        "on",
        "or",
        "other",
        "our",
        "out",
        "over",
        "patient",
        "patients",
        "per",
        "study",
        "studies",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "trial",
        "trials",
        "under",
        "up",
        "use",
        "used",
        "using",
        "versus",
        "vs",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "while",
        "who",
        "will",
        "with",
        "within",
        "without",
        "would",
        "you",
        "your",
    ]
)
"""Words that nearly every record has. Digits alone are words too, but only where `numbers` are wanted."""
_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=2**18)
def stem(word: str) -> str:
    """An English word's stem; one in other letters stays as it is. Empty for a stop word."""
    if word in STOP_WORDS:
        return ""
    if not word.isascii():
        return word
    if len(word) > 5:
        word = word.replace("ae", "e").replace("oe", "e").replace("our", "or")
        word = word.replace("isation", "ization").replace("ise", "ize").replace("ysis", "yz")
    return _stemmer.stemWord(word) if word.isalpha() else word


def tokens(text: str, *, numbers: bool = True, once: bool = False) -> list[str]:
    """The tokens of a text, in their order; each only `once` where it is enough to know that it is there."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    runs = _RUN.findall(text.lower())
    found: list[str] = []
    for run in dict.fromkeys(runs) if once else runs:
        if not run.isascii() and is_chinese(run):
            found += pairs(run)
        elif (numbers or not run.isdigit()) and (token := stem(run)):
            found.append(token)
    return list(dict.fromkeys(found)) if once else found


def pairs(run: str) -> list[str]:
    """Overlapping pairs of Chinese characters; one alone stays alone."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def is_chinese(text: str) -> bool:
    """Whether a text has Chinese characters in it."""
    return _CHINESE.search(text) is not None
