# SPDX-License-Identifier: Apache-2.0
"""A description in JSON-LD as Turtle, which says the same: of trees with a context of prefixes alone, such as ours."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any


def turtle(document: Mapping[str, Any]) -> str:
    """The Turtle text of a JSON-LD ``document`` whose terms are all of a prefix, and which has no arrays in arrays."""
    prefixes = document["@context"]
    lines = [f"@prefix {prefix}: <{address}> ." for prefix, address in prefixes.items()]
    subjects: dict[str, list[str]] = {}
    _told(document, subjects, prefixes)
    for subject, said in subjects.items():
        lines += ["", subject + " " + " ;\n  ".join(_once(said)) + " ."]
    return "\n".join(lines) + "\n"


def _told(node: Any, subjects: dict[str, list[str]], prefixes: Container[str]) -> str:
    """What a value is written as; what is said of one that has a name is put to the ``subjects``."""
    if not isinstance(node, Mapping):
        return literal(node)
    if "@value" in node:
        return f"{literal(node['@value'])}^^{node['@type']}"
    name = str(node.get("@id", ""))
    name = name if name.partition(":")[0] in prefixes else f"<{name}>"
    if "@id" in node and set(node) - {"@id"}:
        subjects.setdefault(name, [])  # before those that it names
    said = [
        f"a {value}" if term == "@type" else f"{term} {_told(value, subjects, prefixes)}"
        for term, values in node.items()
        if term not in ("@id", "@context")
        for value in (values if isinstance(values, list) else [values])
    ]
    if "@id" not in node:
        return f"[ {' ; '.join(said)} ]"
    if said:
        subjects[name] += said
    return name


def _once(said: Iterable[str]) -> Iterator[str]:
    """What is said, each once; but things without names are as many as they are told of."""
    before = set()
    for one in said:
        if one not in before or one.split(" ", 1)[1].startswith("["):
            yield one
        before.add(one)


_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """A text as Turtle writes it."""
    return '"' + "".join(_ESCAPED.get(one) or (one if one >= " " else f"\\u{ord(one):04X}") for one in text) + '"'
