# SPDX-License-Identifier: Apache-2.0
"""Where the site lies, and how current it is, as other programs are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sourcebook.content.addresses import Addresses
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_PART = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


def root(opened: Published, asked: Asked) -> str:
    """The whole address of the site's root, with a slash at its end: where the book says that its site is.

    Where it does not say, as the site was asked for; the path alone, where a request named no host.
    """
    return opened.site.address or here(asked)


def here(asked: Asked) -> str:
    """The whole address of the root as the site was asked for: it leads to what answers."""
    return asked.site or asked.base


def whole(opened: Published, asked: Asked) -> Addresses:
    """Whole addresses of pages, that may be kept and cited."""
    return Addresses(root(opened, asked), opened.site.name)


def reached(opened: Published, asked: Asked) -> Addresses:
    """Whole addresses of pages below the book's own, as these answer without leading on, or leading nowhere."""
    return asked.at(opened.site.name, root(opened, asked))


def nearby(opened: Published, asked: Asked) -> Addresses:
    """Whole addresses of pages as the site was asked for."""
    return asked.at(opened.site.name, here(asked))


def moment(text: str) -> str:
    """A date as RFC 3339 has moments: the beginning of a day, a month or a year. Empty where the text is no date."""
    part = _PART.fullmatch(text)
    if part:
        text = f"{part[1]}-{part[2] or '01'}-{part[3] or '01'}T00:00:00Z"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text if _MOMENT.fullmatch(text) else ""


def released(opened: Published) -> str:
    """When the release was made, as far as anything but a clock says it: the descriptor, or the commit."""
    about = opened.site.about_book
    dates = (about.get("released"), about.get("created"), opened.source.get("committed"))
    return next((known for one in dates if one and (known := moment(str(one)))), "")


def licences(opened: Published) -> Iterator[str]:
    """The addresses of the licences."""
    return (one.url for one in opened.about.licences if one.url)


def in_line(text: object) -> str:
    """Text in one line."""
    return " ".join(str(text).split())
