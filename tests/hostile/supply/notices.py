# SPDX-License-Identifier: Apache-2.0
"""``THIRD-PARTY.md``: what of others' work lies in the package, under which terms; from ``requirements/vendored.json``.

The terms are the file ``LICENSE.NAME`` that lies beside it. The same files give the same bytes. It goes into the wheel
and the sdist; libraries that are installed beside the package bring their own, and the SBOM lists them.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from tests.hostile.supply.locks import ROOT
from tests.hostile.supply.sbom import vendored

NOTICES = ROOT / "THIRD-PARTY.md"
_HEAD = """\
# Works of others in Sourcebook

Sourcebook itself is under the Apache License 2.0 ([LICENSE](LICENSE)). Of others' work, the package holds the files
below, under their own terms. Libraries that are installed with it are not in it: `requirements/sbom.cdx.json` lists
them, with the licence that each says it has.

This page is made from `requirements/vendored.json` by `scripts/audit --sbom`.
"""


def notices() -> str:
    """The text of it. Raises ValueError where the terms of a work lie nowhere."""
    ours = sorted(vendored()["ours"], key=lambda one: (one["name"], one["version"], one["path"]))
    works = groupby(ours, key=lambda one: (one["name"], one["version"], one["licence"]))
    return "\n".join([_HEAD, *(_of_work(*work, list(files)) for work, files in works)])


def _of_work(name: str, version: str, licence: str, files: list[dict[str, Any]]) -> str:
    terms = [one["path"] for one in files if Path(one["path"]).name.startswith("LICENSE.")]
    if len(terms) != 1:
        raise ValueError(f"beside {name} lies no file LICENSE.{name.rpartition('/')[2]}, or more than one")
    text = (ROOT / terms[0]).read_text("utf-8").rstrip()
    rows = "\n".join(f"| `{one['path']}` | `{one['sha256']}` |" for one in files if one["path"] != terms[0])
    return f"""\
## {name} {version}

Licence: {licence}

| file | SHA-256 |
| --- | --- |
{rows}

```text
{text}
```
"""


def write() -> Path:
    """Write it to its place."""
    NOTICES.write_text(notices(), "utf-8")
    return NOTICES
