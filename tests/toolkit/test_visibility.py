# SPDX-License-Identifier: Apache-2.0
"""The public form of a record: by the place of a value, whatever branch it fits; and the same by a second way."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.book import HIDDEN, Book, load_book, public_form
from sourcebook.book.descriptor import collection_of
from sourcebook.book.visibility import is_day, visibility_of
from sourcebook.cli import main
from sourcebook.exact import loads
from sourcebook.records.model import Record
from sourcebook.validation.schemas import Schemas
from sourcebook.verify import verify
from sourcebook.verify.reduced import Reduced
from tests.conftest import BOOKS

PRIVATE = {"x-visibility": "private"}
DAY = "2026-11-30"


def book_of(schema: Any, overlay: dict[str, Any] | None = None, day: str = DAY) -> Book:
    """A book of one collection, whose records have ``schema``."""
    block = {"records": "data/*.yaml", "schema": "s.json", "visibility": overlay or {}}
    one = collection_of({"name": "boats", "sourcebook": block}, ("resources", 0))
    schemas = Schemas({"s.json": schema})
    assert schemas.valid == ("s.json",), schema
    visibility = visibility_of(schemas, [(one.name, one.schema, one.visibility)])
    return Book(Path(), {}, collections=(one,), schemas=schemas, visibility=visibility.on(day))


def public(schema: Any, value: Any, overlay: dict[str, Any] | None = None, day: str = DAY) -> Any:
    """The public form of a value, which both ways find."""
    book = book_of(schema, overlay, day)
    found = public_form(book.visibility, "boats", value)
    is_public, reduced = Reduced(book).record(Record("boats", "k", "data/k.yaml", (), 1, 0, value))
    assert (found if found is not HIDDEN else None) == reduced
    assert (found is not HIDDEN) == is_public
    return found


def properties(**schemas: Any) -> dict[str, Any]:
    return {"type": "object", "properties": schemas}


TREE = {
    "$ref": "#/$defs/tree",
    "$defs": {"tree": properties(name={}, secret={}, below={"type": "array", "items": {"$ref": "#/$defs/tree"}})},
}
DEEP = {"name": "a", "secret": "x", "below": [{"name": "b", "secret": "y", "below": [{"secret": "z", "name": "c"}]}]}


@pytest.mark.parametrize(
    ("schema", "value", "left"),
    [
        (properties(a={}, b=PRIVATE), {"a": 1, "b": 2}, {"a": 1}),
        ({**properties(a={}), **PRIVATE}, {"a": 1}, HIDDEN),
        ({"oneOf": [properties(a=PRIVATE), properties(a={"type": "integer"})]}, {"a": 1, "b": 2}, {"b": 2}),
        ({"if": properties(k={"const": 1}), "then": properties(a=PRIVATE)}, {"k": 2, "a": 3}, {"k": 2}),
        ({"if": properties(a=PRIVATE), "else": properties(b=PRIVATE)}, {"a": 1, "b": 2, "c": 3}, {"c": 3}),
        ({"patternProperties": {"^s": PRIVATE}}, {"sa": 1, "a": 2}, {"a": 2}),
        ({**properties(a={}), "additionalProperties": PRIVATE}, {"a": 1, "b": 2}, {"a": 1}),
        ({"allOf": [properties(a={})], "unevaluatedProperties": PRIVATE}, {"a": 1, "b": 2}, {}),
        (properties(a={"items": PRIVATE}), {"a": [1, 2]}, {"a": []}),
        (properties(a={"anyOf": [{"type": "string"}, {"items": PRIVATE}]}), {"a": "one"}, {}),
        (properties(a={"items": properties(b=PRIVATE)}), {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        (properties(a=properties(b=PRIVATE)), {"a": [{"b": 1}, {"c": 2}]}, {"a": [{}, {"c": 2}]}),
        ({"dependentSchemas": {"x": properties(a=PRIVATE)}}, {"a": 1}, {}),
        (properties(a={"$ref": "#/$defs/s"}, b={}) | {"$defs": {"s": PRIVATE}}, {"a": 1, "b": 2}, {"b": 2}),
        (properties(a={"contains": properties(b=PRIVATE)}), {"a": [{"b": 1}]}, {"a": [{}]}),
        (properties(a={"x-visibility": "no such"}), {"a": 1}, {}),
        (properties(a={"x-visibility": {"embargoed": "2026-11-30"}}), {"a": 1}, {"a": 1}),
        (properties(a={"x-visibility": {"embargoed": "2026-12-01"}}), {"a": 1}, {}),
    ],
)
def test_what_a_schema_keeps_back_by_place(schema: Any, value: Any, left: Any) -> None:
    before = repr(value)
    assert public(schema, value) == left
    assert repr(value) == before


def test_where_nothing_is_kept_back_it_is_the_record_itself() -> None:
    value = {"a": [{"c": 1}], "d": {}}
    assert public(properties(b=PRIVATE), value) is value


@pytest.mark.parametrize(
    ("ends", "left"),
    [
        ("2026-11-30", {"w": 1}),
        ("2026-12-01", {}),
        ("2026-11", {}),
        ("soon", {}),
        (20261130, {}),
        (["2001-01-01", "2026-12-01"], {}),
        (["2001-01-01", "2026-11-30"], {"w": 1}),
        ([], {}),
        (None, {}),
    ],
)
def test_a_record_dates_its_embargo(ends: Any, left: Any) -> None:
    path = "h.ends[]" if isinstance(ends, list) else "h.ends"
    schema = properties(w={"x-visibility": {"embargoed": {"until": path}}}, h={})
    assert public(schema, {"w": 1, "h": {"ends": ends}}) == {**left, "h": {"ends": ends}}


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-1-01", "2026-01-01 ", "２０２６-01-01", "", 2026, None, "2026-01-01\n"]
)
def test_what_is_no_day(day: Any) -> None:
    assert not is_day(day)


@pytest.mark.parametrize(
    ("overlay", "left"),
    [
        ({"secret": "private"}, {"name": "a", "below": [{"name": "b", "below": [{"name": "c"}]}]}),
        (
            {"below[].secret": "private"},
            {"name": "a", "secret": "x", "below": [{"name": "b", "below": [{"name": "c"}]}]},
        ),
        ({"below": "private"}, {"name": "a", "secret": "x"}),
        ({"below[].name": "private", "secret": "private"}, {"name": "a", "below": [{"below": [{}]}]}),
    ],
)
def test_what_the_descriptor_says_of_what_contains_itself_holds_at_any_depth(overlay: Any, left: Any) -> None:
    found = public(TREE, DEEP, overlay)
    assert found == left or ("below[].name" in overlay and found == {"below": [{"below": [{}]}]})


def test_what_the_descriptor_says_of_values_of_maps_and_of_undeclared_properties() -> None:
    overlay = {"m{}.b": "private", "free.x": "private", "un\\.declared": "private"}
    value = {"m": {"k": {"a": 1, "b": 2}}, "free": {"x": 1, "y": 2}, "un.declared": 3, "un": {"declared": 4}}
    assert public({}, value, overlay) == {"m": {"k": {"a": 1}}, "free": {"y": 2}, "un": {"declared": 4}}


# --- any schema, any value: both ways say the same --------------------------------------------------------------------

SAID = ("public", "private", {"embargoed": "2026-12-01"}, {"embargoed": {"until": "a"}})
PATHS = ("a", "b", "a.b", "a[].b", "b{}.a", "a[]", "c.c.a", "b[].a[].c")


class Made:
    """Schemas and values that are made of a number."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def schema(self, depth: int = 4) -> Any:
        random = self.random
        found: dict[str, Any] = {"x-visibility": random.choice(SAID)} if random.random() < 0.2 else {}
        if random.random() < 0.25:
            found["$ref"] = random.choice(["#/$defs/one", "#/$defs/two", "#"])
        for keyword in random.sample(list(self.KEYWORDS), random.randint(0, 3)) if depth else ():
            found[keyword] = self.KEYWORDS[keyword](self, depth - 1)
        return found

    def named(self, names: str, depth: int) -> dict[str, Any]:
        return {name: self.schema(depth) for name in names.split() if self.random.random() < 0.6}

    def listed(self, depth: int) -> list[Any]:
        return [self.schema(depth) for _ in range(self.random.randint(1, 2))]

    KEYWORDS: ClassVar[dict[str, Callable[[Made, int], Any]]] = {
        "properties": lambda made, depth: made.named("a b c", depth),
        "patternProperties": lambda made, depth: made.named("^a [bc]", depth),
        "dependentSchemas": lambda made, depth: made.named("a b", depth),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), lambda made, depth: made.listed(depth)),
        **dict.fromkeys(
            ("additionalProperties", "unevaluatedProperties", "items", "contains", "if", "then", "else", "not"),
            lambda made, depth: made.schema(depth),
        ),
    }

    def value(self, depth: int = 4) -> Any:
        random = self.random
        kind = random.random()
        if depth and kind < 0.5:
            return {name: self.value(depth - 1) for name in "abc" if random.random() < 0.7}
        if depth and kind < 0.7:
            return [self.value(depth - 1) for _ in range(random.randint(0, 3))]
        return random.choice(["x", "2001-01-01", "2999-01-01", 1, None])

    def overlay(self) -> dict[str, Any]:
        return {path: self.random.choice(SAID) for path in PATHS if self.random.random() < 0.1}


def test_both_ways_say_the_same_of_any_schema_and_value() -> None:
    kept = [0, 0, 0]
    for seed in range(1500):
        made = Made(seed)
        schema = {**made.schema(), "$defs": {"one": made.schema(2), "two": made.schema(2)}}
        value, overlay = made.value(), made.overlay()
        found = public(schema, value, overlay)
        kept[0 if found is HIDDEN else 1 if found == value else 2] += 1
    assert min(kept) > 100, kept  # hidden, wholly public, cut


# --- a book ---------------------------------------------------------------------------------------------------------


def test_a_forged_release_that_shows_what_is_private_is_found(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOKS / "embargo-day", tmp_path / "book"))
    (folder / "data/boats/gull.yaml").unlink()
    (folder / "data/boats/tern.yaml").unlink()
    path = folder / "data/boats/crane.yaml"
    path.write_text('name: Crane\ncargo: tea of a very secret kind\nclosed: {until: "2999-02-03"}\n')
    assert sourcebook.build(folder).release
    assert verify(folder).differences == ()
    assert "secret" not in (folder / "build/json/boats.json").read_text()
    for name in ("csv/boats.csv", "report.json"):
        with (folder / "build" / name).open("a") as file:
            file.write("tea of a very secret kind")
    told = {one.file for one in verify(folder).differences if "not public" in one.message}
    assert told == {"csv/boats.csv", "report.json"}


def test_a_release_cannot_say_that_it_is_of_a_day_to_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(BOOKS / "embargo-day", tmp_path / "book"))
    (folder / "data/boats/gull.yaml").unlink()
    (folder / "data/boats/tern.yaml").unlink()
    (folder / "data/boats/crane.yaml").write_text("name: Crane\ncargo: tea\nclosed: {until: 2999-02-03}\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(33_000_000_000))
    assert sourcebook.build(folder).release
    assert loads((folder / "build/report.json").read_bytes())["day"] == "3015-09-24"
    assert loads((folder / "build/json/boats.json").read_bytes())["crane"]["cargo"] == "tea"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert any("is not the value" in one.message for one in verify(folder).differences)


def test_two_records_of_which_one_is_hidden_have_no_key_together(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOKS / "refers-to-hidden", tmp_path / "book"))
    (folder / "data/boats/gull.yaml").write_text("crew: [Bo Invented]\n")
    assert sourcebook.check(folder).findings == ()
    descriptor = (folder / "datapackage.yaml").read_text()
    (folder / "datapackage.yaml").write_text(
        descriptor.replace("data/people/*.yaml", "[data/people/*.yaml, data/more/*.yaml]")
    )
    (folder / "data/more").mkdir()
    (folder / "data/more/ada.yaml").write_text("name: Ada\nclosed_until: 1999-01-01\n")
    (finding,) = sourcebook.check(folder).findings
    assert (finding.rule, finding.path) == ("key-duplicate", "data/people/ada.yaml")


def test_a_value_that_is_not_public_is_judged_as_any_other(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOKS / "visibility-differs", tmp_path / "book"))
    (folder / "data/boats/gull.yaml").write_text("name: Gull\nberth: [not, a, text]\nlog: {cargo: 1.50}\n")
    found = [(one.rule, one.line) for one in sourcebook.check(folder).findings if one.path.startswith("data/")]
    assert found == [("schema", 2), ("schema", 3)]
    told = CliRunner().invoke(main, ["check", "--book", str(folder), "--public", "--select", "schema"])
    assert told.stdout.splitlines() == [
        f"data/boats/gull.yaml:{line}: error schema: A record departs from its JSON Schema." for line in ("2:8", "3:14")
    ]


def test_a_book_without_visibility_has_no_masks_and_its_store_depends_on_no_day(tmp_path: Path) -> None:
    book = load_book(BOOKS / "orchard")
    assert not book.visibility
    assert book.visibility.fingerprint == () == replace(book.visibility, day="2999-01-01").fingerprint
