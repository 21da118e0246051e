# SPDX-License-Identifier: Apache-2.0
"""Books with one value changed to something odd: told as findings, or built and verified; never a traceback."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import sourcebook

ODD: list[Any] = [
    *(
        None,
        5,
        -1,
        1.5,
        True,
        False,
        10**30,
        "",
        "x",
        "a.b",
        "../x",
        "/abs",
        "http://example.org/",
        "*",
        "{stem}",
        "[]",
    ),
    *("id", "string", "$ref", "\u202e", "(", [], ["x"], [[]], {}, {"x": 1}, {"$ref": "#"}, {"enum": [None, 1, "a"]}),
    *({"type": "array"}, {"type": ["string", "array"]}),
]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values below ``value``."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from paths(item, (*path, key))


def mutated(value: Any, chance: random.Random) -> Any:
    """``value`` with one part of it removed, renamed or made something odd."""
    value = copy.deepcopy(value)
    path = chance.choice(list(paths(value)))
    holder = value
    for part in path[:-1]:
        holder = holder[part]
    way = chance.random()
    if way < 0.2:
        del holder[path[-1]]
    elif way < 0.3 and isinstance(holder, dict):
        holder[f"{path[-1]}x"] = holder.pop(path[-1])
    else:
        holder[path[-1]] = chance.choice(ODD)
    return value


@pytest.mark.slow
@pytest.mark.parametrize("name", ["orchard", "layouts", "nulls", "records-at-the-root"])
def test_mutants_are_told_or_built_whole(book: Callable[[str], Path], tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    folder = book(name)
    files = [folder / "datapackage.yaml", *(folder / "schemas").glob("*.json"), *(folder / "data").rglob("*.yaml")]
    files = sorted(file for file in files if "\n---" not in file.read_text("utf-8"))
    told = built = 0
    for _ in range(40):
        file = chance.choice(files)
        before = file.read_text("utf-8")
        value = yaml.safe_load(before)
        if not value:
            continue
        odd = mutated(value, chance)
        file.write_text(json.dumps(odd) if file.suffix == ".json" else yaml.safe_dump(odd), encoding="utf-8")
        result = sourcebook.build(folder)
        if result.release is None:
            assert result.checked.findings
            told += 1
        else:
            assert sourcebook.verify(folder).differences == (), (file.name, odd)
            built += 1
        file.write_text(before, encoding="utf-8")
    assert told > 5
    assert built > 2
