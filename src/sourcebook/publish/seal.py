# SPDX-License-Identifier: Apache-2.0
"""The seal of a release: the last line of its report, a code of the report and the checksums made by the user's key.

It tells a release that a build of this user wrote from one that came with the book, or from elsewhere.
"""

from __future__ import annotations

import hmac
import os
import re
from pathlib import Path

from sourcebook.errors import EnvironmentFailure
from sourcebook.files import open_below
from sourcebook.publish.key import Key

_MOST = 64 * 1024 * 1024  # bytes of a report or a list of checksums
_FOLDERS = 8  # that it came through, at most
_SEALED = re.compile(r'(.*),\n  "seal": "([0-9a-f]{64})"\n}\n', re.DOTALL)


def sealed(report: str, sums: str, key: Key) -> str:
    """The report of a release, a JSON object over several lines, with the seal as its last property."""
    body = report.rstrip().removesuffix("}").rstrip()
    return f'{body},\n  "seal": "{_code(body, sums, key)}"\n}}\n'


def resealed(report: str, sums: str, key: Key) -> str:
    """The same of a report that may bear a seal already, which is left out."""
    return sealed(unsealed(report), sums, key)


def unsealed(report: str) -> str:
    """A report without the seals that it may bear: one for each folder that it came through."""
    for _ in range(_FOLDERS):
        found = _SEALED.fullmatch(report)
        if found is None:
            break
        report = f"{found[1]}\n}}\n"
    return report


def is_sealed(release: Path, report: str, sums: str, key: Key) -> bool:
    """Whether the files ``report`` and ``sums`` of a release are as somebody with the ``key`` wrote them."""
    try:
        found = _SEALED.fullmatch(_text(release, report))
        return found is not None and hmac.compare_digest(found[2], _code(found[1], _text(release, sums), key))
    except (OSError, ValueError):
        return False


def _code(body: str, sums: str, key: Key) -> str:
    return key.code("release", f"{len(body)} {body}{sums}".encode("utf-8", "surrogatepass"))


def _text(release: Path, name: str) -> str:
    with open(open_below(release, name), "rb") as file:
        if os.fstat(file.fileno()).st_size > _MOST:
            raise EnvironmentFailure(f"{release / name} is larger than any that a build writes")
        return file.read().decode("utf-8", "surrogatepass")
