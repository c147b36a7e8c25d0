"""The templates' headings: complete in both languages, numbered without gaps, in order."""

import pytest

from equipoise.protocol.template import EMULATION, TEMPLATE, Heading, heading, headings


@pytest.mark.parametrize("kind", ["randomised", "emulation"])
def test_every_heading_says_its_title_and_guidance_in_both_languages(kind) -> None:
    for each in headings(kind):
        assert all((each.title.en, each.title.zh, each.guidance.en, each.guidance.zh)), each.number


@pytest.mark.parametrize("template", [TEMPLATE, EMULATION], ids=["m11", "emulation"])
def test_numbers_run_on_without_gaps(template: tuple[Heading, ...]) -> None:
    orders = [each.order for each in template]
    assert orders == sorted(set(orders))
    for order in orders:
        if order[-1] > 1:
            assert (*order[:-1], order[-1] - 1) in orders, order
        if len(order) > 1:
            assert order[:-1] in orders, order


def test_m11_has_its_fourteen_chapters() -> None:
    """ICH M11 template, Step 4, table of contents."""
    chapters = [each.title.en for each in TEMPLATE if each.level == 1]
    assert len(chapters) == 14
    assert chapters[2] == "Trial Objectives and Associated Estimands"
    assert chapters[9] == "Statistical Considerations"


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("1.1.2", "Overall Design"), ("1.3", "Schedule of Activities"), ("4.3", "Trial Stopping Rules"),
        ("5.2", "Inclusion Criteria"), ("6.7.2", "Randomisation"), ("10.4.1.1", "Statistical Analysis Method"),
        ("10.9", "Interim Analyses"), ("10.11", "Sample Size Determination"), ("11.12", "Data Dissemination"),
    ],
)  # fmt: skip
def test_m11_sections_that_others_refer_to(number: str, title: str) -> None:
    found = heading("randomised", number)
    assert found is not None
    assert found.title.en == title


def test_a_number_the_template_does_not_have() -> None:
    assert heading("randomised", "3.1.7") is None


def test_the_target_trial_is_specified_and_emulated_component_by_component() -> None:
    """TARGET 2025: the specification's components return, one by one, in the emulation."""
    specified = [each.title.en for each in EMULATION if each.number.startswith("5.")]
    emulated = [each.title.en for each in EMULATION if each.number.startswith("6.")]
    assert specified == emulated
    assert len(specified) == 8
