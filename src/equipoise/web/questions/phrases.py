"""The library's words about faults, in the reader's language.

Sentences that stand whole in the library are in the catalogue by themselves (tools/messages.py extracts them); those
with a number or a name inside are matched here.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from equipoise.errors import InputError

PATTERNS = [
    (r"(input should be )?greater than or equal to (?P<n>\S+)", gettext_noop("a number of at least %(n)s")),
    (r"(input should be )?greater than (?P<n>\S+)", gettext_noop("a number above %(n)s")),
    (r"(input should be )?less than or equal to (?P<n>\S+)", gettext_noop("a number of at most %(n)s")),
    (r"(input should be )?less than (?P<n>\S+)", gettext_noop("a number below %(n)s")),
    (r"(input should be )?a valid (number|integer|decimal).*", gettext_noop("a number")),
    (r"(input should be )?a valid string.*", gettext_noop("text")),
    (r"(input should be )?a valid boolean.*", gettext_noop("true or false")),
    (r"(input should be )?a valid (dictionary|list|tuple).*", gettext_noop("a table, as in the example files")),
    (r"(input should be )?a finite number", gettext_noop("a number")),
    (r"string should have at least (?P<n>\d+) character.*", gettext_noop("at least %(n)s characters")),
    (r"string should have at most (?P<n>\d+) character.*", gettext_noop("at most %(n)s characters")),
    (r"tuple should have at least (?P<n>\d+) item.*", gettext_noop("at least %(n)s of them")),
    (r"tuple should have at most (?P<n>\d+) item.*", gettext_noop("at most %(n)s of them")),
    (r"(input should be )?(?P<n>'.+|\d.*)", gettext_noop("one of %(n)s")),
    (r"a positive number; (?P<n>\S+) needs a margin", gettext_noop("a positive number; %(n)s needs a margin")),
    (r"1, since (?P<n>\S+) is tested one-sided", gettext_noop("1, since %(n)s is tested one-sided")),
    (r"a limiting ratio above 1 when.*", gettext_noop(
        "a limiting ratio: above 1 when lower is better or for equivalence, below 1 when higher is better")),
    (r'a number; endpoint.kind = "(?P<n>\S+)" needs it', gettext_noop("a number; this kind of endpoint needs it")),
    (r'no such term for endpoint.kind = "(?P<n>\S+)"', gettext_noop("nothing here, for this kind of endpoint")),
    (r"a \[clusters\] table, since .*", gettext_noop("the size of clusters, since you consider designs with clusters")),
    (r"at most (?P<n>[\d,]+) bytes", gettext_noop("a file of at most %(n)s bytes")),
]  # fmt: skip


def explain(error: InputError) -> str:
    """What to write instead, as a sentence for beside the field."""
    return _("Allowed: %(what)s.") % {"what": allowed(error.allowed)}


def allowed(phrase: str) -> str:
    for pattern, words in PATTERNS:
        if found := re.fullmatch(pattern, phrase):
            return _(words) % found.groupdict()
    return _(phrase)
