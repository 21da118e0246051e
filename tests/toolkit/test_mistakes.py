# SPDX-License-Identifier: Apache-2.0
"""What a schema finds, in a curator's words: one finding a mistake, and of alternatives the one that was meant."""

from __future__ import annotations

from typing import Any

import pytest

from sourcebook.validation.schemas import check

HOTEL: dict[str, Any] = {
    "title": "Hotel",
    "type": "object",
    "required": ["kind", "rooms"],
    "additionalProperties": False,
    "properties": {"kind": {"const": "hotel"}, "rooms": {"type": "integer"}, "stars": {"type": "integer"}},
}
CAMP = {
    "title": "Camp site",
    "type": "object",
    "required": ["kind", "pitches"],
    "additionalProperties": False,
    "properties": {"kind": {"const": "camp"}, "pitches": {"type": "integer"}},
}
PLACE = {"oneOf": [HOTEL, CAMP]}
REFERRED = {"anyOf": [{"$ref": "#/$defs/inn"}, {"$ref": "#/$defs/camp"}], "$defs": {"inn": HOTEL, "camp": CAMP}}
UNTITLED: dict[str, Any] = {
    "anyOf": [
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        {
            "type": "object",
            "required": ["b"],
            "properties": {"b": {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}}},
        },
    ]
}


def told(instance: Any, schema: Any) -> list[str]:
    return [
        f"/{'/'.join(map(str, one.path))}: {one.message}{f' [{one.hint}]' if one.hint else ''}"
        for one in check(instance, schema)
    ]


@pytest.mark.parametrize(
    ("instance", "schema", "expected"),
    [
        pytest.param(
            {"kind": "hotel", "rooms": "many", "pitches": 3, "stars": 2},
            PLACE,
            [
                "/pitches: the property 'pitches' is unknown here (as 'Hotel') [known here: kind, rooms, stars]",
                "/rooms: an integer is expected, but this is the text \"many\" (as 'Hotel')",
            ],
            id="a const decides, though the other branch has fewer mistakes",
        ),
        pytest.param(
            {"kind": "camp", "rooms": 3},
            REFERRED,
            [
                "/: the property 'pitches' is missing (as 'camp') [add `pitches: …`]",
                "/rooms: the property 'rooms' is unknown here (as 'camp') [known here: kind, pitches]",
            ],
            id="a branch is named by its $ref",
        ),
        pytest.param(
            {"kind": "hotl", "rooms": 3},
            PLACE,
            ['/kind: "hotl" is not one of "hotel", "camp" [did you mean \'hotel\'?]'],
            id="a value that no branch has",
        ),
        pytest.param(
            {"rooms": 3},
            PLACE,
            ["/: the property 'kind' is missing [the alternatives are 'Hotel', 'Camp site']"],
            id="what every branch needs",
        ),
        pytest.param(
            {"b": {"x": "no", "y": "no"}},
            UNTITLED,
            [
                '/b/x: an integer is expected, but this is the text "no" (as alternative 2)',
                '/b/y: an integer is expected, but this is the text "no" (as alternative 2)',
            ],
            id="deep mistakes rather than a missing property, and a position for a name",
        ),
        pytest.param(
            {"kind": "hotel", "rooms": {"x": "two"}},
            {
                "oneOf": [
                    {**HOTEL, "properties": {**HOTEL["properties"], "rooms": UNTITLED["anyOf"][1]}},
                    {"title": "Inn", "required": ["beds"], "properties": {"kind": {"const": "inn"}}},
                ]
            },
            ["/rooms: the property 'b' is missing (as 'Hotel') [add `b: …`]"],
            id="a branch is named once",
        ),
        pytest.param(
            {"a": 1, "zz": 2},
            {"anyOf": [False, {"properties": {"a": {}}, "additionalProperties": False}]},
            ["/zz: the property 'zz' is unknown here [known here: a]"],
            id="an alternative that nothing fits is never meant",
        ),
        pytest.param(
            3,
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            [
                (
                    "/: text or empty (null) is expected, but this is the number 3 [put it in quotes to "
                    'keep it as text: "3"]'
                )
            ],
            id="alternatives of type are one",
        ),
        pytest.param(
            "redd",
            {"oneOf": [{"const": "red", "title": "Red"}, {"const": "green"}]},
            ['/: "redd" is not one of "red", "green" [did you mean \'red\'?]'],
            id="alternatives of values are one",
        ),
        pytest.param(
            {"rooms": 1},
            {"oneOf": [{"required": ["rooms"]}, {"properties": {"rooms": {"minimum": 1}}}]},
            [
                (
                    "/: it fits more than one of the alternatives; it must fit exactly one "
                    "[leave out what belongs to the others]"
                )
            ],
            id="too many fit",
        ),
        pytest.param(
            {"nme": "Ash"},
            {"required": ["name"], "properties": {"name": {}}, "additionalProperties": False},
            ["/nme: the property 'nme' is unknown here [did you mean 'name'?]"],
            id="a misspelt property is one mistake",
        ),
        pytest.param(
            {"nme": "Ash"},
            {"required": ["name"], "allOf": [{"properties": {"name": {}}}], "unevaluatedProperties": False},
            ["/nme: the property 'nme' is unknown here [did you mean 'name'?]"],
            id="a misspelt property where parts declare the properties",
        ),
        pytest.param(
            {"name": 3},
            {"allOf": [{"properties": {"name": {"type": "string"}}}], "unevaluatedProperties": False},
            ['/name: text is expected, but this is the number 3 [put it in quotes to keep it as text: "3"]'],
            id="a property is not unknown because it is wrong",
        ),
        pytest.param(
            {"kind": "x"},
            {
                "required": ["name"],
                "allOf": [{"required": ["name"]}, {"if": {"required": ["kind"]}, "then": {"required": ["name"]}}],
            },
            ["/: the property 'name' is missing [add `name: …`]"],
            id="required in three places",
        ),
        pytest.param(
            "",
            {"type": "string", "minLength": 1, "pattern": "^[a-z]+$"},
            ['/: "" does not have the form ^[a-z]+$'],
            id="pattern and length are one",
        ),
        pytest.param(
            3,
            {"type": "string", "enum": ["3", "4"]},
            ['/: text is expected, but this is the number 3 [put it in quotes to keep it as text: "3"]'],
            id="type and enum are one",
        ),
        pytest.param(
            "2014-5-1",
            {"format": "date", "pattern": "^....-..-..$"},
            ['/: "2014-5-1" is not a valid date [write it as 2014-05-01]'],
            id="format and pattern are one; the form the day has",
        ),
        pytest.param(
            {"Bad": 1},
            {"propertyNames": {"pattern": "^[a-z]+$"}},
            ['/Bad: a name of a property: "Bad" does not have the form ^[a-z]+$'],
            id="the name of a property",
        ),
    ],
)
def test_one_mistake_is_said_once(instance: Any, schema: Any, expected: list[str]) -> None:
    assert told(instance, schema) == expected


def test_two_mistakes_are_two() -> None:
    schema = {
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "year": {"type": "integer"}},
        "additionalProperties": False,
    }
    assert len(told({"year": "soon", "colour": "red"}, schema)) == 3


def test_patterns_that_python_does_not_know_are_no_crash() -> None:
    schema = {"patternProperties": {r"^\p{Lu}+$": {"type": "integer"}}, "additionalProperties": False}
    assert told({"ÄÖ": "x", "a": 1}, schema) == [
        '/ÄÖ: an integer is expected, but this is the text "x"',
        "/a: the property 'a' is unknown here",
    ]
    loose = {"allOf": [{"patternProperties": {r"^\p{Lu}+$": {}}}], "unevaluatedProperties": False}
    assert len(told({"a": 1}, loose)) == 1
