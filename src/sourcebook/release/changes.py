# SPDX-License-Identifier: Apache-2.0
"""What a release changes since the version before it, as it is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.diff.compare import diff
from sourcebook.exact import dumps
from sourcebook.publish.versions import Version
from sourcebook.release.weight import Weight, counts, weight

_NOTHING = Weight(None, (), ())


@dataclass(frozen=True)
class Changes:
    """The change set, if it can be told, as bytes; how many records changed how, and what that asks for."""

    data: bytes | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    weight: Weight = _NOTHING
    after: str = ""


def changes_since(root: Path, before: Version | None, release: Path, number: int) -> Changes:
    """What makes the ``release`` in a folder of the version ``before``, both as published.

    Without one, all of its ``number`` of records are new, and there is no change set.
    """
    if before is None:
        return Changes(counts={"added": number, "changed": 0, "removed": 0, "renamed": 0})
    compared = diff(root, str(before.folder.absolute()), str(release.absolute()))
    data = dumps(_without_old_values(compared.as_dict()), indent=1) + "\n"
    return Changes(data.encode("utf-8", "surrogatepass"), counts(compared), weight(compared), before.version)


def _without_old_values(value: Any) -> Any:
    """A change set tells what is, and not what was: so there is less to take down of what was withdrawn."""
    if isinstance(value, dict):
        return {name: _without_old_values(one) for name, one in value.items() if name not in ("old_value", "old")}
    return [_without_old_values(one) for one in value] if isinstance(value, list) else value
