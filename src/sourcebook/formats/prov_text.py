# SPDX-License-Identifier: Apache-2.0
"""Parts of the Turtle that tells how records came into a book: prefixes, sentences, days and moments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sourcebook.content.values import Shown, exact
from sourcebook.formats.turtle import literal

PREFIXES = {
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_PART = re.compile(r"\d{4}(-\d\d)?", re.ASCII)


def said(subject: str, facts: Sequence[str]) -> str:
    """What is said of a subject."""
    return f"{subject} " + " ;\n  ".join(facts) + " .\n"


def ended(day: str) -> list[str]:
    """When something was done: to the day, as it is known; and as the moment that PROV asks for, its beginning."""
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}.get(len(day), "dateTime")
    exactly = [f"dct:date {literal(day)}^^xsd:{kind}"] if day else []
    return exactly + ([f"prov:endedAtTime {moment(day)}"] if moment(day) else [])


def day_of(one: Shown | None) -> str:
    """A day, a moment, or the part of a day that is known; empty where there is none."""
    text = exact(one) if one else ""
    return text if any(form.fullmatch(text) for form in (_DAY, _MOMENT, _PART)) else ""


def moment(text: str) -> str:
    """A day's beginning, or a moment, as PROV has times; empty where a text is neither."""
    if _DAY.fullmatch(text):
        text += "T00:00:00"
    return f"{literal(text)}^^xsd:dateTime" if _MOMENT.fullmatch(text) else ""


def iri(address: str) -> str:
    """An address without what none may have."""
    return re.sub(r"[{}|^`\\]", lambda found: f"%{ord(found[0]):02X}", address)
