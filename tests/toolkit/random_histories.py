# SPDX-License-Identifier: Apache-2.0
"""Random histories of a book in git: records and keys, files and layouts, schemas, collections, branches and merges."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sourcebook.exact import dumps
from tests.toolkit.plain_data import scalars

LAYOUTS = {
    "file": ("records: data/{}/*.yaml", False),
    "deeper": ("records: data/all/{}/*.yaml", False),
    "json": ("records: data/{}/*.json", False),
    "list": ("{{records: data/{}.yaml, layout: list, key: code}}", True),
    "inside": ("{{records: data/{}.yaml, layout: list, key: about.code}}", True),
    "lists": ("{{records: data/{}/*.yaml, layout: list, key: code}}", True),
    "map": ("{{records: data/{}.yaml, layout: map}}", False),
    "lines": ("{{records: data/{}.jsonl, layout: documents, key: code}}", True),
}
TYPES = {
    "text": {"type": "string"},
    "count": {"type": "integer"},
    "any": {},
    "few": {"enum": ["low", "high", 'with "quotes", and\nlines']},
    "texts": {"type": "array", "items": {"type": "string"}},
    "parts": {"type": "object", "properties": {"one": {"type": "number"}, "two": {"type": "string"}}},
    "rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "number"}}}},
}
_TEXT = st.sampled_from(["", "a", "ğ ı|`<", "two\nlines", "a,b", '"', "1.0", "no", "\u2028", "x" * 300])
_NUMBERS = st.integers(-3, 3) | st.sampled_from([1.0, 1e16, 1e-7, 2.5, 10**15])
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "text": _TEXT,
    "count": st.integers(-9, 10**6),
    "any": scalars() | st.lists(scalars(), max_size=3) | st.dictionaries(st.sampled_from(["9", "1", "b"]), scalars()),
    "few": st.sampled_from(TYPES["few"]["enum"]),
    "texts": st.lists(_TEXT, max_size=3),
    "parts": st.fixed_dictionaries({}, optional={"one": _NUMBERS, "two": _TEXT}),
    "rows": st.lists(st.fixed_dictionaries({}, optional={"n": _NUMBERS}), max_size=3),
}
KEYS = ["ash", "beech", "cedar", "dulse", "elm", "fir"]


@dataclass
class Collection:
    """What a collection is: its layout, the types of its properties by name, and its records by key."""

    layout: str = "file"
    properties: dict[str, str] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)


State = dict[str, Collection]
Edit = Callable[[State], None]


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """One edit of a state: what it asks for is drawn beforehand, so that it can be made on any branch."""
    kind = draw(
        st.sampled_from(
            [
                "add",
                "add",
                "change",
                "change",
                "remove",
                "rename",
                "turn",
                "layout",
                "type",
                "column",
                "column_off",
                "collection",
                "collection_off",
                "collection_renamed",
            ]
        )
    )
    name = draw(st.sampled_from(["trees", "weeds", "stones"]))
    key, other = draw(st.permutations(KEYS))[:2]
    column = draw(st.sampled_from(["p", "q", "r"]))
    kind_of = draw(st.sampled_from(sorted(TYPES)))
    layout = draw(st.sampled_from(sorted(LAYOUTS)))
    values = {column: draw(VALUES[kind_of])}
    by_type = {one: draw(strategy) for one, strategy in VALUES.items()}

    def edit(state: State) -> None:
        one = state.get(name)
        if kind == "collection":
            state.setdefault(name, Collection(layout, {column: kind_of}, {key: values, other: values}))
        elif kind == "collection_off" and len(state) > 1:
            state.pop(name, None)
        elif kind == "collection_renamed" and one and f"{name}-2" not in state:
            state[f"{name}-2"] = state.pop(name)
        elif one is None:
            return
        elif kind in ("add", "change"):
            fits = {column: by_type[of] for column, of in one.properties.items()}
            if (key in one.records) == (kind == "change"):
                one.records[key] = fits
        elif kind == "remove":
            one.records.pop(key, None)
        elif kind == "rename" and key in one.records and other not in one.records:
            one.records[other] = one.records.pop(key)
        elif kind == "turn":
            one.records = dict(reversed(one.records.items()))
        elif kind == "layout":
            one.layout = layout
        elif kind in ("type", "column"):
            one.properties[column] = kind_of
            for record in one.records.values():
                record[column] = by_type[kind_of]
        elif kind == "column_off" and len(one.properties) > 1:
            one.properties.pop(column, None)
            for record in one.records.values():
                record.pop(column, None)

    return edit


@st.composite
def histories(draw: st.DrawFn) -> list[State]:
    """The states of a book: along a branch, along another one, and as these are merged."""
    first: State = {"trees": Collection("file", {"p": "text"}, {"ash": {"p": "a"}, "elm": {"p": "b"}})}
    start = draw(st.lists(edits(), max_size=6))
    ours, theirs = draw(st.lists(edits(), min_size=1, max_size=5)), draw(st.lists(edits(), max_size=4))
    return [
        _made(first, start),
        _made(first, start + ours),
        _made(first, start + theirs),
        _made(first, start + ours + theirs),
    ]


def _made(first: State, some: list[Edit]) -> State:
    state = deepcopy(first)
    for edit in some:
        edit(state)
        state = deepcopy(state)  # no two records share a value
    return state


def write(folder: Path, state: State, version: str = "1.0.0") -> None:
    """The book of a state, in a folder in which nothing else is kept."""
    for path in folder.iterdir():
        if path.name not in (".git", "build"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    resources = ""
    files: dict[str, str] = {".gitignore": "build/\n"}
    for name, one in state.items():
        block, inside = LAYOUTS[one.layout]
        block = block.format(name)
        block = block if block.startswith("{") else f"{{{block}}}"
        block = block.replace("{", f"{{may_be_empty: true, schema: schemas/{name}.json, ", 1)
        paths = f"path: build/csv/{name}.csv, schema: build/tableschema/{name}.json"
        resources += f"  - {{name: {name}, {paths}, sourcebook: {block}}}\n"
        about = {"about": {"type": "object", "properties": {"code": {"type": "string"}}}}
        key = {} if not inside else about if one.layout == "inside" else {"code": {"type": "string"}}
        properties = {**key, **{column: TYPES[of] for column, of in one.properties.items()}}
        files[f"schemas/{name}.json"] = dumps({"type": "object", "properties": properties})
        files |= _files(name, one)
    files["datapackage.yaml"] = (
        f"name: random\nversion: {version}\nlicenses: [{{name: CC0-1.0}}]\nresources:\n{resources}"
    )
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


def _files(name: str, one: Collection) -> dict[str, str]:
    inside: Callable[[str], dict[str, Any]] = lambda key: {"code": key}  # noqa: E731
    if one.layout == "inside":
        inside = lambda key: {"about": {"code": key}}  # noqa: E731
    values = {key: {**inside(key), **value} if LAYOUTS[one.layout][1] else value for key, value in one.records.items()}
    if one.layout == "file":
        return {f"data/{name}/{key}.yaml": dumps(value) for key, value in values.items()}
    if one.layout == "deeper":
        return {f"data/all/{name}/{key}.yaml": dumps(value) for key, value in values.items()}
    if one.layout == "json":
        return {f"data/{name}/{key}.json": dumps(value) for key, value in values.items()}
    if one.layout in ("list", "inside"):
        return {f"data/{name}.yaml": "".join(f"- {dumps(value)}\n" for value in values.values()) or "[]\n"}
    if one.layout == "map":
        return {f"data/{name}.yaml": "".join(f"{key}: {dumps(value)}\n" for key, value in values.items()) or "{}\n"}
    if one.layout == "lists":
        parts = {"z": list(values.values())[::2], "a": list(values.values())[1::2]}
        some = {part: "".join(f"- {dumps(value)}\n" for value in of) for part, of in parts.items()}
        return {f"data/{name}/{part}.yaml": text or "[]\n" for part, text in some.items()}
    return {f"data/{name}.jsonl": "\n".join(dumps(value) for value in values.values())} if values else {}


def git(folder: Path, *arguments: str) -> str:
    """Git in a folder, as somebody who does not exist."""
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    said = subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True)
    return said.stdout.strip()


def commit(folder: Path, states: list[State]) -> list[str]:
    """The states of `histories` as commits, the last of which is a merge; their names."""
    names = []
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number, state in enumerate(states):
        if number == 2:
            git(folder, "switch", "--quiet", "--create", "side", names[0])
        write(folder, state, f"1.{number}.0")
        git(folder, "add", "--all")
        if number == len(states) - 1:
            tree = git(folder, "write-tree")
            merge = git(folder, "commit-tree", tree, "-p", names[1], "-p", names[2], "-m", "Both")
            git(folder, "reset", "--quiet", "--hard", merge)
        else:
            git(folder, "commit", "--quiet", "--allow-empty", "--message", "A state")
        names.append(git(folder, "rev-parse", "HEAD"))
    return names
