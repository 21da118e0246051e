# SPDX-License-Identifier: Apache-2.0
"""Values and fields in HTML, as all pages have them. A page has some hundred of them, so no template makes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup, escape

from sourcebook.content.records import Part
from sourcebook.site.marking import Sought

_SPECIAL = re.compile(r"[&<>\"']")
Brief = Callable[[Any], Markup]
"""What shows a statement among values, never without who says it and what answers it."""


class ValuesShown:
    """Values in HTML; ``brief`` shows statements among them."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief

    def value(self, one: Any, sought: Sought | None = None) -> Markup:
        """A value, in which what was ``sought`` is marked."""
        return Markup(self._value(one, sought))  # noqa: S704 # made of escaped text, as all below

    def values(self, some: Iterable[Any], sought: Sought | None = None) -> Markup:
        """Values in a line."""
        return Markup(", ".join(self._value(one, sought) for one in some))  # noqa: S704

    def fields(self, parts: Iterable[Part]) -> Markup:
        """The fields of a record, one below the other."""
        return Markup(self._fields(parts))  # noqa: S704

    def inline(self, parts: Iterable[Part]) -> Markup:
        """The fields of one of several: what is single in a line, what is more below it."""
        return Markup(self._inline(parts))  # noqa: S704

    def _value(self, one: Any, sought: Sought | None = None) -> str:
        kind = one.kind
        if kind == "outside":
            return (
                f'<a href="{_text(one.href)}" rel="noopener nofollow" class="outside" dir="auto">{_text(one.text)}</a>'
            )
        if kind == "record" and one.told:
            return str(self._brief(one.told))
        if one.href:
            return f'<a href="{_text(one.href)}" dir="auto">{_marked(one.text, sought)}</a>'
        if kind == "date" and one.exact:
            return f'<time datetime="{_text(one.exact)}">{_text(one.text)}</time>'
        if kind == "data":
            return f'<pre class="data" tabindex="0">{_text(one.text)}</pre>'
        if kind == "number":
            return _text(one.text)
        return f"<bdi>{_marked(one.text, sought)}</bdi>"

    def _fields(self, parts: Iterable[Part]) -> str:
        lines = "".join(map(self._field, parts))
        return f'<dl class="fields">\n{lines}</dl>\n'

    def _field(self, one: Part) -> str:
        about = f' title="{_text(one.field.description)}"' if one.field.description else ""
        return f"<div><dt{about}>{_text(one.title)}</dt><dd>{self._part(one)}</dd></div>\n"

    def _inline(self, parts: Iterable[Part]) -> str:
        lines = []
        for one in parts:
            whole = ' class="whole"' if one.items or one.parts else ""
            lines.append(f"<div{whole}><dt>{_text(one.title)}</dt><dd>{self._part(one)}</dd></div>\n")
        return f'<dl class="inline">\n{"".join(lines)}</dl>\n'

    def _part(self, one: Part) -> str:
        if one.items:
            lines = []
            for item in one.items:
                name = f"<strong>{self._value(item.name)}</strong> " if item.name else ""
                lines.append(f"<li>{name}{self._inline(item.parts)}</li>\n")
            return f'<ul class="items">\n{"".join(lines)}</ul>\n'
        if one.parts:
            return f"{self._fields(one.parts)}\n"
        if len(one.values) > 1:
            lines = [f"<li>{self._value(each)}</li>\n" for each in one.values]
            return f'<ul class="values{" run" if one.short else ""}">\n{"".join(lines)}</ul>\n'
        return f"{self._value(one.values[0]) if one.values else ''}\n"


def _text(text: Any) -> str:
    """Text in HTML; most has nothing to be escaped."""
    return text if type(text) is str and not _SPECIAL.search(text) else str(escape(text))


def _marked(text: str, sought: Sought | None) -> str:
    return str(sought.marked(text)) if sought else _text(text)
