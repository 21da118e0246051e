# SPDX-License-Identifier: Apache-2.0
"""The reader of any text: by libyaml's events where the two grammars agree, else by the reference's.

It alone tells what is wrong with a text, and where each value stands.
"""

from __future__ import annotations

from sourcebook.finding import Finding
from sourcebook.parse import libyaml
from sourcebook.parse.construct import ALL, NONE, Construction, Stop
from sourcebook.parse.decode import Places
from sourcebook.parse.events import NotYaml
from sourcebook.parse.mistakes import conflict, overlooked
from sourcebook.parse.model import Limits, Parsed
from sourcebook.parse.reference import events


def parsed(text: str, path: str, limits: Limits, *, positions: bool, depth: int | None) -> Parsed:
    """What ``text`` holds, with places as `parse` is asked for them."""
    recorded = ALL if positions else NONE if depth is None else depth
    found = _parsed(text, path, limits, recorded)
    if any(document.positions and document.positions.redirects for document in found.documents) and not positions:
        return _parsed(text, path, limits, ALL)  # what stands below an alias has its place wherever that is
    return found


def _parsed(text: str, path: str, limits: Limits, depth: int) -> Parsed:
    places = Places(text)
    if libyaml.may_read(text):
        found = _by_libyaml(text, path, places, limits, depth)
        if found is not None:
            return found
    return _reference(text, path, places, limits, depth)


def _by_libyaml(text: str, path: str, places: Places, limits: Limits, depth: int) -> Parsed | None:
    """What libyaml's events give, where nothing stops the reading; else None, for the reference has the last word."""
    construction = Construction(path, places, limits, depth=depth)
    try:
        return Parsed(tuple(construction.documents(libyaml.events(text))), construction.told)
    except (Stop, NotYaml):
        return None


def _reference(text: str, path: str, places: Places, limits: Limits, depth: int) -> Parsed:
    construction = Construction(path, places, limits, depth=depth)
    try:
        return Parsed(tuple(construction.documents(events(text))), construction.told)
    except Stop as stop:
        last = stop.finding
    except NotYaml as error:
        marked = conflict(text)
        error = marked or overlooked(text, error)
        last = Finding(path, *places(error.offset), error.rule, error.message, hint=error.hint)
        if marked:  # what stands in both versions is no other mistake
            return Parsed(findings=(last,))
    return Parsed(findings=(*construction.told, last))
