"""Fields that physicians fill in their own units: percentages, lists of numbers, survival by month."""

import math
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def tidy(number: float) -> float | int:
    """A number without the dust of a conversion; whole ones as integers, as a person writes them."""
    number = round(float(number), 12)
    return int(number) if number == int(number) and abs(number) < 1e15 else number


class NumberField(forms.FloatField):
    """A number."""

    def __init__(self, **options):
        options.setdefault("widget", forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}))
        super().__init__(**options)

    def prepare_value(self, value):
        return tidy(value) if isinstance(value, int | float) else value

    def clean(self, value):
        number = super().clean(value)
        return None if number is None else tidy(number)


class PercentField(NumberField):
    """A fraction, typed as a percentage: strictly between two bounds, or with `ends` from the one to the other."""

    def __init__(self, *, low: float = 0, high: float = 100, ends: str = "", **options):
        self.low, self.high, self.ends = low, high, ends
        super().__init__(**options)

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else tidy(value * 100)

    def clean(self, value):
        percent = super().clean(value)
        if percent is None:
            return None
        inside = self.low < percent < self.high
        if not (
            inside or (percent == self.low and "low" in self.ends) or (percent == self.high and "high" in self.ends)
        ):
            raise ValidationError(self._range(), code="range")
        return tidy(percent / 100)

    def _range(self) -> str:
        bounds = {"low": self.low, "high": self.high}
        if self.ends == "low high":
            return _("Write a percentage from %(low)s to %(high)s.") % bounds
        if self.ends == "low":
            return _("Write a percentage from %(low)s to below %(high)s.") % bounds
        return _("Write a percentage above %(low)s and below %(high)s.") % bounds

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class NumbersField(forms.CharField):
    """One number or several to choose from, separated by commas or spaces."""

    def __init__(self, *, whole: bool = False, **options):
        self.whole = whole
        options.setdefault("max_length", 400)
        super().__init__(**options)

    def prepare_value(self, value):
        return ", ".join(str(tidy(item)) for item in value) if isinstance(value, list | tuple) else value

    def clean(self, value):
        text = super().clean(value)
        return [self._number(word) for word in _words(text)]

    def _number(self, word: str) -> float | int:
        try:
            number = tidy(float(word))
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or (self.whole and not isinstance(number, int)):
            what = (
                _("Write whole numbers, such as 3 or 3, 4, 5.")
                if self.whole
                else _("Write numbers, such as 9 or 9, 12.")
            )
            raise ValidationError(what, code="invalid")
        return number


class EventFreeField(forms.CharField):
    """Months and the percentage still without an event, such as 12: 89, 24: 81."""

    def prepare_value(self, value):
        if not isinstance(value, dict):
            return value
        return ", ".join(f"{month}: {tidy(share * 100)}" for month, share in value.items())

    def clean(self, value):
        text = unicodedata.normalize("NFKC", super().clean(value)).replace("%", "")
        table = {}
        for pair in _split(text.replace("、", ",").replace(";", ",").replace("\n", ","), ","):
            month, _colon, share = (part.strip() for part in pair.partition(":"))
            try:
                table[str(tidy(float(month)))] = tidy(float(share) / 100)
            except (ValueError, OverflowError):
                raise ValidationError(
                    _("Write months and percentages, such as 12: 89, 24: 81."), code="invalid"
                ) from None
        if not all(0 < share < 1 for share in table.values()):
            raise ValidationError(_("Write percentages above 0 and below 100, such as 12: 89, 24: 81."), code="range")
        return table


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).replace("、", " ").replace(",", " ").replace(";", " ").split()


def _split(text: str, by: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(by)) if part]
