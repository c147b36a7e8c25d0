"""Names that are kept in English and in Chinese."""

from django.utils.translation import get_language


def bilingual(field: str) -> property:
    """`field`_zh for a Chinese reader where there is one, else `field`_en; and the other way round for an empty English one."""

    def read(thing) -> str:
        english, chinese = getattr(thing, f"{field}_en"), getattr(thing, f"{field}_zh")
        return (chinese or english) if (get_language() or "").startswith("zh") else (english or chinese)

    return property(read)
