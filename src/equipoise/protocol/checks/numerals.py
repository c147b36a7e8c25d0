"""Numbers as people write them, made digits: 1,234, ninety, twenty-one, 百分之九十, 一千二百, full-width figures."""

from __future__ import annotations

import re

_WIDE = str.maketrans("０１２３４５６７８９％：．（）～＞＜＝－", "0123456789%:.()~><=-")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})+(?![\d])")
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: n for n, word in enumerate(_UNITS)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SMALL = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
)
_MIDDLE = rf"{_SMALL}(?: hundred(?:(?: and)? {_SMALL})?)?"
_ENGLISH = re.compile(
    rf"\b{_MIDDLE}(?: thousand(?:,?(?: and)? {_MIDDLE})?)?\b(?![- ]?(?:sided|tailed|fold|another)\b)", re.IGNORECASE
)
_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_RANKS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = "[零〇一二两三四五六七八九十百千万]+"
_COUNTED = re.compile(rf"({_CHINESE})(?=[名例位人家个次组臂周年月天日岁项倍种层期]|比[零一二两三四五六七八九十\d])")
_PER_CENT = re.compile(rf"百分之(?:({_CHINESE})(?:点({_CHINESE}))?|(\d+(?:\.\d+)?))")
_RATIO = re.compile(rf"(\d+)比({_CHINESE}|\d+)")


def plain_numbers(text: str) -> str:
    """The text with its numbers in digits, without separators: "1,234 例" and "一千二百三十四例" both have 1234."""
    text = _THOUSANDS.sub(lambda m: re.sub(r"\D", "", m[0]), text.translate(_WIDE))
    text = _ENGLISH.sub(lambda m: _english(m[0]), text)
    text = _PER_CENT.sub(_per_cent, text)
    text = _COUNTED.sub(lambda m: str(chinese(m[1])), text)
    return _RATIO.sub(lambda m: f"{m[1]}:{m[2] if m[2].isdigit() else chinese(m[2])}", text)


def chinese(numeral: str) -> int:
    """一千二百三十四 as 1234; 二〇 as 20."""
    if not set(numeral) & {*_RANKS, "万"}:
        return int("".join(str(_DIGITS[sign]) for sign in numeral))
    if "万" in numeral:
        high, low = numeral.split("万", 1)
        return 10_000 * (chinese(high) if high else 1) + (chinese(low) if low else 0)
    total, digit = 0, 0
    for sign in numeral:
        if sign in _RANKS:
            total += (digit or 1) * _RANKS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def _english(words: str) -> str:
    total, current = 0, 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word == "thousand":
            total, current = total + 1000 * (current or 1), 0
        elif word == "hundred":
            current = 100 * (current or 1)
        else:
            current += _VALUES.get(word, 0)
    return str(total + current)


def _per_cent(match: re.Match[str]) -> str:
    if match[3]:
        return f"{match[3]}%"
    decimals = "".join(str(_DIGITS[sign]) for sign in match[2]) if match[2] else ""
    return f"{chinese(match[1])}{'.' + decimals if decimals else ''}%"
