"""Errors that a user can act on: each names the field, what was given and what is allowed."""


class InputError(ValueError):
    """One thing wrong with what was given; shown to the user as one line, never as a traceback.

    `field` is the dotted path as the user wrote it ("endpoint.alpha"), `given` the value as found,
    `allowed` a phrase that says what to write instead.
    """

    def __init__(self, field: str, given: object, allowed: str) -> None:
        self.field, self.given, self.allowed = field, given, allowed
        super().__init__(f"{field}: {describe(given)} was given; allowed: {allowed}")


class NoSolutionError(ArithmeticError):
    """What was asked for cannot be reached (no size gives this power, no root in the range); says why."""


class ApproximationWarning(UserWarning):
    """The number is an approximation outside the range where it is known to be good."""


def describe(given: object) -> str:
    """The given value as a user would recognise it, on one line, shortened."""
    text = "nothing" if given is None else repr(given)
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."
