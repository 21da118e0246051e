# SPDX-License-Identifier: Apache-2.0
"""What the parameters of an address mean on a page of the site's own: what means nothing is told, and not passed over.

Each function says what is wrong in sentences for a reader; a page that has such answers 400, or 404 for a page of rows
that there is none of.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from sourcebook.site.answer import Asked

PAGE = "page"
"""The parameter that says which page of rows is asked for."""
_SHOWN = 80  # letters of what was typed


def wrong(asked: Asked, known: Iterable[str]) -> list[str]:
    """What is wrong with the parameters of a page that takes those that are ``known``, each of them once."""
    names = tuple(known)
    return [*unknown(asked, names), *repeated(asked, names)]


def unknown(asked: Asked, known: Container[str]) -> Iterator[str]:
    """The parameters that are not ``known``."""
    for name in asked.query:
        if name not in known:
            yield f"“{name[:_SHOWN]}” is no parameter of this page."


def repeated(asked: Asked, names: Iterable[str]) -> Iterator[str]:
    """The parameters of some ``names`` that are there more than once."""
    for name in names:
        count = len(asked.query.get(name, ()))
        if count > 1:
            yield f"“{name[:_SHOWN]}” is there {count} times. It may be there once."


def alone(asked: Asked, of: Mapping[str, str]) -> Iterator[str]:
    """The parameters that say more ``of`` another one, without that one."""
    for name, other in of.items():
        if asked.one(name) and not asked.one(other):
            yield f"“{name}” says which part of “{other}”, which is not asked for."


def number_of_page(asked: Asked) -> tuple[int, str]:
    """Which page of rows is asked for, counted from 1; or what is wrong with that, and then it is the first."""
    typed = asked.one(PAGE) or "1"
    if typed.isascii() and typed.isdigit() and len(typed) < 10 and int(typed):
        return int(typed), ""
    return 1, f"“{typed[:_SHOWN]}” is no number of a page."


def no_page(number: int, pages: int) -> str:
    """That there is no page of a number; empty where there is."""
    return f"There is no page {number:,}; the last is {pages:,}." if number > pages else ""
