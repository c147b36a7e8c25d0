"""Amounts are said as in the reader's language."""

import pytest
from django.utils import translation

from equipoise.web.designs.money import money


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (0, "0", "0"),
        (8_450, "8,450", "8,450"),
        (450_000, "450,000", "45 万"),
        (39_900_000, "39.9 million", "3,990 万"),
        (1_200_000_000, "1.2 billion", "12 亿"),
    ],
)
def test_an_amount_has_the_word_for_its_size(amount, english, chinese):
    with translation.override("en"):
        assert money(amount) == english
    with translation.override("zh-hans"):
        assert money(amount) == chinese
