"""The eight domains of the Joint Task Force for Clinical Trial Competency.

Source: Sonstein SA, Jones CT. Joint Task Force for Clinical Trial Competency and clinical research professional workforce
development. Front Pharmacol 2018;9:1148.
"""

from django.utils.translation import gettext_lazy as _

COMPETENCIES = {
    "science": _("Scientific concepts and research design"),
    "ethics": _("Ethical and participant safety considerations"),
    "products": _("Investigational products development and regulation"),
    "operations": _("Clinical study operations (good clinical practice)"),
    "management": _("Study and site management"),
    "data": _("Data management and informatics"),
    "leadership": _("Leadership and professionalism"),
    "teamwork": _("Communication and teamwork"),
}
