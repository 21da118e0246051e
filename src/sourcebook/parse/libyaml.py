# SPDX-License-Identifier: Apache-2.0
"""stub"""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.parse.events import Event


def may_read(text: str) -> bool:
    return False


def events(text: str) -> Iterator[Event]:
    yield from ()
