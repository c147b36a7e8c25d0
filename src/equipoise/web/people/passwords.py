"""What is asked of a password, beside what Django asks."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's, with words that are there in Chinese too: those of Django 5.2 are not in its catalogue."""

    def get_error_message(self) -> str:
        n = self.min_length
        words = ngettext("Too short: a password has at least %(n)d character.",
                         "Too short: a password has at least %(n)d characters.", n)  # fmt: skip
        return words % {"n": n}
