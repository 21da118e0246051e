# SPDX-License-Identifier: Apache-2.0
"""Texts that are code, put through every field of a book and every part of an address, and opened in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sourcebook.parse import parse

HERE = Path(__file__).parent


def payloads() -> Mapping[str, list[str]]:
    """The texts of ``payloads.yaml``, by kind."""
    read = parse((HERE / "payloads.yaml").read_bytes(), "payloads.yaml")
    assert read.findings == ()
    found: Mapping[str, list[str]] = read.documents[0].value
    return found


def every(least: int = 0) -> list[str]:
    """All payloads; or with ``least`` at least so many of them, of every kind the same number from its beginning on."""
    kinds = [list(texts) for texts in payloads().values()]
    if not least:
        return [text for texts in kinds for text in texts]
    each = -(-least // len(kinds))
    return [text for texts in kinds for text in texts[:: max(1, len(texts) // each)][:each]]
