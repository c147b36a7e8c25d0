"""Writing people's names in their own order."""

import re

HAN = re.compile(r"^[\u3400-\u9fff\uf900-\ufaff·]+$")


def full_name(family: str, given: str, language: str) -> str:
    """Family name first and unspaced in Han characters; else in the order of the person's own language."""
    if HAN.match(family + given):
        return family + given
    parts = (family, given) if language.startswith("zh") else (given, family)
    return " ".join(part for part in parts if part)
