"""The fields of expertise that people declare, and that consultations and lectures ask for."""

from django.utils.translation import gettext_lazy as _

METHODS = {
    "trial-design": _("Trial design"),
    "sample-size": _("Sample size and power"),
    "adaptive": _("Adaptive and group-sequential designs"),
    "bayesian": _("Bayesian methods"),
    "survival": _("Survival analysis"),
    "cluster": _("Cluster and stepped-wedge trials"),
    "real-world": _("Real-world evidence"),
    "causal": _("Causal inference"),
    "outcomes": _("Outcomes and patient-reported measures"),
    "evidence": _("Evidence synthesis"),
    "data": _("Data management"),
    "conduct": _("Trial conduct and monitoring"),
    "ethics": _("Ethics and regulation"),
    "writing": _("Protocols and publication"),
}
SPECIALTIES = {
    "cardiology": _("Cardiology"),
    "neurology": _("Neurology and stroke"),
    "oncology": _("Oncology"),
    "infection": _("Infectious disease"),
    "respiratory": _("Respiratory medicine"),
    "critical-care": _("Critical care"),
    "surgery": _("Surgery"),
    "anaesthesia": _("Anaesthesia"),
    "gastroenterology": _("Gastroenterology"),
    "nephrology": _("Nephrology"),
    "endocrinology": _("Endocrinology"),
    "rheumatology": _("Rheumatology"),
    "paediatrics": _("Paediatrics"),
    "obstetrics": _("Obstetrics and gynaecology"),
    "psychiatry": _("Psychiatry"),
    "imaging": _("Imaging"),
    "primary-care": _("Primary care"),
}
EXPERTISE = METHODS | SPECIALTIES


def words_for(codes: list[str]) -> list[str]:
    """The codes in the reader's language, in the order of the list above; unknown codes are left out."""
    return [str(EXPERTISE[code]) for code in EXPERTISE if code in codes]
