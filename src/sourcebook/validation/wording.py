# SPDX-License-Identifier: Apache-2.0
"""Plain words: what a keyword of JSON Schema has against a value, names that are nearly others, values shown."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from typing import Any

from sourcebook.exact import dumps


def nearest(word: object, names: Iterable[object]) -> str:
    """The name nearest to ``word``, or the empty string where none is near."""
    folded = {str(name).casefold(): str(name) for name in names}
    near = difflib.get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else ""


def did_you_mean(word: object, names: Iterable[object]) -> str:
    """``did you mean 'x'?`` for the name nearest to ``word``, or the empty string where none is near."""
    near = nearest(word, names)
    return f"did you mean {near!r}?" if near else ""


def many(count: int, what: str) -> str:
    """A count of things: ``1 record``, ``1,000 records``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def shown(value: Any, most: int = 60) -> str:
    """A value as JSON, cut to ``most`` characters."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = dumps(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def words(keyword: str, instance: Any, value: Any) -> tuple[str, str]:
    """Message and hint about an ``instance`` that breaks ``keyword`` with the ``value`` that a schema gives it."""
    return _PLAIN.get(keyword, _unknown)(instance, value)  # type: ignore[no-any-return]


def _unknown(_instance: Any, value: Any) -> tuple[str, str]:
    return f"it breaks the schema's rule {shown(value)}", ""


_TYPES = {
    "null": "empty (null)",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "number": "a number",
    "integer": "an integer",
    "string": "text",
}


def _kind(value: Any) -> str:
    if value is None:
        return "empty (null)"
    if isinstance(value, bool):
        return f"the boolean {dumps(value)}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    return shown(value) if isinstance(value, dict | list) else f"the number {shown(value)}"


def _type(instance: Any, expected: Any) -> tuple[str, str]:
    wanted = [expected] if isinstance(expected, str) else list(expected)
    hint = ""
    if "string" in wanted and not isinstance(instance, dict | list | None):
        hint = f'put it in quotes to keep it as text: "{shown(instance)}"'
    elif isinstance(instance, str):
        if {"integer", "number"} & set(wanted) and re.search("[0-9]", instance):
            hint = _number(instance)
        elif "boolean" in wanted:
            hint = "write true or false, without quotes; yes, no, on and off are text in YAML 1.2"
        elif "array" in wanted:
            hint = f"write a list: [{instance}]" if len(instance) < 40 else "write a list, each item after `- `"
    elif instance is None:
        hint = "give a value, or leave the property out"
    return f"{' or '.join(_TYPES.get(w, w) for w in wanted)} is expected, but this is {_kind(instance)}", hint


def _number(text: str) -> str:
    """How to write a number that is text: quoted, with a comma, with the sign that is no hyphen."""
    if re.fullmatch(r"[-+]?[0-9]+([.][0-9]+)?", text):
        return "take the quotes away: in quotes a number is text"
    plain = text.replace("\u2212", "-").replace("\u2013", "-")
    if re.fullmatch(r"-[0-9]+([.][0-9]+)?", plain):
        return f"write the minus as a hyphen: {plain}"
    if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?", plain):
        point = f", or {plain.replace(',', '.')} if the comma is a decimal point" if plain.count(",") == 1 else ""
        return f"write it without commas: {plain.replace(',', '')}" + ("" if "." in plain else point)
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", plain):
        return f"write the decimal point as a dot: {plain.replace(',', '.')}"
    if re.fullmatch(r"[-+]?[0-9]{1,3}([ _'\u00a0\u202f\u2019][0-9]{3})+", plain):
        return f"write it without spaces: {re.sub('[^-+0-9]', '', plain)}"
    return ""


_FORMS = {
    "date": "write it as 2014-05-31, a day that exists",
    "date-time": "write it as 2014-05-31T18:30:00Z",
    "time": "write it as 18:30:00Z",
    "uri": "write a whole address with ASCII characters only, such as https://example.org/page",
    "iri": "write a whole address, such as https://example.org/page",
    "email": "write it as name@example.org",
    "uuid": "write it as 123e4567-e89b-12d3-a456-426614174000",
}


def _format(instance: Any, form: Any) -> tuple[str, str]:
    hint = _FORMS.get(form, "")
    parts = re.fullmatch(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})", str(instance)) if form == "date" else None
    if parts and _is_day(*map(int, parts.groups())):
        hint = f"write it as {parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}"
    return f"{shown(instance)} is not a valid {form}", hint


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(datetime.date(year, month, day))
    except ValueError:
        return False


def _choice(instance: Any, choices: Any) -> tuple[str, str]:
    listed = ", ".join(shown(c) for c in choices[:12]) + (f" and {len(choices) - 12} more" if len(choices) > 12 else "")
    return f"{shown(instance)} is not one of {listed}", did_you_mean(instance, choices)


_PLAIN: dict[str, Any] = {
    "type": _type,
    "format": _format,
    "enum": _choice,
    "const": lambda i, v: (f"{shown(i)} stands where only {shown(v)} may", ""),
    "pattern": lambda i, v: (f"{shown(i)} does not have the form {v}", ""),
    "minLength": lambda i, v: (f"{shown(i)} has {len(i)} characters; {v} or more are needed", ""),
    "maxLength": lambda i, v: (f"a text of {len(i)} characters; {v} or fewer are allowed", ""),
    "minimum": lambda i, v: (f"{shown(i)} is less than the minimum {shown(v)}", ""),
    "maximum": lambda i, v: (f"{shown(i)} is more than the maximum {shown(v)}", ""),
    "exclusiveMinimum": lambda i, v: (f"{shown(i)} is not more than {shown(v)}", ""),
    "exclusiveMaximum": lambda i, v: (f"{shown(i)} is not less than {shown(v)}", ""),
    "multipleOf": lambda i, v: (f"{shown(i)} is not a multiple of {shown(v)}", ""),
    "minItems": lambda i, v: (f"a list of {len(i)}; {v} or more are needed", ""),
    "maxItems": lambda i, v: (f"a list of {len(i)}; {v} or fewer are allowed", ""),
    "minProperties": lambda i, v: (f"{len(i)} properties; {v} or more are needed", ""),
    "maxProperties": lambda i, v: (f"{len(i)} properties; {v} or fewer are allowed", ""),
    "contains": lambda _i, _v: ("no item of the list is what the schema asks at least one to be", ""),
    "minContains": lambda _i, v: (f"fewer than {v} items of the list are what the schema asks so many to be", ""),
    "maxContains": lambda _i, v: (f"more than {v} items of the list are what the schema allows so many to be", ""),
    "items": lambda i, _v: (f"the list has more items ({len(i)}) than the schema allows", ""),
    "additionalItems": lambda i, _v: (f"the list has more items ({len(i)}) than the schema allows", ""),
    "None": lambda _i, _v: ("nothing may stand here", ""),
    "not": lambda _i, _v: ("this combination is one that the schema forbids", ""),
}
