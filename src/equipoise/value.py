"""Frozen, validated values that round-trip through JSON: the base of every science object."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from equipoise.errors import InputError


class _Refusing(type(BaseModel)):
    """Makes a class's own constructor raise InputError; models inside others are built past it, by pydantic."""

    if not TYPE_CHECKING:  # the constructors keep the signatures that pydantic gives them

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().__call__(*args, **kwargs)
            except ValidationError as error:
                raise input_error(error) from None


class Value(BaseModel, metaclass=_Refusing):
    """A frozen value: unknown fields are refused, and so are numbers that are not finite. Raises InputError."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields replaced, which computes afresh what it caches."""
        fields = {name: getattr(self, name) for name in type(self).model_fields} | dict(update or {})
        return type(self).model_construct(**(copy.deepcopy(fields) if deep else fields))

    @classmethod
    def read(cls, data: object, *, where: str = "") -> Self:
        """Validate `data` (a mapping, as from TOML or JSON); raise InputError for the first fault."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise input_error(error, where) from None


def input_error(error: ValidationError, where: str = "") -> InputError:
    """The first fault of a validation, as the one line a user sees."""
    first = error.errors(include_url=False)[0]
    field = ".".join([*([where] if where else []), *(_label(part) for part in first["loc"])]) or "the file"
    if first["type"] == "missing":
        return InputError(field, None, "this field is required")
    if first["type"] == "extra_forbidden":
        return InputError(field, first["input"], "no such field; check the spelling")
    cause: Any = first.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return InputError(
            ".".join(filter(None, [field if first["loc"] else where, cause.field])), cause.given, cause.allowed
        )
    return InputError(field, first["input"], _sentence(str(cause) if cause else first["msg"]))


def _label(part: int | str) -> str:
    return str(part + 1) if isinstance(part, int) else part


def _sentence(message: str) -> str:
    message = message.removeprefix("Input should be ").rstrip(".")
    return message[0].lower() + message[1:]
