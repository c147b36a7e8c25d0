"""The six steps of a question, as forms over the parts of its payload."""

from equipoise.web.questions.forms.scenarios import ScenarioRows, main_place
from equipoise.web.questions.forms.steps import STEPS, Step, step_of
from equipoise.web.questions.forms.upload import UploadForm

__all__ = ["STEPS", "ScenarioRows", "Step", "UploadForm", "main_place", "step_of"]
