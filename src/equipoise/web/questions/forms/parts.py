"""A form over some parts of a question's payload, checked by the library itself."""

from types import NoneType
from typing import get_args

from django import forms
from pydantic import ValidationError

from equipoise import search
from equipoise.errors import InputError
from equipoise.value import input_error
from equipoise.web.questions.phrases import explain
from equipoise.web.questions.sense import fault_of_sense

# what stands in for the parts of a draft that are not written yet, so that those which are can be checked together
STAND_IN = {
    "title": "-",
    "picot": dict.fromkeys(("population", "intervention", "comparator", "outcome", "time"), "-"),
    "recruitment": {"sites": 1, "patients_per_site_month": 1},
    "follow_up": {"months": 1},
    "consider": {"families": "fixed"},
}


def faults_of_part(name: str, part: object) -> list[InputError]:
    """Every fault of one table of the question file, taken by itself."""
    kind = search.Question.model_fields[name].annotation
    model = next((option for option in get_args(kind) if option is not NoneType), kind)
    return _faults(model, part, name)


def faults_together(payload: dict, names: tuple[str, ...]) -> list[InputError]:
    """Every fault among parts that must fit each other; other parts are taken as good."""
    whole = STAND_IN | {name: payload[name] for name in names if name in payload}
    faults = _faults(search.Question, whole, "")
    if not faults and {"endpoint", "scenarios"} <= whole.keys():
        fault = fault_of_sense(search.Question.read(whole))
        faults = [fault] if fault else []
    return faults


def _faults(model, data: object, where: str) -> list[InputError]:
    try:
        model.model_validate(data)
    except ValidationError as error:
        lines = [ValidationError.from_exception_data("", [line]) for line in error.errors(include_url=False)]
        return [input_error(line, where) for line in lines]
    return []


class PartsForm(forms.Form):
    """Fields are named `part__key` after the tables of the question file; plain names are top-level keys."""

    use_required_attribute = False  # the page says what is missing, in the reader's language

    def __init__(self, data=None, *, payload: dict, **options):
        self.payload = payload
        super().__init__(data, initial=self._initial(payload), **options)

    def _initial(self, payload: dict) -> dict:
        initial = {}
        for name in self.base_fields:
            part, _, key = name.partition("__")
            found = payload.get(part, {}).get(key) if key else payload.get(part)
            if found is not None:
                initial[name] = _as_list(found) if _many(self.base_fields[name]) else found
        return initial

    def parts(self) -> dict:
        """The parts as the question file has them, without what was left empty."""
        parts: dict = {name.partition("__")[0]: {} for name in self.fields}
        for name in self.fields:
            value = self.cleaned_data.get(name)
            part, _, key = name.partition("__")
            if not key:
                parts[part] = value
            elif value not in (None, "", [], {}):
                parts[part][key] = value
        return self.arranged(parts)

    groups: list[tuple] = []

    def grouped(self):
        """(title, text, fields) for each group of a long step."""
        return [
            (title, text, [self[name] for name in self.fields if name.startswith(prefix)])
            for title, text, prefix in self.groups
        ]

    def arranged(self, parts: dict) -> dict:
        """A step may drop what its answers make meaningless; None takes a part away."""
        return parts

    def clean(self):
        super().clean()
        for name, part in self.parts().items():
            for error in faults_of_part(name, part) if isinstance(part, dict) else []:
                self.show(error)
        return self.cleaned_data

    def show(self, error: InputError) -> None:
        """Put the library's fault beside the field that it names, unless one is shown there."""
        path = error.field.split(".")
        name = next((name for name in ("__".join(path[:2]), path[0]) if name in self.fields), None)
        if name not in self.errors:
            self.add_error(name, explain(error))


def _many(field: forms.Field) -> bool:
    return isinstance(field, forms.MultipleChoiceField)


def _as_list(value: object) -> list:
    return list(value) if isinstance(value, list | tuple) else [value]
