# SPDX-License-Identifier: Apache-2.0
"""Hostile books: a sample of what ``scripts/hostile-books`` tries, and what holds the limits that it found missing."""

from __future__ import annotations

import json
import os
import random
import re
import time
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.matching import Matcher, _is_plain, _Places
from sourcebook.parse import parse
from tests.hostile.books import kinds
from tests.hostile.books.kinds.schemas import _doubling
from tests.hostile.books.model import RECORD, SCHEMA, Case, book, descriptor, resource
from tests.hostile.books.run import named, results

_EACH = 4  # generators of a kind, spread over it
# What takes long, or nearly the memory there is, by what it is to be: the script tries these.
_SLOW = (
    "nesting.twice_each_key",
    "schemas.backtracking",
    "schemas.unique",
    "columns.very_many",
    "descriptor.many_resources",
    "nesting.anchors",
)


def _numbers(kind: str) -> list[int]:
    """The cases of a kind that are tried here, each of another generator."""
    names = [name for name, _ in named(kind)]
    return [number for number in range(0, len(names), max(1, len(names) // _EACH)) if names[number] not in _SLOW]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [f"{kind.name}." for kind in kinds.ALL])
def test_a_hostile_book_gives_a_result_or_findings_at_a_line(kind: str) -> None:
    tried = list(results(14, _numbers(kind), kind))
    assert len(tried) >= _EACH - 1
    went_wrong = [one for one in tried if one.wrong]
    assert not went_wrong, "\n".join(f"{one.number} {one.name}: {'; '.join(one.wrong)}" for one in went_wrong)


def test_every_generator_says_what_it_makes_and_makes_the_same_again() -> None:
    for name, generator in named():
        assert (generator.__doc__ or "").endswith("."), name
        assert generator(Random("7")).files == generator(Random("7")).files, name


def _old(pattern: str) -> re.Pattern[str]:
    """A pattern as one regular expression, which tries all ways in which stars can share a name."""
    wild = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    out, position = [], 0
    for found in re.finditer(r"\*\*/|\*\*|\*|\?|\[!?[^]/]+\]", pattern):
        out += [re.escape(pattern[position : found.start()]), wild.get(found[0]) or found[0].replace("[!", "[^", 1)]
        position = found.end()
    return re.compile("".join(out) + re.escape(pattern[position:]), re.DOTALL)


def test_patterns_match_what_their_expressions_do() -> None:
    chance = random.Random(3)
    parts = ("*", "**", "**/", "?", "a", "b", "/", "[ab]", "[!a]", ".")
    plain = 0
    for _ in range(6_000):
        pattern = "".join(chance.choice(parts) for _ in range(chance.randint(1, 7)))
        plain += _is_plain(pattern)
        ours, places, old = Matcher([pattern]), _Places(pattern), _old(pattern)
        for _ in range(5):
            path = "".join(chance.choice("aab/.b/") for _ in range(chance.randint(0, 7)))
            wanted = old.fullmatch(path) is not None
            assert ours.fullmatch(path) == places.reach(path) == wanted, (pattern, path)
    assert 500 < plain < 5_500, "both ways of matching were tried"


@pytest.mark.parametrize("pattern", ["*a" * 30 + "b", "**/a/" * 25 + "b", "?*" * 30 + "b", "**a" * 30 + "b"])
def test_many_stars_take_no_time(pattern: str) -> None:
    begun = time.process_time()
    assert not Matcher([pattern]).fullmatch("a" * 250)
    assert not Matcher([pattern]).fullmatch("a/" * 1_000)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(("pattern", "path"), [("[z-a].yaml", "b.yaml"), ("[[]", "["), ("[a&&b]", "&"), ("[!]", "!")])
def test_odd_choices_are_no_mistake_of_an_expression(pattern: str, path: str) -> None:
    assert Matcher([pattern]).fullmatch(path) is (pattern != "[z-a].yaml")


def _found(case: Case, folder: Path) -> list[str]:
    case.write(folder / "book")
    return [str(one) for one in sourcebook.check(folder / "book").findings if one.level == "error"]


@pytest.mark.parametrize("keyword", ["anyOf", "allOf", "oneOf"])
def test_a_schema_that_doubles_with_each_reference_is_told(tmp_path: Path, keyword: str) -> None:
    schema = _doubling(keyword, 18, {"type": "object"})
    assert _found(book(RECORD, schema), tmp_path) == [
        "schemas/lights.schema.json:1:" + str(json.dumps(schema).index('"#/$defs/d0"') + 1) + ": error schema-invalid: "
        "the schema is more than 20,000 schemas once it is written out"
    ]


def test_references_that_never_end_are_told(tmp_path: Path) -> None:
    definitions = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(3_000)}
    found = _found(book(RECORD, {"$defs": {**definitions, "d3000": SCHEMA}, "$ref": "#/$defs/d0"}), tmp_path)
    assert len(found) == 1
    assert "more than 100 levels deep once its references are written out" in found[0]


def test_a_schema_may_refer_to_itself(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "in": {"$ref": "#"}}}
    assert _found(book(b"name: a\nin: {name: b, in: {name: c}}\n", schema), tmp_path) == []


def test_text_that_aliases_repeat_is_counted() -> None:
    text = b"x: &x " + b"y" * 1_000_000 + b"\nmany: [" + b", ".join([b"*x"] * 2_000) + b"]\n"
    (found,) = parse(text, "a.yaml").findings
    assert (found.rule, found.line) == ("yaml-limit", 2)
    assert found.message == "aliases repeat more than 16 million characters of text"


def test_aliases_of_all_documents_of_a_file_are_counted_together() -> None:
    one = b"--- {a: &a [" + b"1," * 500 + b"], b: [" + b"*a," * 100 + b"]}\n"
    assert parse(one, "a.yaml").findings == ()
    assert [found.rule for found in parse(one * 3, "a.yaml").findings] == ["yaml-limit"]


@pytest.mark.parametrize("path", ["a.yaml", "a.json"])
def test_mistakes_without_end_are_counted_and_not_all_told(path: str) -> None:
    line = b"k: 1\n" if path == "a.yaml" else b'"k": 1,'
    text = line * 5_000 if path == "a.yaml" else b"{" + line * 5_000 + b'"z": 1}'
    found = parse(text, path).findings
    assert 1 <= len(found) <= 1_001
    assert found[-1].message == "3,999 more such mistakes, from here on"


def test_folders_in_folders_are_told_where_they_are_too_many(tmp_path: Path) -> None:
    case = book(records="data/lights/**/*.yaml")
    case.files["data/lights/" + "d/" * 150 + "deep.yaml"] = RECORD
    (found,) = _found(case, tmp_path)
    assert re.match(r"data/lights/(d/)+d:1:1: error file-kind: the folder lies more than 100 folders deep", found)


@pytest.mark.parametrize("limits", [{"bytes": 10**12}, {"depth": 121}, {"expansion": 10**9}, {"digits": 10**6}])
def test_a_book_cannot_lift_what_protects_the_machine(tmp_path: Path, limits: dict[str, int]) -> None:
    (found,) = _found(book(said=descriptor(sourcebook={"limits": limits})), tmp_path)
    assert found.startswith("datapackage.yaml:")
    assert " error descriptor: " in found


@pytest.mark.parametrize("depth", [64, 119])
@pytest.mark.parametrize("undeclared", ["json", "tables"])
def test_as_deep_as_a_book_may_ask_for_is_published_and_verified(tmp_path: Path, depth: int, undeclared: str) -> None:
    case = book(
        b"name: a\nother: " + b"[" * (depth - 1) + b"]" * (depth - 1) + b"\n",
        said=descriptor(resource(undeclared=undeclared), sourcebook={"limits": {"depth": 120}}),
    )
    case.write(tmp_path / "book")
    assert sourcebook.build(tmp_path / "book").release is not None
    assert sourcebook.verify(tmp_path / "book").ok


@pytest.mark.parametrize(
    "verb", [["schema", "show"], ["where", "lights", "low"], ["mutate", "--each", "1", "--jobs", "1"]]
)
def test_json_for_programs_holds_nothing_that_steers_a_terminal(tmp_path: Path, verb: list[str]) -> None:
    odd = "a\x9b\u202eb"
    schema = {"type": "object", "properties": {"name": {"type": "string", "title": odd, "description": odd}, odd: {}}}
    record = json.dumps({"name": odd, odd: odd}).encode()
    book(record, schema).write(tmp_path / "book")
    ran = CliRunner().invoke(main, [*verb, "--book", str(tmp_path / "book"), "--format", "json"])
    assert ran.exit_code == 0
    assert not {"\x9b", "\u202e"} & set(ran.output)
    json.loads(ran.stdout)


def test_more_columns_than_an_expression_is_deep_are_searchable(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(1_500)}}
    book(b"p7: seven\n", schema).write(tmp_path / "book")
    assert sourcebook.build(tmp_path / "book").release is not None


def test_lists_past_the_last_table_of_a_collection_are_kept_as_json(tmp_path: Path) -> None:
    lists = {f"p{n}": {"type": "array", "items": {"type": "string"}} for n in range(400)}
    book(b"p7: [seven]\np399: [last]\n", {"type": "object", "properties": lists}).write(tmp_path / "book")
    assert sourcebook.build(tmp_path / "book").release is not None
    with sourcebook.database(tmp_path / "book") as made:
        assert made["lights_p7"].count == 1
        assert not made["lights_p399"].exists()
        assert next(iter(made["lights"].rows))["p399"] == '["last"]'
        assert len([name for name in made.table_names() if name.startswith("lights") and "_fts" not in name]) == 150
    report = json.loads((tmp_path / "book/build/report.json").read_text())
    assert "more lists than the 150 tables of a collection" in json.dumps(report["tables"])
    assert sourcebook.verify(tmp_path / "book").ok


def test_a_cell_full_of_quotes_is_verified_in_time(tmp_path: Path) -> None:
    wide = b", ".join(b"k%d: %d" % (n, n) for n in range(100))
    lines = [b"name: a", b"wide: &w {%s}" % wide, b"many:", *[b"  - {<<: *w, own: 1}"] * 500]
    book(b"\n".join(lines) + b"\n").write(tmp_path / "book")
    assert sourcebook.build(tmp_path / "book").release is not None
    begun = time.process_time() + sum(os.times()[2:4])
    assert sourcebook.verify(tmp_path / "book").ok
    assert time.process_time() + sum(os.times()[2:4]) - begun < 15


@pytest.mark.parametrize("name", ["a" * 300 + ".json", "x/" + "a" * 300 + "/b.json", "a/" * 3_000 + "x.json"])
def test_a_reference_to_a_name_that_no_disk_has_is_told(tmp_path: Path, name: str) -> None:
    (found,) = _found(book(RECORD, {"type": "object", "properties": {"name": {"$ref": name}}}), tmp_path)
    assert found.startswith("schemas/lights.schema.json:1:52: error schema-reference: $ref ")


@pytest.mark.parametrize("one", [7, None, True, [], {}])
@pytest.mark.parametrize("key", ["records", "ignore"])
def test_what_is_no_path_in_a_list_of_paths_is_told(tmp_path: Path, key: str, one: object) -> None:
    said = descriptor(resource(records=[one])) if key == "records" else descriptor(sourcebook={"ignore": [one]})
    found = _found(book(said=said), tmp_path)
    assert found
    assert all(re.match(r"datapackage\.yaml:\d+:\d+: error descriptor: ", each) for each in found), found
