"""Charts can be read: on light and on dark, by colour and by name."""

from dataclasses import asdict
from pathlib import Path

import pytest

from equipoise.charts import THEMES, boundary_chart, front_chart, power_chart
from equipoise.search import read_question, run_search

BACKGROUNDS = {"light": "#ffffff", "dark": "#172327"}
EXAMPLE = Path(__file__).parents[2] / "examples" / "pci-stable-angina.toml"


@pytest.fixture(scope="module")
def answer():
    return run_search(read_question(EXAMPLE), keep=20)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_words_and_lines_stand_out_from_the_background(name):
    theme, background = THEMES[name], BACKGROUNDS[name]
    for colour in (theme.ink, theme.mark, *theme.palette, *theme.families):
        assert contrast(colour, background) >= 4.5, colour
    assert len(set(asdict(theme)["palette"])) == 4


def scales(spec, channel, field):
    return [
        layer["encoding"][channel]
        for layer in spec["layer"]
        if layer["encoding"].get(channel, {}).get("field") == field
    ]


def test_a_legend_says_which_line_is_which_design(answer):
    compared = answer.candidates[:3]
    curve = {"effect": [0.5, 0.6], "power": [0.1, 0.9]}
    power = power_chart({held.id: curve for held in compared}, target=0.9).to_dict()
    bounds = boundary_chart(compared).to_dict()
    for spec in (power, bounds):
        for channel in ("color", "strokeDash"):
            [*found] = scales(spec, channel, "design")
            assert found
            for scale in found:
                assert scale["legend"]
                assert scale["scale"]["domain"] == [held.id for held in compared]


@pytest.mark.parametrize("interactive", [False, True])
def test_the_front_counts_patients_whole_and_marks_what_is_compared(answer, interactive):
    marked = [held.id for held in answer.candidates[:2]]
    spec = front_chart(answer, marked=marked, interactive=interactive).to_dict()
    [tip] = [tip for tip in spec["layer"][0]["encoding"]["tooltip"] if tip["field"] == "x"]
    assert tip["format"] == ",.0f"
    rings = {row["id"]: row["ring"] for row in spec["data"]["values"]}
    assert [rings[name] for name in marked] == list(THEMES["light"].palette[:2])
    assert ("params" in spec) == interactive


def test_money_is_drawn_in_the_unit_asked_for(answer):
    spec = front_chart(answer, x="expected_cost", unit=1000).to_dict()
    shown = {row["id"]: row["x"] for row in spec["data"]["values"]}
    assert shown == {held.id: held.expected_cost / 1000 for held in answer.candidates}
