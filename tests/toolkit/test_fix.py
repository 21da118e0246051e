# SPDX-License-Identifier: Apache-2.0
"""``sourcebook fix``: what is certain is mended, what is likely is told apart, and everything else says why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.amend.guesses import opposite
from sourcebook.rules import RULES
from sourcebook.rules.pages import page
from sourcebook.rules.repairs import NO_REPAIR, REPAIRS, TIDYING
from tests.toolkit.amended import book, read, run, write

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"const": "boat"},
        "name": {"type": "string"},
        "rigging": {"enum": ["sloop", "ketch", "yawl"]},
        "state": {"enum": ["disputed", "undisputed", "known"]},
        "masts": {"type": "integer"},
        "length": {"type": "number"},
        "afloat": {"type": "boolean"},
        "launched": {"type": "string", "format": "date"},
        "seen": {"type": "string", "format": "date-time"},
        "at": {"type": "string", "format": "time"},
        "page": {"type": "string", "format": "uri"},
        "code": {"type": "string", "pattern": "^[a-z]{2}-[0-9]+$"},
        "tags": {"type": "array", "items": {"enum": ["white", "grey", "slow"]}},
        "number": {"type": ["string", "integer"]},
        "berth": {"type": "object", "properties": {"quay": {"type": "string"}}, "additionalProperties": False},
        "next_to": {"type": "string", "x-references": "boats"},
        "beside": {"type": "array", "items": {"type": "string"}, "x-references": "boats"},
    },
    "additionalProperties": False,
}


def fleet(root: Path, gull: str, **others: str | bytes) -> Path:
    """A book of one boat ``gull`` with some lines, and of others."""
    files: dict[str, str | bytes] = {"data/boats/gull.yaml": f"id: gull\nname: Gull\n{gull}"}
    files |= {f"data/boats/{name}.yaml": text for name, text in others.items()}
    return book(root, {"boats": {"schema": SCHEMA, "key": "id", "label": "name"}}, files)


def mended(root: Path, *arguments: str) -> str:
    """The lines of the gull after ``sourcebook fix``."""
    told = run(root, "fix", *arguments, "--yes")
    assert told.exit_code == 0, told.output
    return read(root, "data/boats/gull.yaml").removeprefix("id: gull\nname: Gull\n")


CERTAIN = {
    "a property that is nearly one": ("riging: ketch # so\n", "rigging: ketch # so\n"),
    "in a mapping within": ("berth: {qay: north}\n", "berth: {quay: north}\n"),
    "a choice that is nearly one": ("rigging: ketsch\n", "rigging: ketch\n"),
    "other capitals": ("rigging: 'Sloop'\n", "rigging: 'sloop'\n"),
    "an item of a list": ("tags: [white, gray]\n", "tags: [white, grey]\n"),
    "an item in lines of its own": ("tags:\n- white\n- gray # or so\n", "tags:\n- white\n- grey # or so\n"),
    "letters of another alphabet": ("rigging: slооp\n", "rigging: sloop\n"),
    "a number that is to be text": ("next_to: 0193\n", 'next_to: "0193"\n'),
    "an integer in quotes": ("masts: '2'\n", "masts: 2\n"),
    "a number in quotes": ('length: "7.5"\n', "length: 7.5\n"),
    "a minus of print": ("length: −7.5\n", "length: -7.5\n"),
    "yes": ("afloat: yes\n", "afloat: true\n"),
    "true in quotes": ('afloat: "True"\n', "afloat: true\n"),
    "a day in words": ("launched: 31 May 1901\n", 'launched: "1901-05-31"\n'),
    "a day with dots": ("launched: 31.5.1901\n", 'launched: "1901-05-31"\n'),
    "a day as a number": ("launched: 19010531\n", 'launched: "1901-05-31"\n'),
    "a day that is one either way": ("launched: 5/5/1901\n", 'launched: "1901-05-05"\n'),
    "a time with a space": ("seen: 2014-05-31 18:30Z\n", 'seen: "2014-05-31T18:30:00Z"\n'),
    "spaces around": ('code: " ab-1 "\n', 'code: "ab-1"\n'),
    "a space that is none": ("code: 'ab-1\u200b'\n", "code: 'ab-1'\n"),
    "quotes of print": ("code: “ab-1”\n", "code: ab-1\n"),
    "a number that loses its text": ("number: 0193\n", 'number: "0193"\n'),
}


def together(root: Path, cases: dict[str, tuple[str, str]], *boats: tuple[str, str]) -> Path:
    """A book with a boat for each case, numbered in their order: so one run mends them all."""
    files = {f"case-{number}": f"id: case-{number}\nname: X\n{case[0]}" for number, case in enumerate(cases.values())}
    return fleet(root, "", **files, **dict(boats))


def lines(root: Path, number: int) -> str:
    """The lines of the boat of a case."""
    return read(root, f"data/boats/case-{number}.yaml").removeprefix(f"id: case-{number}\nname: X\n")


@pytest.fixture(scope="module")
def certain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = together(tmp_path_factory.mktemp("certain"), CERTAIN, ("tern", 'id: "0193"\nname: Tern\n'))
    told = run(root, "fix", "--yes")
    assert told.exit_code == 0, told.output
    return root


@pytest.mark.parametrize("name", CERTAIN)
def test_what_is_certain(certain: Path, name: str) -> None:
    assert lines(certain, list(CERTAIN).index(name)) == CERTAIN[name][1]


def test_after_what_is_certain_nothing_is_wrong(certain: Path) -> None:
    assert not sourcebook.check(certain).findings
    assert not sourcebook.fix(certain).changes


LIKELY = {
    "what may be denied": ("state: undispute\n", "state: undisputed\n"),
    "commas in a number": ("masts: 1,200\n", "masts: 1200\n"),
    "zeros before a number": ('masts: "007"\n', "masts: 7\n"),
    "a decimal comma": ("length: 7,5\n", "length: 7.5\n"),
    "one value for a list": ("tags: grey\n", "tags:\n  - grey\n"),
    "capitals": ("code: AB-1\n", "code: ab-1\n"),
    "a time for a day": ("launched: 1901-05-31T08:00:00Z\n", "launched: 1901-05-31\n"),
    "no scheme": ("page: www.example.org/gull\n", "page: https://www.example.org/gull\n"),
    "a key that is near": ("next_to: tenr\n", "next_to: tern\n"),
    "the name for the key": ("next_to: The Tern\n", "next_to: tern\n"),
}


@pytest.fixture(scope="module")
def likely(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], str]:
    """The book, its lines after a run for what is certain, and what that told."""
    root = together(tmp_path_factory.mktemp("likely"), LIKELY, ("tern", "id: tern\nname: The Tern\n"))
    first = run(root, "fix", "--yes")
    assert first.exit_code == 0, first.output
    before = [lines(root, number) for number in range(len(LIKELY))]
    assert run(root, "fix", "--likely", "--yes").exit_code == 0
    return root, before, first.output


@pytest.mark.parametrize("name", LIKELY)
def test_what_is_only_likely_is_told_and_mended_if_asked_for(likely: tuple[Path, list[str], str], name: str) -> None:
    root, before, told = likely
    number = list(LIKELY).index(name)
    assert before[number] == LIKELY[name][0]
    assert f"likely, with --likely: data/boats/case-{number}.yaml:3: " in told
    assert lines(root, number) == LIKELY[name][1]


def test_where_two_are_near_the_nearest_is_likely(tmp_path: Path) -> None:
    root = fleet(tmp_path, "rigging: kawl\n")
    properties = {**SCHEMA["properties"], "rigging": {"enum": ["yawl", "kawls"]}}
    book(root, {"boats": {"schema": {**SCHEMA, "properties": properties}, "key": "id"}}, {})
    assert 'rigging: "kawl" to "kawls" (the nearest)' in run(root, "fix", "--yes").output
    assert mended(root, "--likely") == "rigging: kawls\n"


LEFT = {
    "a day that may be two": ("launched: 03/04/2024\n", "write it as 2024-04-03 or 2024-03-04, whichever was meant"),
    "a day that there is not": ("launched: 2023-02-30\n", "what is written may mean several things, or none"),
    "a time without its offset": ("seen: 2014-05-31T18:30\n", "what is written may mean several things"),
    "the same of a time alone": ("at: '18:30'\n", "what is written may mean several things"),
    "nothing that is near": ("rigging: brigantine\n", "none of the values that the schema has is near"),
    "a property and its value": ("riging: slop\n", "'rigging' is near, but may not be so there"),
    "no property is near": ("colour: red\n", "no property that the schema has is near"),
    "no record is near": ("next_to: albatross\n", "no record is near"),
    "an example is nobody's value": ("page: no address at all\n", "what is written may mean several things"),
    "a fraction": ("masts: 1.5\n", "what is meant cannot be told"),
    "nothing": ("masts:\n", "it has no value, and what it is to be is in no file"),
}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    root = together(tmp_path_factory.mktemp("left"), LEFT)
    assert run(root, "fix", "--yes").exit_code == 0
    return root, tuple(one for path in LEFT for one in sourcebook.fix(root, None, [_file(path)]).told)


def _file(name: str) -> str:
    return f"data/boats/case-{list(LEFT).index(name)}.yaml"


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_says_why(left: tuple[Path, tuple[str, ...]], name: str) -> None:
    root, told = left
    before, why = LEFT[name]
    begin = f"not repaired: {_file(name)}:3: {'reference' if 'record' in name else 'schema'}: {why}"
    assert [one for one in told if one.startswith(begin)], told
    assert lines(root, list(LEFT).index(name)) == before


def test_a_repair_that_the_schema_would_not_have_is_none(tmp_path: Path) -> None:
    text = "beside: [tern, tren]\n"
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"]}}
    schema["properties"]["beside"] = {**SCHEMA["properties"]["beside"], "uniqueItems": True}
    root = fleet(tmp_path, text, tern="id: tern\nname: Tern\n")
    book(root, {"boats": {"schema": schema, "key": "id"}}, {})
    told = run(root, "fix", "--likely", "--yes")
    assert "no record is near to what is written, or may stand there" in told.output
    assert read(root, "data/boats/gull.yaml").endswith(text)


def test_words_that_deny_each_other_are_no_misspellings() -> None:
    for one, other in (
        ("disputed", "undisputed"),
        ("guilty", "not_guilty"),
        ("legal", "illegal"),
        ("dated", "undated"),
    ):
        assert opposite(one, other)
        assert opposite(other, one)
    for one, other in (("colr", "colour"), ("ketsch", "ketch"), ("nmae", "name")):
        assert not opposite(one, other)


# --- references -----------------------------------------------------------------------------------------------------


def test_a_reference_by_another_type_a_path_or_other_capitals(tmp_path: Path) -> None:
    said = {"boats": {"key": "id", "references": {"next_to": "boats", "after": "boats", "over": "boats"}}}
    files = {
        "data/boats/gull.yaml": "id: 7\nname: Gull\n",
        "data/boats/tern.yaml": "id: Tern\nname: Tern\nnext_to: '7'\nafter: data/boats/Tern.yaml\nover: TERN\n",
    }
    root = book(tmp_path, said, files)
    assert run(root, "fix", "reference", "--yes").exit_code == 0
    assert read(root, "data/boats/tern.yaml") == "id: Tern\nname: Tern\nnext_to: 7\nafter: Tern\nover: Tern\n"


# --- texts that cannot be parsed ------------------------------------------------------------------------------------

TEXTS = {
    "tabs for indentation": ("berth:\n\tquay: north\n", "berth:\n  quay: north\n"),
    "tabs within": ("berth:\n\tquay: north # a\ttab\n", "berth:\n  quay: north # a\ttab\n"),
    "a space of print after a colon": ("rigging:\u00a0ketch\n", "rigging: ketch\n"),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_text_that_cannot_be_parsed(tmp_path: Path, name: str, line_end: str) -> None:
    before, after = (text.replace("\n", line_end) for text in TEXTS[name])
    root = fleet(tmp_path, before)
    told = run(root, "fix", "yaml-syntax", "--yes")
    assert told.exit_code == 0, told.output
    assert read(root, "data/boats/gull.yaml") == f"id: gull\nname: Gull\n{after}"
    assert sourcebook.check(root).ok


def test_a_tab_that_may_be_of_any_width(tmp_path: Path) -> None:
    text = "berth:\n    quay:\n\tnorth: 1\n"  # two spaces belong to the berth, eight to the quay
    root = fleet(tmp_path, text)
    told = run(root, "fix", "--yes")
    assert "yaml-syntax: what is meant depends on how many columns a tab is wide" in told.output
    assert read(root, "data/boats/gull.yaml").endswith(text)


LIKELY_TEXTS = {
    "no space after a colon": ("rigging:ketch\nmasts: 2\n", "rigging: ketch\nmasts: 2\n"),
    "a dash of print": ("tags:\n– grey\n– white\n", "tags:\n- grey\n- white\n"),
    "a colon in a text": ("code: a: b\n", 'code: "a: b"\n'),
    "an address": ("code: @gull\n", 'code: "@gull"\n'),
}


@pytest.mark.parametrize("name", LIKELY_TEXTS)
def test_a_text_of_which_it_is_likely(tmp_path: Path, name: str) -> None:
    before, after = LIKELY_TEXTS[name]
    root = fleet(tmp_path, before)
    told = run(root, "fix", "yaml-syntax", "--yes")
    assert (told.exit_code, "likely, with --likely: data/boats/gull.yaml: " in told.output) == (0, True), told.output
    proposal = sourcebook.fix(root, "yaml-syntax", likely=True)
    assert [one.after for one in proposal.changes] == [f"id: gull\nname: Gull\n{after}".encode()]


def test_json_with_a_comma_after_the_last(tmp_path: Path) -> None:
    text = '[\n  {"id": "gull", "tags": [1, 2,],},\n]\n'
    said = {"boats": {"records": "data/boats.json", "layout": "list", "key": "id"}}
    root = book(tmp_path, said, {"data/boats.json": text})
    assert run(root, "fix", "--yes").exit_code == 0
    assert read(root, "data/boats.json") == '[\n  {"id": "gull", "tags": [1, 2]}\n]\n'


def test_utf_16_and_windows_1252(tmp_path: Path) -> None:
    root = fleet(
        tmp_path, "", tern="id: tern\nname: Tern\n".encode("utf-16"), skua="id: skua\nname: Skúa\n".encode("cp1252")
    )
    assert run(root, "fix", "yaml-encoding", "--yes").exit_code == 0
    assert read(root, "data/boats/tern.yaml") == "id: tern\nname: Tern\n"
    assert run(root, "fix", "yaml-encoding", "--likely", "--yes").exit_code == 0
    assert read(root, "data/boats/skua.yaml") == "id: skua\nname: Skúa\n"


def test_what_is_untidy_is_tidied_and_values_stay(tmp_path: Path) -> None:
    text = "rigging: ketch   \nberth: \n  quay: |  \n    north  \n    quay\t\n  \n# a comment  "
    root = fleet(tmp_path, text)
    before = sourcebook.check(root)
    assert mended(root) == "rigging: ketch\nberth:\n  quay: |\n    north  \n    quay\t\n\n# a comment\n"
    assert before.ok
    nothing = run(root, "fix", "--yes")
    assert (nothing.exit_code, "nothing to be changed" in nothing.output) == (0, True)


def test_a_page_keeps_the_line_breaks_of_its_text(tmp_path: Path) -> None:
    said = {"pages": {"records": "data/*.md", "layout": "front-matter"}}
    root = book(tmp_path, said, {"data/a.md": "---\ntitle: A  \n---\nA line  \nand another"})
    assert run(root, "fix", "--yes").exit_code == 0
    assert read(root, "data/a.md") == "---\ntitle: A\n---\nA line  \nand another"


# --- which -----------------------------------------------------------------------------------------------------------


def test_only_a_rule_and_only_some_files(tmp_path: Path) -> None:
    root = fleet(tmp_path, "riging: ketch\nnumber: 0193\n", tern="id: tern\nname: Tern\nriging: ketch\n")
    assert run(root, "fix", "schema", "data/boats/gull.yaml", "--yes").exit_code == 0
    assert read(root, "data/boats/gull.yaml").endswith("rigging: ketch\nnumber: 0193\n")
    assert read(root, "data/boats/tern.yaml").endswith("riging: ketch\n")
    assert run(root, "fix", "data/boats", "--yes").exit_code == 0
    assert sourcebook.check(root).ok


def test_a_rule_that_there_is_not_and_a_file_that_there_is_not(tmp_path: Path) -> None:
    root = fleet(tmp_path, "")
    told = run(root, "fix", "unquoted-numbr")
    assert (told.exit_code, "did you mean 'unquoted-number'?" in told.output) == (2, True)
    assert run(root, "fix", "schema", "data/none.yaml").exit_code == 2


def test_fifty_in_one_go_and_one_line_each(tmp_path: Path) -> None:
    others = {f"b{number}": f"id: b{number}\nname: B {number}\nriging: ketch # so\n" for number in range(50)}
    root = fleet(tmp_path, "", **others)
    told = run(root, "fix", "schema", "--yes")
    assert "fix schema: 50 repairs in 50 files" in told.output
    assert read(root, "data/boats/b49.yaml") == "id: b49\nname: B 49\nrigging: ketch # so\n"


def test_what_is_left_fifty_times_is_told_once(tmp_path: Path) -> None:
    others = {f"b{number}": f"id: b{number}\nname: B {number}\ncolour: red\n" for number in range(50)}
    told = run(fleet(tmp_path, "", **others), "fix", "--dry-run")
    assert (
        "not repaired: 50 times: schema: no property that the schema has is near: data/boats/b0.yaml:3" in told.output
    )


# --- what is said of it ----------------------------------------------------------------------------------------------


def test_every_rule_says_whether_it_has_a_repair() -> None:
    assert not (REPAIRS.keys() | NO_REPAIR.keys()) - RULES.keys()
    assert not REPAIRS.keys() & NO_REPAIR.keys()
    assert not TIDYING.keys() & RULES.keys()


@pytest.mark.parametrize("rule", REPAIRS)
def test_the_page_of_a_rule_with_a_repair_says_so(rule: str) -> None:
    told = " ".join(page(rule).split())
    assert f"`sourcebook fix {rule}` mends" in told
    for words in (REPAIRS[rule].certain, REPAIRS[rule].likely):
        assert words in told


def test_a_book_that_has_nothing_wrong(tmp_path: Path) -> None:
    root = fleet(tmp_path, "")
    write(root, "data/boats/tern.yaml", "id: tern\nname: Tern\n")
    assert not sourcebook.fix(root).changes


def test_what_was_hidden_behind_a_text_that_cannot_be_parsed_is_mended_with_it(tmp_path: Path) -> None:
    tern = "id: tern\nname: Tern\nnext_to: nobody\n"  # of which nothing could be said while the gull could not be read
    root = fleet(tmp_path, "riging: ketch\nberth:\n\tquay: north\ncolour: red\n", tern=tern)
    told = run(root, "fix", "--yes")
    assert told.exit_code == 0, told.output
    assert "fix: 2 repairs in 1 file" in told.output
    assert "not repaired: data/boats/gull.yaml:6: schema: no property that the schema has is near" in told.output
    assert "not repaired: data/boats/tern.yaml:3: reference: no record is near" in told.output
    assert read(root, "data/boats/gull.yaml").endswith("rigging: ketch\nberth:\n  quay: north\ncolour: red\n")


def test_a_reference_to_a_key_that_has_moved(tmp_path: Path) -> None:
    moved = (
        "- {collection: boats, key: tern, to: old-tern, on: 2026-11-30}\n"
        "- {collection: boats, key: old-tern, to: skua, on: 2026-11-30}\n"
    )
    root = fleet(tmp_path, "next_to: tern # or so\nbeside:\n- old-tern\n", skua="id: skua\nname: Skua\n")
    write(root, "curation/moved.yaml", moved)
    assert mended(root, "reference") == "next_to: skua # or so\nbeside:\n- skua\n"


def test_a_repair_after_which_something_else_would_be_wrong_is_not_made_and_keeps_no_other(tmp_path: Path) -> None:
    root = fleet(tmp_path, "next_to: 12\nriging: ketch\n", tern="id: tern\nname: Tern\nriging: ketch\n")
    told = run(root, "fix", "--yes")
    assert told.exit_code == 0, told.output
    why = 'mended, it would be reference: "12" is not in boats'
    assert f"not repaired: data/boats/gull.yaml:3: {why}" in told.output
    assert read(root, "data/boats/tern.yaml").endswith("rigging: ketch\n")
    assert read(root, "data/boats/gull.yaml").endswith("next_to: 12\nrigging: ketch\n")


@pytest.mark.parametrize("verb", [("fix",), ("set", "boats.masts", "2"), ("new", "boats", "skua")])
def test_a_book_whose_schema_is_wrong(tmp_path: Path, verb: tuple[str, ...]) -> None:
    root = fleet(tmp_path, "masts: '1'\n")
    broken = {**SCHEMA, "properties": {**SCHEMA["properties"], "masts": {"$ref": "my defs.json"}}}
    book(root, {"boats": {"schema": broken, "key": "id"}}, {})
    told = run(root, *verb, "--dry-run")
    assert told.exit_code in (0, 1), told.output


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_keyword_of_a_schema_and_a_property_of_the_descriptor(tmp_path: Path, line_end: str) -> None:
    schema = "type: object\nrequierd: [name]\nproperties:\n  name: {type: string, minlength: 1} # so\n"
    root = book(tmp_path, {"boats": {"schema": "schemas/boat.yaml"}}, {"data/boats/gull.yaml": "name: Gull\n"})
    write(root, "schemas/boat.yaml", schema.replace("\n", line_end))
    assert run(root, "fix", "--yes").exit_code == 0
    assert read(root, "schemas/boat.yaml") == schema.replace("\n", line_end).replace("minlength", "minLength")
    assert run(root, "fix", "schema-misspelt", "--likely", "--yes").exit_code == 0
    assert read(root, "schemas/boat.yaml") == schema.replace("\n", line_end).replace("minlength", "minLength").replace(
        "requierd", "required"
    )
    assert sourcebook.check(root).ok


def test_a_keyword_after_which_records_would_be_wrong_is_left_to_a_curator(tmp_path: Path) -> None:
    schema = "type: object\nproperties:\n  name: {type: string, minlength: 9}\n"
    root = book(tmp_path, {"boats": {"schema": "schemas/boat.yaml"}}, {"data/boats/gull.yaml": "name: Gull  \n"})
    write(root, "schemas/boat.yaml", schema)
    told = run(root, "fix", "--yes")
    assert told.exit_code == 0, told.output
    assert 'mended, it would be schema: "Gull" has 4 characters; 9 or more are needed' in told.output
    assert read(root, "schemas/boat.yaml") == schema
    assert read(root, "data/boats/gull.yaml") == "name: Gull\n"


# --- every layout ----------------------------------------------------------------------------------------------------

SMALL = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("id", "body", "code")},
        "rigging": {"enum": ["sloop", "ketch"]},
    },
    "additionalProperties": False,
}
LAYOUTS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "list": (
        {"records": "data/b.yaml", "layout": "list", "key": "id"},
        "data/b.yaml",
        "- id: gull\n  riging: ketch # one\n- {id: heron, rigging: slop, code: 012}",
        '- id: gull\n  rigging: ketch # one\n- {id: heron, rigging: sloop, code: "012"}\n',
    ),
    "map": (
        {"records": "data/b.yaml", "layout": "map"},
        "data/b.yaml",
        "gull:\r\n    riging: 'ketch'  \r\nheron: {rigging: slop}\r\n",
        "gull:\r\n    rigging: 'ketch'\r\nheron: {rigging: sloop}\r\n",
    ),
    "documents": (
        {"records": "data/b.yaml", "layout": "documents", "key": "id"},
        "data/b.yaml",
        "\ufeffid: gull\nriging: ketch\n---\nid: heron\nrigging: slop\n",
        "\ufeffid: gull\nrigging: ketch\n---\nid: heron\nrigging: sloop\n",
    ),
    "front matter": (
        {"records": "data/b/*.md", "layout": "front-matter"},
        "data/b/gull.md",
        "---\r\nriging: sloop\r\ncode: 012\r\n---\r\nriging: slop  \r\nstays.",
        '---\r\nrigging: sloop\r\ncode: "012"\r\n---\r\nriging: slop  \r\nstays.',
    ),
    "json": (
        {"records": "data/b.json", "layout": "list", "key": "id"},
        "data/b.json",
        '[ {"id": "gull",\t"riging":"ketch"}, {"id": "heron", "rigging" : "slop", "code": 12} ]',
        '[ {"id": "gull",\t"rigging":"ketch"}, {"id": "heron", "rigging" : "sloop", "code": "12"} ]\n',
    ),
    "json lines": (
        {"records": "data/b.jsonl", "layout": "documents", "key": "id"},
        "data/b.jsonl",
        '{"id": "gull", "riging": "ketch"}\n\n{"id": "heron", "rigging": "slop",}',
        '{"id": "gull", "rigging": "ketch"}\n\n{"id": "heron", "rigging": "sloop"}\n',
    ),
    "tabs below a mark": (
        {"records": "data/b.yaml", "layout": "map"},
        "data/b.yaml",
        "\ufeffgull:\r\n\trigging: ketch\r\nheron:\r\n\triging: ketch",
        "\ufeffgull:\r\n  rigging: ketch\r\nheron:\r\n  rigging: ketch\r\n",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout(tmp_path: Path, name: str) -> None:
    said, path, before, wanted = LAYOUTS[name]
    root = book(tmp_path, {"boats": {**said, "schema": SMALL}}, {path: before})
    told = run(root, "fix", "--yes")
    assert told.exit_code == 0, told.output
    assert read(root, path) == wanted
    assert not sourcebook.fix(root).changes
