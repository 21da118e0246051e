# SPDX-License-Identifier: Apache-2.0
"""A page of the site made, in any thread or process: the answer, and the same packed; and those that are kept."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.packing import gains, packed
from sourcebook.site.published import Published

_MOST = 24 * 1024 * 1024  # bytes of answers
_LARGEST = 512 * 1024

log = logging.getLogger("sourcebook.site")


@dataclass(frozen=True, slots=True)
class Made:
    """An answer that was made, and its body packed where that gains something."""

    answer: Answer
    packed: bytes | None

    @property
    def is_lasting(self) -> bool:
        """Whether it would be the same each time, and is whole."""
        return self.answer.pieces is None and self.answer.status == 200

    @property
    def size(self) -> int:
        """Bytes that it takes to keep it."""
        return len(self.answer.body) + len(self.packed or b"")


def made(opened: Published, asked: Asked) -> Made:
    """The page that is asked for. Raises MemoryError; what else fails is a page that says so, and told to the log."""
    try:
        answer = routes.answer(opened, asked)
    except MemoryError:
        raise
    except Exception:  # whatever it is: the reader is told that it is ours, and the log says what
        log.exception("the page at %.200r failed", "/".join(asked.path))
        told = "This page failed. That is a mistake of ours, and not of yours."
        answer = Answer.refusal(told, 500, data=asked.data)
    return Made(answer, packed(answer.body) if gains(answer.body, answer.media_type) else None)


class Kept:
    """What was made, as far as it was asked for last."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, ...], tuple[Any, int]] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, ...]) -> Any:
        """What was made for this ``key``; None where it is not kept."""
        if key not in self._made:
            return None
        self._made.move_to_end(key)
        return self._made[key][0]

    def keep(self, key: tuple[str, ...], made: Any, size: int) -> None:
        """Keep what was made, of ``size`` bytes, unless it is too large; others go for it."""
        if size > _LARGEST or key in self._made:
            return
        self._made[key] = made, size
        self._size += size
        while self._size > _MOST:
            self._size -= self._made.popitem(last=False)[1][1]
