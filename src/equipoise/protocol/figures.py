"""Figures as a protocol prints them, in English and in Chinese."""

from __future__ import annotations

from typing import Any

from equipoise.value import Value

MINUS = "−"


class Fact(Value):
    """One thing that is true of a design: the value as the search gave it, and how each language prints it."""

    number: Any
    en: str
    zh: str


def said(number: Any, text: str) -> Fact:
    """A fact that both languages print alike."""
    return Fact(number=number, en=text, zh=text)


def named(number: Any, en: str, zh: str) -> Fact:
    """A fact in words."""
    return Fact(number=number, en=en, zh=zh)


def whole(number: float) -> Fact:
    """A count, to the nearest whole: 4,274 in English, 4274 in Chinese."""
    return Fact(number=number, en=f"{number:,.0f}", zh=f"{number:.0f}")


def money(number: float, currency: str) -> Fact:
    """A cost, to the nearest unit."""
    return Fact(number=number, en=f"{currency} {number:,.0f}", zh=f"{number:,.0f} {currency}")


def decimals(number: float, digits: int) -> Fact:
    """A number to so many decimals, with a true minus sign."""
    return said(number, _signed(f"{number:.{digits}f}"))


def given(number: float) -> Fact:
    """A number as a person gave it: no digit added, none taken away (up to six)."""
    return said(number, _signed(f"{number:.6g}"))


def percent(share: float, digits: int = 1) -> Fact:
    """A computed share in per cent; a chance that is neither 0 nor 1 is not printed as if it were."""
    least = 10.0**-digits
    shown = 100 * share
    if 0 < shown < least / 2:
        return said(share, f"<{least:.{digits}f}%")
    if 100 - least / 2 < shown < 100 - 1e-9:
        return said(share, f">{100 - least:.{digits}f}%")
    return said(share, f"{shown:.{digits}f}%")


def given_percent(share: float) -> Fact:
    """A share as a person gave it, in per cent."""
    return said(share, _signed(f"{100 * share:.6g}%"))


def p_value(p: float) -> Fact:
    """A p-value or an error probability to four significant digits at most, never 0."""
    if p < 1e-4:
        mantissa, exponent = f"{p:.2e}".split("e")
        return said(p, f"{mantissa} × 10^{_signed(str(int(exponent)))}^")
    return said(p, f"{p:.5f}")


def ratio(treatment_per_control: float) -> Fact:
    """An allocation ratio, as 1:1, 2:1, 1:2 or 3:2."""
    for control in range(1, 21):
        treatment = round(treatment_per_control * control)
        if treatment and abs(treatment / control - treatment_per_control) < 1e-9:
            return said(treatment_per_control, f"{treatment}:{control}")
    return said(treatment_per_control, f"{treatment_per_control:.4g}:1")


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def table(headings: list[str], rows: list[list[str]], words: int = 1) -> str:
    """A Markdown table whose first `words` columns hold words, the others numbers."""
    ruler = [":---"] * words + ["---:"] * (len(headings) - words)
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in [headings, ruler, *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
