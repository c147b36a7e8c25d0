"""USDM v4 documents out of protocols, and protocols out of USDM v4 documents."""

from __future__ import annotations

from typing import Any

from equipoise.protocol.document import Protocol
from equipoise.protocol.usdm.index import Index
from equipoise.protocol.usdm.names import Names
from equipoise.protocol.usdm.objects import Objects
from equipoise.protocol.usdm.patch import patched
from equipoise.protocol.usdm.read import read
from equipoise.protocol.usdm.study import write


def to_usdm(protocol: Protocol) -> dict[str, Any]:
    """The protocol as a USDM v4.0 document, ready for `json.dump`.

    One that was imported is the document that it came from, changed only where the protocol changed since.
    SOURCE: USDM v4.0.0, API specification (CDISC, DDF-RA repository); CDISC controlled terminology 2026-03-27.
    """
    document = protocol.kept.get("document")
    if document is None:
        return write(protocol, Objects({}))
    known = protocol.kept["ids"]
    before = write(read(Index(document), Names()), Objects(known))
    return patched(document, before, write(protocol, Objects(known)))


def from_usdm(data: object) -> Protocol:
    """The protocol that a USDM v4 document (as `json.load` gives it) describes.

    The document itself is kept in it where the model has no room for all that it says. InputError names the first field
    that is no USDM, is of another version, or refers to nothing.
    """
    index, names = Index(data), Names()
    protocol = read(index, names)
    if index.data.get("systemName") == "Equipoise" and to_usdm(protocol) == index.data:
        return protocol
    return protocol.model_copy(update={"kept": {"document": index.data, "ids": names.ids}})
