# SPDX-License-Identifier: Apache-2.0
"""Plain words: what a keyword of JSON Schema has against a value, names that are nearly others, values shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sourcebook.alike import difference, seen
from sourcebook.exact import dumps
from sourcebook.validation.likeness import nearest


def did_you_mean(word: object, names: Iterable[object]) -> str:
    """``did you mean 'x'?`` for the name nearest to ``word``, or the empty string where none is near."""
    near = nearest(word, names)
    return meant(str(word), near) if near else ""


def meant(word: str, near: str) -> str:
    """``did you mean 'x'?``, with what cannot be seen of a ``word`` that looks the same, or what is another in it."""
    unseen = _unseen(word, near) or odd_quotes(word)
    if not unseen and word != near and seen(word) == seen(near):
        return f"there is {near!r}, which looks the same: this has {difference(word, near)}"
    return f"did you mean {near!r}?" + (f" {_capital(unseen)}" if unseen else "")


def _unseen(word: str, near: str) -> str:
    if _plain(word) != _plain(near) or word.casefold() == near.casefold():
        return ""
    if not _UNSEEN.search(word + near):
        return "the spaces differ"
    return odd_blank(word, _UNSEEN) or f"there {odd_blank(near, _UNSEEN).partition(':')[0]}"


def _plain(text: str) -> str:
    """A text as it looks."""
    return " ".join(_UNSEEN.sub(lambda one: " " if _is_space(one[0]) else "", text).split()).casefold()


def _is_space(character: str) -> bool:
    return unicodedata.category(character) == "Zs"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# What looks like a space and is none, or is not seen at all; and the quotes of print.
_BLANK = re.compile("[\u00a0\u00ad\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_UNSEEN = re.compile(_BLANK.pattern.replace("]", "\u200c-\u200f\u202a-\u202e\u2061-\u2064]"))  # which scripts need
_TYPOGRAPHIC = "“”„‟‘’‚‛«»‹›"


def odd(text: str) -> str:
    """How to mend what is odd in a text and easily overlooked: quotes of print around it, a space that is none."""
    return odd_quotes(text) or odd_blank(text)


def odd_quotes(text: str) -> str:
    """A hint about quotes of print around ``text``; the empty string where there are none."""
    if len(text) > 1 and text[0] in _TYPOGRAPHIC and text[-1] in _TYPOGRAPHIC:
        said = f"{text[0]} and {text[-1]} are part of the text, and no quotes to YAML"
        return f'{said}: write "{text[1:-1]}", with straight ones'
    return ""


def odd_blank(text: str, characters: re.Pattern[str] = _BLANK) -> str:
    """A hint about a character that looks like a space or like nothing; the empty string where there is none."""
    found = characters.search(text)
    if not found:
        return ""
    name = unicodedata.name(found[0], "a control").lower()
    mend = "write a space" if _is_space(found[0]) else "remove it"
    return f"character {found.start() + 1} is U+{ord(found[0]):04X} ({name}), which cannot be seen: {mend}"


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
    message, hint = _PLAIN.get(keyword, _unknown)(instance, value)
    return message, (odd(instance) if isinstance(instance, str) and keyword in _OF_TEXTS else "") or hint


_OF_TEXTS = ("type", "format", "enum", "const", "pattern")  # keywords that a text may break by what is odd in it


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
    if instance is None:
        hint = "give a value, or leave the property out"
    elif isinstance(instance, dict | list):
        hint = _unfolded(instance, wanted)
    elif "string" in wanted:
        hint = f'put it in quotes to keep it as text: "{shown(instance)}"'
    elif isinstance(instance, str):
        hint = _of_text(instance, wanted)
    elif "boolean" in wanted:
        hint = "write true or false"
    elif "array" in wanted:
        hint = f"write a list: [{shown(instance)}]"
    elif wanted == ["integer"] and not isinstance(instance, bool):
        hint = "write it without a fraction; or let the schema ask for a number"
    hint = hint or ("write `key: value` lines below it, indented" if "object" in wanted else "")
    return f"{' or '.join(_TYPES.get(w, w) for w in wanted)} is expected, but this is {_kind(instance)}", hint


def _of_text(text: str, wanted: list[str]) -> str:
    """How to write a text as the number, the boolean or the list that it is meant to be."""
    if {"integer", "number"} & set(wanted) and re.search("[0-9]", text):
        return _number(text, whole="number" not in wanted)
    if "boolean" in wanted:
        if text in ("true", "false"):
            return "take the quotes away: in quotes it is text"
        return "write true or false, without quotes; yes, no, on and off are text in YAML 1.2"
    if "array" in wanted:
        if text.startswith("-"):
            return "write a space after each `-`, or it begins no item"
        return f"write a list: [{text}]" if len(text) < 40 else "write a list, each item after `- `"
    return ""


def _unfolded(instance: dict[str, Any] | list[Any], wanted: list[str]) -> str:
    """How to write a mapping or a list as what is wanted instead."""
    if isinstance(instance, list):
        if "object" in wanted:
            return "take the `- ` away, so that these are lines `key: value` of one mapping"
        return "write one value on the line of its key, without `- ` or brackets"
    if "array" in wanted:
        return "write `- ` before each item of the list"
    return "put it in quotes, if it is a text with a colon in it" if "string" in wanted else ""


def _number(text: str, *, whole: bool) -> str:
    """How to write a number that is text: quoted, with a comma, with the sign that is no hyphen."""
    if re.fullmatch(r"[-+]?[0-9]+([.][0-9]+)?", text):
        return "take the quotes away: in quotes a number is text"
    plain = text.replace("\u2212", "-").replace("\u2013", "-")
    if re.fullmatch(r"-[0-9]+([.][0-9]+)?", plain):
        return f"write the minus as a hyphen: {plain}"
    if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?", plain):
        point = f", or {plain.replace(',', '.')} if the comma is a decimal point" if plain.count(",") == 1 else ""
        return f"write it without commas: {plain.replace(',', '')}" + ("" if "." in plain or whole else point)
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", plain):
        return f"write the decimal point as a dot: {plain.replace(',', '.')}"
    if re.fullmatch(r"[-+]?[0-9]{1,3}([ _'\u00a0\u202f\u2019][0-9]{3})+", plain):
        return f"write it without spaces: {re.sub('[^-+0-9]', '', plain)}"
    alone = re.findall(r"[0-9]+(?:[.][0-9]+)?", plain)
    if len(alone) != 1 or (whole and "." in alone[0]):
        return ""
    return f"write the number alone: {alone[0]}; what else is said needs a property of its own"


def _format(instance: Any, form: Any) -> tuple[str, str]:
    from sourcebook.validation.formats import mended  # not needed where all is well

    return f"{shown(instance)} is not a valid {form}", mended(str(form), str(instance))


def _choice(instance: Any, choices: Any) -> tuple[str, str]:
    listed = ", ".join(shown(c) for c in choices[:12]) + (f" and {len(choices) - 12} more" if len(choices) > 12 else "")
    other = _TYPE_NAMES.get(str(instance).casefold(), "")
    meant_type = f"did you mean {other!r}?" if other in choices and "array" in choices else ""
    return f"{shown(instance)} is not one of {listed}", meant_type or did_you_mean(instance, choices)


# What the types of JSON Schema are called elsewhere.
_TYPE_NAMES = {
    **dict.fromkeys(("text", "str", "varchar", "char", "date", "datetime"), "string"),
    **dict.fromkeys(("int", "long"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "real", "numeric"), "number"),
    **dict.fromkeys(("list", "sequence", "set", "tuple"), "array"),
    **dict.fromkeys(("dict", "map", "mapping", "struct", "record"), "object"),
    **dict.fromkeys(("none", "nil", "empty"), "null"),
    "bool": "boolean",
}


_PLAIN: dict[str, Any] = {
    "type": _type,
    "format": _format,
    "enum": _choice,
    "const": lambda i, v: (f"{shown(i)} stands where only {shown(v)} may", f"write {shown(v)}"),
    "pattern": lambda i, v: (f"{shown(i)} does not have the form {v}", ""),
    "minLength": lambda i, v: (f"{shown(i)} has {len(i)} characters; {v} or more are needed", ""),
    "maxLength": lambda i, v: (f"a text of {len(i)} characters; {v} or fewer are allowed", ""),
    "minimum": lambda i, v: (f"{shown(i)} is less than the minimum {shown(v)}", f"write {shown(v)} or more"),
    "maximum": lambda i, v: (f"{shown(i)} is more than the maximum {shown(v)}", f"write {shown(v)} or less"),
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
