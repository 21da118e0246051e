# SPDX-License-Identifier: Apache-2.0
"""Conditions of a request: what a reader says to have already (RFC 9110, section 13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formatdate

_TAG = re.compile(r'(W/)?("[^"]*")')


def date(seconds: float) -> str:
    """A time as headers have it."""
    return formatdate(int(seconds), usegmt=True)


def decided(headers: Mapping[str, str], tag: str, changed: str) -> int:
    """What conditions come to, of a file by its ETag and when it was ``changed``: 200, 304 or 412.

    A date is only compared for being the same: a release that was taken back has older files again.
    """
    if "if-match" in headers and not _has(headers["if-match"], tag, weak=False):
        return 412
    if "if-none-match" in headers:
        return 304 if _has(headers["if-none-match"], tag, weak=True) else 200
    return 304 if changed and headers.get("if-modified-since") == changed else 200


def is_same(if_range: str | None, tag: str, changed: str) -> bool:
    """Whether a part that is asked for goes with those that a reader has: a header If-Range says of what these are."""
    return if_range is None or if_range.strip() in ({tag, changed} - {""})


def _has(tags: str, tag: str, *, weak: bool) -> bool:
    if tags.strip() == "*":
        return True
    return any(found[2] == tag and (weak or not found[1]) for found in _TAG.finditer(tags))
