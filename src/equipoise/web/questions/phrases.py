"""The library's words about faults, in the reader's language, as whole sentences.

The library says briefly what it allows. SENTENCES answer such a phrase with a sentence of its own; what PATTERNS and
library_phrases.WHOLE match is put after "Allowed:". A test holds every phrase of the library against all three.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from equipoise.errors import InputError
from equipoise.web.questions.library_phrases import WHOLE

# names in the library's phrases that have a word on the screen
NAMES = {
    "superiority": gettext_lazy("superiority"),
    "non-inferiority": gettext_lazy("non-inferiority"),
    "equivalence": gettext_lazy("equivalence"),
}

SENTENCES = [
    (r"this field is required", gettext_noop("This field is required.")),
    (r"no such field; check the spelling", gettext_noop("There is no such field; check the spelling.")),
    (r"(a positive number|a margin); (?P<n>\S+) needs a margin|a margin, which (?P<m>\S+) needs",
     gettext_noop("Write a margin above 0: %(n)s needs one.")),
    (r"1, since (?P<n>\S+) is tested one-sided", gettext_noop("Choose one-sided, as %(n)s is tested.")),
    (r"primary = true in at most one of them", gettext_noop("Mark one scenario at most as the main one.")),
    (r"at least one scenario with a weight above 0", gettext_noop("Give at least one scenario a weight above 0.")),
    (r"at least one preference above 0",
     gettext_noop("Give at least one of these a weight above 0; a simpler design alone is not enough.")),
    (r"a name that no other scenario has", gettext_noop("Another scenario has this name; choose a different one.")),
    (r"none for superiority; remove it.*",
     gettext_noop("Superiority has no margin here: leave it empty, or choose non-inferiority.")),
    (r"a hazard ratio to beat, .*", gettext_noop(
        "Write the hazard ratio to beat: below 1 when lower is better, above 1 when higher is better.")),
    (r"a limiting ratio .*", gettext_noop(
        "Write the limiting ratio: above 1 when lower is better or for equivalence, below 1 when higher is better.")),
    (r'a number; endpoint.kind = "(?P<n>\S+)" needs it', gettext_noop("Write a number: this kind of outcome needs it.")),
    (r'no such term for endpoint.kind = "(?P<n>\S+)"', gettext_noop("Leave this empty for this kind of outcome.")),
    (r"either control_median_months or control_event_free, not both", gettext_noop(
        "Fill in either the median time with the comparator or the percentages without event, not both.")),
    (r"months that rise from above 0.*", gettext_noop("Write months that rise from above 0, such as 12: 89, 24: 81.")),
    (r"fractions without event that fall.*",
     gettext_noop("Write percentages that fall from below 100, such as 12: 89, 24: 81.")),
    (r"months as keys, .*", gettext_noop("Write months and percentages, such as 12: 89, 24: 81.")),
    (r"a \[clusters\] table, (since|for) .*",
     gettext_noop("Describe the clusters, since you consider designs with clusters.")),
    (r"a number from 0 to below 1, for designs with clusters", gettext_noop(
        "Write the intracluster correlation, from 0 to below 1: you consider designs with clusters.")),
    (r"the within-patient correlation, for crossover designs",
     gettext_noop("Write the correlation within a patient: you consider a crossover design.")),
    (r"not with a survival endpoint; use cluster", gettext_noop(
        "A stepped wedge does not go with time until an event; choose the cluster design.")),
    (r'only with endpoint\.kind = "mean"', gettext_noop("A crossover goes with a measurement only.")),
    (r"fixed, cluster or crossover for equivalence", gettext_noop(
        "For equivalence choose the fixed, cluster or crossover design: interim looks are not for it.")),
    (r'"exact" for equivalence', gettext_noop("Equivalence is judged by formulas; choose them.")),
    (r'"exact", since a survival endpoint has a margin', gettext_noop(
        "A margin of time until an event is judged by formulas; choose them.")),
    (r"only for means and proportions", gettext_noop(
        "A size chosen anew goes with measurements and with yes or no outcomes only.")),
    (r'only with endpoint\.measure = "difference"', gettext_noop(
        "A size chosen anew goes with a difference of proportions only; choose it in step 2.")),
    (r"at least first_trials, (?P<n>\S+)", gettext_noop("Write at least as many as every design begins with, %(n)s.")),
    (r"at least trials, (?P<n>\S+)", gettext_noop("Write at least as many as for designs worth considering, %(n)s.")),
    (r"TOML: one `name = value` a line, text in quotes",
     gettext_noop("The file is not TOML, which has one name = value a line and text in quotes.")),
    (r"text in UTF-8", gettext_noop("The file is not text in UTF-8.")),
    (r"no design has the target power in scenario (?P<n>\d+), .*", gettext_noop(
        "No design has the power asked for in the main scenario (number %(n)s). Check that its effect is in the direction "
        "that is better for the patient, beyond the margin, and within reach of the clusters available.")),
    (r"an effect", gettext_noop(
        "This is the main scenario, and here the two groups do equally well: there would be nothing to show.")),
    (r"an effect in the better direction", gettext_noop(
        "This is the main scenario, and here the intervention does worse. Change the numbers, or say in step 2 that the "
        "other direction is better.")),
    (r"an effect beyond the hazard ratio to beat",
     gettext_noop("This is the main scenario, and here the effect does not go beyond the margin of step 2.")),
    (r"a loss smaller than the margin", gettext_noop(
        "This is the main scenario, and here the intervention loses as much as the margin of step 2, or more.")),
    (r"a difference smaller than the margin", gettext_noop(
        "This is the main scenario, and here the two differ by as much as the margin of step 2, or more.")),
    (r"a margin below 1 for a difference of proportions",
     gettext_noop("Write percentage points above 0 and below 100, such as 5.")),
]  # fmt: skip

PATTERNS = [
    (r"greater than or equal to (?P<n>0\.0000+1|1e-\d+)", gettext_noop("a number above 0")),
    (r"greater than or equal to (?P<n>\S+)|(a number )?(of )?at least (?P<m>[\d.e-]+)",
     gettext_noop("a number of at least %(n)s")),
    (r"greater than (?P<n>\S+)|(a number )?above (?P<m>[\d.e-]+)", gettext_noop("a number above %(n)s")),
    (r"less than or equal to (?P<n>\S+)", gettext_noop("a number of at most %(n)s")),
    (r"less than (?P<n>\S+)", gettext_noop("a number below %(n)s")),
    (r"a valid integer.*", gettext_noop("a whole number")),
    (r"a valid (number|decimal).*|a finite number|numbers", gettext_noop("a number")),
    (r"a valid string.*", gettext_noop("text")),
    (r"a valid boolean.*", gettext_noop("true or false")),
    (r"(a )?valid (dictionary|list|tuple).*|a valid (dictionary|list|tuple).*",
     gettext_noop("a table, as in the example files")),
    (r"string should have at least (?P<n>\d+) character.*", gettext_noop("at least %(n)s characters")),
    (r"string should have at most (?P<n>\d+) character.*", gettext_noop("at most %(n)s characters")),
    (r"tuple should have at least (?P<n>\d+) item.*", gettext_noop("at least %(n)s of them")),
    (r"tuple should have at most (?P<n>\d+) item.*", gettext_noop("at most %(n)s of them")),
    (r"at most (?P<n>[\d,]+) bytes", gettext_noop("a file of at most %(n)s bytes")),
    (r"a file that can be read \(.*\)", gettext_noop("a file that can be read")),
    (r"a whole number from 1; (?P<n>\S+) designs need it", gettext_noop("a whole number from 1; %(n)s designs need it")),
    (r"a whole number from (?P<n>\d+) to (?P<m>[^\s,]+)", gettext_noop("a whole number from %(n)s to %(m)s")),
    (r"a whole number from (?P<n>\d+), below (?P<m>\S+)", gettext_noop("a whole number from %(n)s and below %(m)s")),
    (r"a whole number,? (from|at least) (?P<n>\d+)", gettext_noop("a whole number from %(n)s")),
    (r"(?P<n>'[^']*'(, '[^']*')*( or '[^']*')?|\d+( or \d+)*|\"[^\"]*\"( or \"[^\"]*\")*)", gettext_noop("one of %(n)s")),
    (r"one critical value for each of the (?P<n>\d+) looks", gettext_noop("one critical value for each of the %(n)s looks")),
    (r"nothing, or (?P<n>\d+) or (?P<m>\d+) boundaries", gettext_noop("nothing, or %(n)s or %(m)s boundaries")),
    (r"at most the (?P<n>\d+) patients", gettext_noop("at most the %(n)s patients")),
    (r"one hazard for each of the (?P<n>\d+) breaks", gettext_noop("one hazard for each of the %(n)s breaks")),
    (r"a look held, from 1 to (?P<n>\d+)", gettext_noop("a look held, from 1 to %(n)s")),
    (r"a number from (?P<n>\S+) for each stage, as many in both arms",
     gettext_noop("a number from %(n)s for each stage, as many in both arms")),
    (r'nothing for the endpoint "(?P<n>\S+)"', gettext_noop("nothing, for this kind of outcome")),
    (r"a hazard ratio other than 1 for (?P<n>\S+)", gettext_noop("a hazard ratio other than 1 for %(n)s")),
    (r"cumulative errors at each look, only with (?P<n>\S+) spending of one's own",
     gettext_noop("cumulative errors at each look, only with %(n)s spending of one's own")),
    (r"fractions that rise to 1 by at least (?P<n>\S+) each", gettext_noop("fractions that rise to 1 by at least %(n)s each")),
    (r"none for (?P<n>\S+)", gettext_noop("none for %(n)s")),
    (r"nothing \(or (?P<n>\S+)\) for superiority", gettext_noop("nothing (or %(n)s) for superiority")),
    (r"a ratio (?P<n>\S+|above 0 and below 1, as higher is better|above 1, as lower is better)",
     gettext_noop("a ratio above 1 when lower is better, above 0 and below 1 when higher is better")),
    (r"(?P<n>\d+) numbers above 0 that never rise, one for each look to come",
     gettext_noop("%(n)s numbers above 0 that never rise, one for each look to come")),
    (r"(?P<n>\d+) times that never fall, one for each look", gettext_noop("%(n)s times that never fall, one for each look")),
    (r"a number above (?P<n>\S+), the one-sided alpha", gettext_noop("a number above %(n)s, the one-sided alpha")),
    (r".+: the bounds meet before the last look, so .*", gettext_noop(
        "errors that can be spent as asked: the bounds meet before the last look, so spend less of the type II error early, "
        "or look earlier")),
    (r".+: no drift was found that gives the power", gettext_noop("no drift was found that gives the power")),
    (r"rows of 1 to (?P<n>\d+) fractions", gettext_noop("rows of 1 to %(n)s fractions")),
    (r"rows that rise to 1 by at least (?P<n>\S+) each", gettext_noop("rows that rise to 1 by at least %(n)s each")),
    (r"a number, or as many as designs \((?P<n>\d+)\)", gettext_noop("a number, or as many as designs (%(n)s)")),
    (r"a shape that fits the other arguments', (?P<n>.+)", gettext_noop("a shape that fits the other arguments', %(n)s")),
    (r"(?P<n>\d+) looks, as in the other", gettext_noop("%(n)s looks, as in the other")),
    (r"(?P<n>\d+) patients or more at the first look", gettext_noop("%(n)s patients or more at the first look")),
    (r"(?P<n>\d+) numbers above 0, one for each look to come", gettext_noop("%(n)s numbers above 0, one for each look to come")),
    (r"1 to (?P<n>\d+) statistics, one for each look held", gettext_noop("1 to %(n)s statistics, one for each look held")),
    (r"1 to (?P<n>\d+) fractions", gettext_noop("1 to %(n)s fractions")),
    (r"(?P<n>\d+) numbers, (one for each look|as many as z)", gettext_noop("%(n)s numbers, one for each look")),
    (r"(?P<n>\d+) numbers of at least 0, one for each break", gettext_noop("%(n)s numbers of at least 0, one for each break")),
    (r"(?P<n>\d+) numbers, one for each sequence, not all 0", gettext_noop("%(n)s numbers, one for each sequence, not all 0")),
    (r"(?P<n>\d+) events are not expected however long the trial recruits",
     gettext_noop("%(n)s events are not expected however long the trial recruits")),
    (r"(?P<n>\d+) errors that rise to (?P<m>\S+)", gettext_noop("%(n)s errors that rise to %(m)s")),
    (r"(?P<n>[^;]+); (?P<m>\S+) needs it", gettext_noop("%(n)s; %(m)s needs it")),
]  # fmt: skip


def explain(error: InputError) -> str:
    """What to write instead, as a sentence for beside the field."""
    if words := _found(SENTENCES, error.allowed):
        return words
    return _("Allowed: %(what)s.") % {"what": allowed(error.allowed)}


def line_of(error: InputError) -> str:
    """Where a file stops being TOML, as a sentence; empty where the fault is another one."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error.given))
    if error.field != "the file" or not found:
        return ""
    return _("Line %(line)s, from character %(column)s, cannot be read.") % {"line": found[1], "column": found[2]}


def allowed(phrase: str) -> str:
    """A phrase in the reader's language, in the middle of a sentence or as one."""
    if phrase in WHOLE:
        return _(phrase)
    return _found(SENTENCES, phrase) or _found(PATTERNS, phrase) or phrase


def _found(patterns: list[tuple[str, str]], phrase: str) -> str:
    for pattern, words in patterns:
        if found := re.fullmatch(pattern, phrase.removeprefix("input should be ")):
            values = found.groupdict()
            if "n" in values and "m" in values and "%(m)s" not in words:  # the same number, in another wording
                values["n"] = values["n"] or values["m"]
            return _(words) % {name: NAMES.get(value, value) for name, value in values.items()}
    return ""
