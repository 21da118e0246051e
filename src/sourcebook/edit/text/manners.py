# SPDX-License-Identifier: Apache-2.0
"""How a text is written, so that what is added to it is written in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sourcebook.edit.text.nodes import MAPPING, SEQUENCE, SINGLE, Node
from sourcebook.edit.written import Manner, is_other, kind_of_old, may_be_plain

_MOST = 3_000  # nodes that are looked at


def manner_of(roots: Iterable[Node], text: str) -> Manner:
    """The manner of a YAML text with these documents."""
    steps: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    gaps: Counter[int] = Counter()
    quotes: Counter[str] = Counter()
    flows: Counter[bool] = Counter()
    pads: Counter[str] = Counter()
    nulls: Counter[str] = Counter()
    plain: set[str] = set()
    needless = bare = 0
    for node in islice(_nodes(roots), _MOST):
        if node.kind == SINGLE:
            if node.style in ('"', "'"):
                quotes[node.style] += 1
                needless += may_be_plain(node.text, "flow") and not kind_of_old(node.text)
            elif node.style == "" and not node.empty:
                kind = kind_of_old(node.text)
                if is_other(node.text):
                    nulls[node.text] += node.text in ("null", "~", "Null", "NULL")
                else:
                    bare += 1
                    plain.update((kind,) if kind else ())
            continue
        if node.kind == MAPPING:
            plain.update(_odd_keys(node))
        if node.flow:
            if node.kind == MAPPING and node.entries and text[node.at] == "{":
                pads[" " if text[node.at + 1] == " " else ""] += 1
        elif node.kind == SEQUENCE:
            gaps[min(max(_gap(node, text), 2), 8)] += 1
        if node.kind == SEQUENCE and node.entries and all(one.value.kind == SINGLE for one in node.entries):
            flows[node.flow] += 1
        if node.kind == MAPPING and not node.flow:
            for entry in node.entries:
                below = entry.value
                if below.column >= 0 and below.kind == MAPPING:
                    steps[below.column - node.column] += 1
                elif below.column >= 0:
                    dashes[below.column - node.column] += 1
    dash = _first(dashes, -1)
    step = _first(steps, max(dash, 0) or 2)
    return Manner(
        step=step,
        dash=step if dash < 0 else dash,
        gap=_first(gaps, 2),
        quote=_first(quotes, '"'),
        quotes_all=needless >= 2 and needless > bare,
        plain=frozenset(plain),
        flow_lists=flows[True] > flows[False],
        pad=_first(pads, ""),
        null=_first(+nulls, "null"),
    )


def _first(counted: Counter[Any], otherwise: Any) -> Any:
    return counted.most_common(1)[0][0] if counted else otherwise


def _gap(node: Node, text: str) -> int:
    """By how much the values of items that are collections are to the right of their dashes."""
    wide = [one.value.at - one.start for one in node.entries if text.find("\n", one.start, one.value.at) < 0]
    return wide[0] if wide else 2


def _odd_keys(node: Node) -> Iterator[str]:
    """The kinds of keys without quotes that are no words: numbers, dates."""
    for entry in node.entries:
        key = entry.key
        if key is not None and key.style == "" and key.text:
            kind = kind_of_old(key.text) or ("number" if is_other(key.text) else "")
            if kind and key.text != "<<":
                yield f"key {kind}"


def _nodes(roots: Iterable[Node]) -> Iterator[Node]:
    """All nodes that are values, in the order of the text."""
    waiting = list(roots)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [entry.value for entry in reversed(node.entries)]
