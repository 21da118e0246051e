# SPDX-License-Identifier: Apache-2.0
"""Text for XML: what XML 1.0 cannot hold, such as control characters and halves of characters, stands as U+FFFD."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
_MARKED = str.maketrans(_MARKS)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escaped(text: str) -> str:
    """Text as it stands between tags, and in the quotes of an attribute."""
    return _ILLEGAL.sub("\ufffd", text).translate(_MARKED)


def element(name: str, text: str = "", **attributes: str) -> str:
    """An element with text in it, or an empty one."""
    said = "".join(f' {one}="{escaped(value)}"' for one, value in attributes.items() if value)
    return f"<{name}{said}>{escaped(text)}</{name}>\n" if text else f"<{name}{said}/>\n"
