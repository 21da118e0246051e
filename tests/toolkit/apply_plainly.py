# SPDX-License-Identifier: Apache-2.0
"""Change sets applied by the standard library alone, from docs/reference/change-sets.md: what another program would do.

``python apply_plainly.py PACKAGE SET NEW``. It knows nothing of the toolkit, and is not told how that does it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def expect(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"refused: {what}")


def documents(old: Path, name: str, one: dict[str, Any]) -> bytes:
    lines: list[str] = []
    if one["old_path"] is not None:
        data = (old / one["old_path"]).read_bytes()
        expect(sha256(data) == one["was"], f"{name} is another")
        if one["was"] == one["sha256"]:
            return data
        lines = [line.removesuffix(",") for line in data.decode().split("\n")[1:-2]]
        old_keyed = data[:1] == b"{"
    for change in one["changed"] + one["removed"]:
        line = lines[change["at"]]
        text = line[json.JSONDecoder().raw_decode(line)[1] + 1 :] if old_keyed else line
        expect(sha256(text.encode()) == change["was"], f"{change['key']} is another")
    gone = {removed["at"] for removed in one["removed"]}

    def line_of(entry: dict[str, Any]) -> str:
        key = json.dumps(entry["key"], ensure_ascii=False) + ":" if one["keyed"] else ""
        return key + str(entry["document"])

    for change in one["changed"]:
        lines[change["at"]] = line_of(change)
    if one["order"] is None:
        kept = [line for at, line in enumerate(lines) if at not in gone]
    else:
        kept = [line for start, count in one["order"] for line in lines[start : start + count]]
    for added in sorted(one["added"], key=lambda entry: int(entry["at"])):
        kept.insert(added["at"], line_of(added))
    begin, end = "{}" if one["keyed"] else "[]"
    return "\n".join([begin, *([",\n".join(kept)] if kept else []), end, ""]).encode()


def file(old: Path, name: str, one: dict[str, Any]) -> bytes:
    data = (old / one["old_path"]).read_bytes() if one["old_path"] is not None else b""
    expect(one["old_path"] is None or sha256(data) == one["was"], f"{name} is another")
    if one["parts"] is None:
        return data
    lines = data.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    made = [
        part.encode() if isinstance(part, str) else b"".join(lines[part[0] : part[0] + part[1]])
        for part in one["parts"]
    ]
    return b"".join(made)


def apply(old: Path, change_set: dict[str, Any], new: Path) -> None:
    expect(change_set["format"] == "sourcebook change set 1", "it is no change set")
    expect(sha256((old / "datapackage.json").read_bytes()) == change_set["from"]["sha256"], "it is for another package")
    made = {one["path"]: (documents(old, name, one), one) for name, one in change_set["collections"].items()}
    made |= {path: (file(old, path, one), one) for path, one in change_set["files"].items()}
    for path, (data, one) in made.items():
        expect(len(data) == one["bytes"] and sha256(data) == one["sha256"], f"{path} came out otherwise")
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        (new / path).write_bytes(data)


if __name__ == "__main__":
    apply(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_bytes()), Path(sys.argv[3]))
