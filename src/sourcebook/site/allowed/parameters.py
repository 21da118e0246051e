# SPDX-License-Identifier: Apache-2.0
"""What the parameters of an address may be: how many, how long, and of which form those that Datasette trusts.

Datasette fails where it trusts a form that a parameter has not, and works long where there are many. The names are
those that the sources of 0.65 and of the 1.0 alpha know.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Sequence

Pairs = Sequence[tuple[str, str]]

LONGEST = 16_000
"""Bytes of a query as it is sent: a letter of most alphabets takes six of them."""
_LONGEST_VALUE = 8_000  # characters
MOST = 100
"""Parameters of an address."""
MOST_ROWS = 1000
"""Rows of a page, as the settings of a release say."""

_MOST_OF = {"_where": 10, "_through": 5, "_sort": 1, "_sort_desc": 1, "_next": 1, "_size": 1, "sql": 1}
_MOST_FACETS = 10
_MOST_FILTERS = 50
_NUMBERS = {"_timelimit": 60_000, "_ttl": 86_400, "_page": 1_000_000, "_facet_size": MOST_ROWS, "_size": MOST_ROWS}
_OR_MOST = {"_facet_size", "_size"}  # for which ``max`` may be said
_YES_OR_NO = {"_json_infinity", "_labels", "_nl"}
_DEEPEST = 100_000  # rows of a view that are passed over, since each of them is made
_FACETS = re.compile(r"_facet(_(?!size$)\w*)?", re.ASCII)


def wrong(pairs: Pairs, *, view: bool) -> str:
    """What is wrong with parameters, in words; empty where nothing is. ``view`` says that they are asked of a view."""
    if len(pairs) > MOST:
        return f"The address has {len(pairs):,} parameters. It may have {MOST}."
    counted = Counter(name for name, _ in pairs)
    many = next((name for name, most in _MOST_OF.items() if counted[name] > most), "")
    if many:
        times = "once" if _MOST_OF[many] == 1 else f"{_MOST_OF[many]} times"
        return f"{many} is there {counted[many]} times. It may be there {times}."
    facets = sum(is_facet(name) for name, _ in pairs)
    if facets > _MOST_FACETS:
        return f"The values of {facets} columns are to be counted. {_MOST_FACETS} can be at once."
    if "sql" not in counted and (filters := sum(map(is_filter, counted.elements()))) > _MOST_FILTERS:
        return f"There are {filters} filters. There may be {_MOST_FILTERS}."
    return next((told for pair in pairs if (told := _wrong(*pair, view=view))), "")


def is_filter(name: str) -> bool:
    """Whether a parameter is a filter of a column, or a search in one."""
    return not name.startswith("_") or "__" in name or name.startswith("_search_")


def is_facet(name: str) -> bool:
    """Whether the values of a column are counted by a parameter."""
    return _FACETS.fullmatch(name) is not None


def _wrong(name: str, value: str, *, view: bool) -> str:
    shown = ascii(name)[1:-1][:40] or "A parameter without a name"
    if "\0" in name or ("\0" in value and not name.startswith("_search")):  # a search looks for words alone
        return f"{shown} has a character in it that no text has, U+0000."
    if len(value) > _LONGEST_VALUE or len(name) > _LONGEST_VALUE:
        return f"{shown} is longer than {_LONGEST_VALUE:,} characters."
    if name in _NUMBERS and value:
        return _no_number(name, value)
    if name in _YES_OR_NO and value.lower() not in ("on", "off", "true", "false", "1", "0"):
        return f"{name} has to be on or off."
    if name == "_next" and view and value and not (_is_number(value) and int(value) <= _DEEPEST):
        return f"_next has to be a whole number, {_DEEPEST} at most: for rows further down the database is a download."
    if is_facet(name) and value.startswith("{") and not _has_texts(value, "column", "simple"):
        return f"{shown} has to be the name of a column, or a JSON object that names one as column."
    if name.endswith(("__in", "__notin")) and value.startswith("[") and not _is_list(value):
        return f"{shown} has to be values with commas between them, or a JSON array of them."
    if name == "_through" and not all(_has_texts(value, one) for one in ("table", "column", "value")):
        return "_through has to be a JSON object of table, column and value."
    return ""


def _no_number(name: str, value: str) -> str:
    most = _NUMBERS[name]
    if (name in _OR_MOST and value == "max") or (_is_number(value) and int(value) <= most):
        return ""
    return f"{name} has to be a whole number from 0 to {most}{' or max' if name in _OR_MOST else ''}."


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) is not None


def _has_texts(value: str, *names: str) -> bool:
    """Whether a text is a JSON object that has a text or a number by one of some names."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and any(
        isinstance(found.get(name), (str, int, float)) and not isinstance(found[name], bool) for name in names
    )


def _is_list(value: str) -> bool:
    try:
        return all(isinstance(one, (str, int, float)) for one in json.loads(value))
    except (ValueError, RecursionError):
        return False


_LIKE = re.compile(r"__(not)?(like|contains|startswith|endswith)$")
_WILD = re.compile(r"[%_]")
_MOST_WILD = 2  # in a pattern that is no more work than reading the text once or twice
_FEW_FILTERS = 5  # each of which may read all rows


def are_sql(pairs: Pairs, names: Collection[str]) -> bool:
    """Whether parameters are SQL, or as much work as SQL can be: patterns, counts of values, many filters.

    ``names`` are those that are SQL by themselves.
    """
    if sum(is_filter(name) for name, _ in pairs) > _FEW_FILTERS:
        return True
    return any(name in names or is_facet(name) or _is_work(name, value) for name, value in pairs)


def _is_work(name: str, value: str) -> bool:
    if name.endswith("__glob"):
        return len(re.findall(r"[*?\[]", value)) > _MOST_WILD
    return _LIKE.search(name) is not None and len(_WILD.findall(value)) > _MOST_WILD
