"""Amounts of money as people of the reader's language say them: 39.9 million, 3,990 万."""

from django.utils.translation import pgettext


def units() -> list[tuple[float, str]]:
    """The sizes for which the language has a word, largest first, with the word."""
    said = pgettext("sizes and the words for them, largest first", "1e9 billion, 1e6 million")
    return [(float(size), word) for size, word in (pair.split() for pair in said.split(","))]


def unit_for(amount: float) -> tuple[float, str]:
    """The largest size with a word that the amount reaches; (1, "") for small amounts."""
    return next(((size, word) for size, word in units() if abs(amount) >= size), (1.0, ""))


def money(amount: float) -> str:
    """An amount in three or four figures and the word for its size."""
    size, word = unit_for(amount)
    if size == 1:
        return f"{amount:,.0f}"
    value = amount / size
    shown = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{shown} {word}"
