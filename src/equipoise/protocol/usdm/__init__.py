"""USDM v4 (CDISC and TransCelerate, Unified Study Definitions Model) JSON: protocols out of it and into it."""

from equipoise.protocol.usdm.exchange import from_usdm, to_usdm

__all__ = ["from_usdm", "to_usdm"]
