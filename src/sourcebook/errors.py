# SPDX-License-Identifier: Apache-2.0
"""What is raised: only what is wrong with the call or the environment. What is wrong in a book is returned."""

from __future__ import annotations


class SourcebookError(Exception):
    """Base of what the package raises on purpose; the message is one plain sentence."""


class UsageError(SourcebookError):
    """The call does not fit: no book here, no build yet, an unknown argument."""


class EnvironmentFailure(SourcebookError):
    """The machine does not let the work be done: disk, permissions, a lock."""


def run_out(error: BaseException) -> str:
    """What this machine has no more of, in words, where an error says that: memory or threads; else the empty text.

    Neither is raised as what it is by all that runs out of it: without threads, Python raises RuntimeError.
    """
    if isinstance(error, MemoryError):
        return "no memory is left"
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return "no more threads may be started"
    return ""


class NotThere(UsageError, KeyError):
    """A book has no such collection, record, property or table. It is a ``KeyError`` too."""

    __str__ = Exception.__str__  # and not as KeyError shows a key
