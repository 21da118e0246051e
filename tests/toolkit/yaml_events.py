# SPDX-License-Identifier: Apache-2.0
"""What tests of the sources share: of the two of YAML events, and of the fast path."""

from __future__ import annotations

from sourcebook.exact import same
from sourcebook.parse import Limits, Parsed, Positions, fast, libyaml
from sourcebook.parse import reference as reader
from sourcebook.parse.construct import ALL, Construction, Stop
from sourcebook.parse.decode import Places, decode
from sourcebook.parse.events import DOCUMENT_END, MAPPING_END, SEQUENCE_END, Event, NotYaml
from sourcebook.parse.side_by_side import Texts

LIMITS = Limits()

_ENDS = {DOCUMENT_END, SEQUENCE_END, MAPPING_END}


def assert_same_source(text: str) -> bool:
    """Where libyaml may read the text and gives events to its end, they are those of the reference; whether it did.

    The offsets of ends are left out: nothing uses them, and libyaml has another idea of where a block ends.
    """
    if not libyaml.may_read(text):
        return False
    try:
        fast = list(libyaml.events(text))
    except NotYaml:
        return False
    assert _without_ends(fast) == _without_ends(list(reader.events(text))), repr(text)
    return True


def _without_ends(events: list[Event]) -> list[Event]:
    return [(kind, -1, *rest) if kind in _ENDS else (kind, offset, *rest) for kind, offset, *rest in events]  # type: ignore[misc]


# --- the fast path ---------------------------------------------------------------------------------------------------


def reference(text: str, limits: Limits) -> Parsed | None:
    """What the reference reads, with all places; None where it stops."""
    construction = Construction("f", Places(text), limits, depth=ALL)
    try:
        return Parsed(tuple(construction.documents(reader.events(text))), tuple(construction.findings))
    except (NotYaml, Stop):
        return None


def outer(positions: Positions | None, depth: int) -> Positions:
    """The places at most so deep."""
    assert positions is not None
    values = {path: place for path, place in positions.values.items() if len(path) <= depth}
    keys = {path: place for path, place in positions.keys.items() if len(path) <= depth}
    return Positions(values, keys, positions.redirects)


def assert_same(data: bytes, limits: Limits = LIMITS) -> bool:
    """Where the fast path serves a text, all is as the reference has it, without findings; whether it does."""
    text, finding = decode(data, "f", limits)
    if finding is not None:
        return False
    documents = [fast.documents(Texts([text]), limits, depth)[0] for depth in (None, 0, 1, 2, 3)]
    if documents[0] is None:
        assert documents == [None] * 5
        return False
    right = reference(text, limits)
    assert right is not None, repr(text)
    assert right.findings == (), repr(text)
    (wanted,) = right.documents
    for depth, document in enumerate(documents, start=-1):
        if document is None:
            continue
        assert same(document.value, wanted.value), repr(text)
        assert repr(document.value) == repr(wanted.value), repr(text)  # of floats too
        assert (document.line, document.lossy) == (wanted.line, wanted.lossy), repr(text)
        if depth >= 0:
            assert document.positions == outer(wanted.positions, depth), (depth, repr(text))
    return True
