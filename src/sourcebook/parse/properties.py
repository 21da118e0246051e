# SPDX-License-Identifier: Apache-2.0
"""Node properties (YAML 1.2.2 §6.9): anchors and tags; and the names of aliases."""

from __future__ import annotations

import re

from sourcebook.parse.events import CORE, NotYaml
from sourcebook.parse.state import BLANK, Properties, Reader, after_white

_ANCHOR = re.compile(r"[&*]([^ \t\n\0,\[\]{}]++)")  # [101] c-ns-anchor-property, [104] c-ns-alias-node
_URI = r"(?:%[0-9a-fA-F]{2}|[0-9A-Za-z\-#;/?:@&=+$_.~*'()"  # [39] ns-uri-char, without what tags leave out
_TAG = re.compile(rf"!(?:<({_URI}!,\[\]])++)>|((?:[0-9A-Za-z-]*!)?)({_URI}])*+))")  # [97] c-ns-tag-property
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})++")


def properties(reader: Reader, *, flow: bool) -> Properties:
    """[96] c-ns-properties on this line: an anchor, a tag, or both in either order; moves past them."""
    text, start = reader.text, reader.pos
    found = Properties(start, None, None)
    at = start
    while text[at] in "&!":
        reader.pos = at
        one = Properties(at, None, None)
        if text[at] == "&":
            one.anchor = anchor(reader)
        else:
            one.tag = _tag(reader)
        end = reader.pos
        if text[end] not in BLANK and not (flow and text[end] in ",]}"):
            kind = "an anchor" if text[at] == "&" else "a tag"
            reader.fail(at, f"{kind} that is not followed by a space", "put text that begins with & or ! in quotes")
        found = merged(found, one)
        found.offset = start
        at = after_white(text, end)
    return found


def anchor(reader: Reader) -> str:
    """The name of an anchor or alias; moves past it."""
    found = _ANCHOR.match(reader.text, reader.pos)
    if found is None:
        kind = "an anchor" if reader.text[reader.pos] == "&" else "an alias"
        character = reader.text[reader.pos]
        reader.fail(reader.pos, f"{kind} without a name", f"put text that begins with {character} in quotes")
    reader.pos = found.end()
    return found[1]


def _tag(reader: Reader) -> str:
    found = _TAG.match(reader.text, reader.pos)
    assert found is not None
    at, reader.pos = reader.pos, found.end()
    verbatim, handle, suffix = found.groups()
    if verbatim is not None:
        if verbatim == "!":
            reader.fail(at, "the tag !<!> has no name", "leave it out")
        return verbatim
    if reader.text[reader.pos] == "<":
        reader.fail(at, "a tag between < and > is not closed, or holds what no tag may", "put the text in quotes")
    if not handle:
        handle = "!"
        if not suffix:
            return "!"
    else:
        handle = "!" + handle
        if not suffix:
            reader.fail(at, f"the tag {handle} has no name", "put text that begins with ! in quotes")
    prefix = reader.handles.get(handle, {"!": "!", "!!": CORE}.get(handle))
    if prefix is None:
        reader.fail(at, f"the tag handle {handle} is declared by no %TAG line", "leave the tag out, or quote the text")
    return prefix + _PERCENT.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace"), suffix)


def merged(first: Properties | None, second: Properties | None) -> Properties:
    """The properties of one node that stand on several lines."""
    if first is None or second is None:
        both = first or second
        assert both is not None
        return both
    if (first.anchor and second.anchor) or (first.tag is not None and second.tag is not None):
        kind = "anchor" if first.anchor and second.anchor else "tag"
        raise NotYaml(second.offset, f"a second {kind} for the same value", "keep one of the two")
    tag = first.tag if second.tag is None else second.tag
    return Properties(first.offset, first.anchor or second.anchor, tag)
