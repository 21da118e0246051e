# SPDX-License-Identifier: Apache-2.0
"""The fast source of events: libyaml, for texts on which its grammar (YAML 1.1) and the reference's (1.2) agree.

`may_read` looks at the text, for anything that the two read, or place, differently; `events` looks at what it could not
see. Both err on the safe side: what they turn away costs time, not correctness, for the reference reads it then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from sourcebook.parse import guard
from sourcebook.parse.events import (
    ALIAS,
    DOCUMENT_END,
    DOCUMENT_START,
    FLOW,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    SEQUENCE_START,
    Event,
    NotYaml,
)
from sourcebook.parse.side_by_side import Texts

# What the two grammars read, or place, differently, besides what `guard.odd` turns away. Each expression begins with
# a literal or a set of rare characters, which makes the search fast.
_COMMENT = re.compile(r"#(?<![\w \n/.(&=]#)(?<!\A#)")  # comments without a space before them
_EMPTY_KEY = re.compile(r"[\[{,] *+:")
_LONE_DASH = re.compile(r"-[,\[\]{}]")
_BLOCK_SCALAR = re.compile(  # comments, indentation indicators, and lines of spaces at its start
    r"[|>](?:[+-]?[0-9]|[+-]? *+(?:#[^\n]*+)?\n\n*+ ++\n)"
)
_DIFFERENT = (_COMMENT, _EMPTY_KEY, _LONE_DASH, _BLOCK_SCALAR)


def may_read(text: str) -> bool:
    """Whether libyaml may be asked for the events of ``text`` (see `decode.decode`)."""
    return not guard.odd(Texts([text])) and not any(expression.search(text) for expression in _DIFFERENT)


def events(text: str) -> Iterator[Event]:
    """The events that `reader.events` would give. Raises NotYaml where there are none, or where they may differ."""
    get: Any = CParser(text).get_event
    odd_escape = "\\'" in text  # an escape of 1.1 in double quotes, and quite usual elsewhere
    indents = [-1]  # of the open block collections
    flows: list[int] = []  # where the open flow collections begin
    try:
        while (event := get()) is not None:
            kind = type(event)
            mark = event.start_mark
            if kind is ScalarEvent:
                style = event.style
                if style and not flows:
                    _check_scalar(text, event, indents[-1])
                elif not event.value and len(indents) == 1 and not flows:
                    raise NotYaml(0, "libyaml places empty documents elsewhere")
                if odd_escape and style == '"' and "\\'" in text[mark.index : event.end_mark.index]:
                    raise NotYaml(0, "libyaml allows this escape")
                yield SCALAR, mark.index, event.value, event.anchor, event.tag, style
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                code = MAPPING_START if kind is MappingStartEvent else SEQUENCE_START
                if event.flow_style:
                    flows.append(mark.index)
                    yield code, mark.index, "", event.anchor, event.tag, FLOW
                else:
                    indents.append(mark.column)
                    yield code, mark.index, "", event.anchor, event.tag, ""
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                if flows:
                    begin = flows.pop()
                    if not flows:
                        _check_lines(text[begin : event.end_mark.index], indents[-1])
                else:
                    indents.pop()
                yield MAPPING_END if kind is MappingEndEvent else SEQUENCE_END, mark.index, "", None, None, ""
            elif kind is AliasEvent:
                yield ALIAS, mark.index, event.anchor, None, None, ""
            elif kind is DocumentStartEvent:
                yield DOCUMENT_START, mark.index, "", None, None, "---" if event.explicit else ""
            elif kind is DocumentEndEvent:
                yield DOCUMENT_END, mark.index, "", None, None, "..." if event.explicit else ""
            elif kind is not StreamStartEvent and kind is not StreamEndEvent:
                raise NotYaml(0, f"libyaml gives an event {kind} that is not known here")
    except YAMLError as error:
        raise NotYaml(0, str(error)) from error


def _check_scalar(text: str, event: Any, indent: int) -> None:
    """Refuse a block scalar or a quoted one of several lines whose indentation libyaml does not check."""
    begin, end = event.start_mark, event.end_mark
    if event.style in "|>":
        if begin.column <= indent or indent < 0:
            raise NotYaml(0, "libyaml does not check the indentation of this block scalar")
        if not text.endswith("\n") and text.find("\n", end.index) < 0:
            raise NotYaml(0, "libyaml does not end the last line of a block scalar at the end of the text")
    elif begin.line != end.line:
        _check_lines(text[begin.index : end.index], indent)


def _check_lines(text: str, indent: int) -> None:
    """Refuse further lines of a quoted scalar or flow collection that are not indented more than ``indent``."""
    for line in text.split("\n")[1:]:
        content = line.lstrip(" ")
        if content and len(line) - len(content) <= indent:
            raise NotYaml(0, "libyaml does not check the indentation of these lines")
