# SPDX-License-Identifier: Apache-2.0
"""The reader of any JSON text, by its grammar's events: it alone tells what is wrong with it, and all places."""

from __future__ import annotations

from sourcebook.finding import Finding
from sourcebook.parse.construct import ALL, NONE, Construction, Stop
from sourcebook.parse.decode import Places
from sourcebook.parse.events import NotYaml
from sourcebook.parse.json_grammar import events
from sourcebook.parse.mistakes import conflict
from sourcebook.parse.model import Limits, Parsed


def parsed(text: str, path: str, limits: Limits, *, positions: bool, depth: int | None) -> Parsed:
    """What ``text`` holds, with places as `parse` is asked for them."""
    places = Places(text)
    construction = Construction(path, places, limits, depth=ALL if positions else NONE if depth is None else depth)
    try:
        return Parsed(tuple(construction.documents(events(text))), construction.told)
    except Stop as stop:
        return Parsed(findings=(*construction.told, stop.finding))
    except NotYaml as error:
        marked = conflict(text)
        error = marked or error
        rule = "json-syntax" if error.rule == "yaml-syntax" else error.rule
        last = Finding(path, *places(error.offset), rule, error.message, hint=error.hint)
        # what stands in both versions of a conflict is no other mistake
        return Parsed(findings=(last,) if marked else (*construction.told, last))
