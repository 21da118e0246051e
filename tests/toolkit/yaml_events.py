# SPDX-License-Identifier: Apache-2.0
"""What tests of the two sources of YAML events share."""

from __future__ import annotations

from sourcebook.parse import libyaml, reader
from sourcebook.parse.events import DOCUMENT_END, MAPPING_END, SEQUENCE_END, Event, NotYaml

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
