# SPDX-License-Identifier: Apache-2.0
"""A page of the site made: the answer, and the same packed. It may be made in any thread or process."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.packing import gains, packed
from sourcebook.site.published import Published

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
