# SPDX-License-Identifier: Apache-2.0
"""The serialization of YAML (YAML 1.2.2 §3.1.2) as flat events, and what is raised where text has none.

An event is a plain tuple ``(kind, offset, text, anchor, tag, style)``, since there is one for each node of each file:

- ``offset`` counts characters from the text's start; a node starts at its first property (``&anchor`` or ``!tag``);
- ``text`` is the content of a scalar, the name of an alias;
- ``tag`` is resolved: ``tag:yaml.org,2002:str``, ``!local``, ``!`` (non-specific), or None;
- ``style`` is ``""`` for a plain scalar, else the character a scalar begins with; ``"{}"`` for a flow collection; for
  a document what marks its start (``---``) or end (``...``).
"""

from __future__ import annotations

from typing import Final

DOCUMENT_START: Final = 0
DOCUMENT_END: Final = 1
SEQUENCE_START: Final = 2
SEQUENCE_END: Final = 3
MAPPING_START: Final = 4
MAPPING_END: Final = 5
SCALAR: Final = 6
ALIAS: Final = 7

Event = tuple[int, int, str, str | None, str | None, str]

CORE: Final = "tag:yaml.org,2002:"
FLOW: Final = "{}"


class NotYaml(Exception):
    """The text departs from the grammar at ``offset``; ``hint`` says how to mend it."""

    def __init__(self, offset: int, message: str, hint: str = "", rule: str = "yaml-syntax") -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.hint = hint
        self.rule = rule
