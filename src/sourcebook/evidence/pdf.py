# SPDX-License-Identifier: Apache-2.0
"""The text of a PDF, as pypdf reads it: its door. Nothing is recognised that is not there as text."""

from __future__ import annotations

import io

import pypdf

from sourcebook.evidence.refused import Refused

VERSION = f"pypdf {pypdf.__version__}"
_PAGES = 5_000


def text_of(data: bytes, longest: int) -> str:
    """The text of all pages, an empty line between them. Raises `Refused` where it cannot be read or is too long."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("it is encrypted")
    if len(reader.pages) > _PAGES:
        raise Refused(f"it has more than {_PAGES:,} pages")
    pages, size = [], 0
    for page in reader.pages:
        pages.append(page.extract_text())
        size += len(pages[-1])
        if size > longest:
            raise Refused(f"its text has more than {longest:,} characters")
    return "\n\n".join(page.strip() for page in pages)
