# SPDX-License-Identifier: Apache-2.0
"""A page of the site made, in any thread or process: the answer, and the same packed; and those that are kept."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass

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
    """Answers that were made, the last ones that were asked for."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, ...], Made] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, ...]) -> Made | None:
        """What was made for this ``key``; None where it is not kept."""
        if key in self._made:
            self._made.move_to_end(key)
        return self._made.get(key)

    def keep(self, key: tuple[str, ...], made: Made) -> None:
        """Keep what was made, if it will be the same again and is not too large; others go for it."""
        once = made.answer.pieces is not None or made.answer.status != 200
        if once or made.size > _LARGEST or key in self._made:
            return
        self._made[key] = made
        self._size += made.size
        while self._size > _MOST:
            self._size -= self._made.popitem(last=False)[1].size
