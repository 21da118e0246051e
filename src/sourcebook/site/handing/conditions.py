# SPDX-License-Identifier: Apache-2.0
"""Conditions of a request: what a reader says to have already (RFC 9110, section 13)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TAG = re.compile(r'(W/)?("[^"]*")')


def decided(headers: Mapping[str, str], tag: str) -> int:
    """What conditions come to, of a file by its ETag: 200, 304 or 412.

    Dates are not heeded: where all files are made to have the same one, as in images that are built again with the same
    bytes, it stays while a file changes.
    """
    if "if-match" in headers and not _has(headers["if-match"], tag, weak=False):
        return 412
    if "if-none-match" in headers:
        return 304 if _has(headers["if-none-match"], tag, weak=True) else 200
    return 200


def is_same(if_range: str | None, tag: str) -> bool:
    """Whether a part that is asked for goes with those that a reader has: a header If-Range says of what these are."""
    return if_range is None or if_range.strip() == tag


def _has(tags: str, tag: str, *, weak: bool) -> bool:
    if tags.strip() == "*":
        return True
    return any(found[2] == tag and (weak or not found[1]) for found in _TAG.finditer(tags))
