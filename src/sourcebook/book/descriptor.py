# SPDX-License-Identifier: Apache-2.0
"""The descriptor, ``datapackage.yaml``: what is wrong with it, and the collections it names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sourcebook.book.annotations import about_of, overlaid, page_of, relays_of, roles_of
from sourcebook.book.elsewhere import OF_READING, of_file_systems, of_reading
from sourcebook.book.formats import ALL, FORMATS
from sourcebook.book.model import Collection, Conditions, Each, Target, Way, as_tuple, targets
from sourcebook.book.paths import PART, steps, template_parts
from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.validation.likeness import nearest
from sourcebook.validation.schemas import Violation, check
from sourcebook.validation.wording import did_you_mean


@cache
def descriptor_schema() -> Any:
    """The JSON Schema of a descriptor, as shipped in the package."""
    return json.loads(_SCHEMA.read_text("utf-8"))


_SCHEMA = Path(__file__).parent / "descriptor.schema.json"  # importlib.resources is slow to import


def _words(text: str) -> list[str]:
    return text.split()


# The properties of https://datapackage.org/standard/data-package/ and data-resource/, version 2.
_PACKAGE_NAMES = _words(
    "$schema name id title description homepage version created image licenses keywords contributors sources "
    "resources sourcebook profile"
)
_RESOURCE_NAMES = _words(
    "$schema name path data type title description format mediatype encoding bytes hash sources licenses dialect "
    "schema sourcebook profile homepage"
)


# Where a resource is published, by its name.
_PUBLISHED = {"path": "build/csv/{}.csv", "schema": "build/tableschema/{}.json"}
_LINES = {
    "sourcebook": "add `sourcebook:`, and below it, indented, `records: data/{}/*.yaml`",
    "records": "add `records: data/{}/*.yaml`: the files that hold the records",
    "resources": "add `resources:`, and below it a `- name: …` for each table",
    "name": "add `name: …`, in lower-case letters, digits and -",
}


def _better(descriptor: Any, violation: Violation) -> str:
    """A hint that knows what a descriptor is for; the empty string where the schema's own is as good."""
    if violation.keyword == "required":
        return _line(descriptor, violation)
    if violation.path[:2] == ("sourcebook", "downloads"):
        return f"write {ALL}, by itself, or a list of {', '.join(FORMATS)}: downloads: [flat, zip]"
    value = descriptor
    for part in violation.path if violation.keyword == "pattern" else ():
        value = value[part]
    if not isinstance(value, str) or violation.keyword != "pattern":
        return ""
    if {"repository", "report_to"} & set(violation.path) or violation.path == ("sourcebook", "site"):
        return _web(value, violation.path)
    if violation.path[0] in ("homepage", "licenses", "sources") and violation.path[-1] in ("homepage", "path"):
        return "write an address that begins with https:// or http://"
    if violation.path[-1] == "address":
        plain = re.sub("[^a-z0-9.]+", "-", value.casefold()).strip("-.")
        return f"one part of an address, in lower-case letters, digits and - _ .: {plain or 'notes'}"
    if violation.path[-1] == "name":
        plain = plain_name(value)
        return f"lower-case letters and digits, with - or _ between them: {plain}" if plain else ""
    if "sourcebook" in violation.path and not re.match(r"[A-Za-z]:|[a-z]+://", value) and ".." not in value:
        return f"paths begin at the book, with / between folders: {value.replace(chr(92), '/').strip('/')}"
    return ""


def plain_name(name: str) -> str:
    """A name as one may be, of what is not; the empty text where nothing is left of it."""
    return re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")


def _web(value: str, path: tuple[str | int, ...]) -> str:
    """How an address is written."""
    if path[-1] == "branch":
        return "branch: main"
    if "report_to" in path and re.fullmatch(r"[^\s:/@]+@[^\s:/@]+", value):
        return f"report_to: mailto:{value}"
    whole = re.sub(r"\s", "%20", value)
    if whole != value and re.match("https?:|mailto:", value):
        return f"write %20 for a space: {whole}"
    mail = ", or with mailto: and a mail address" if "report_to" in path else ""
    return f"begin it with https: and a host{mail}; what stands in braces comes after that"


def _line(descriptor: Any, violation: Violation) -> str:
    """The very line that is missing; the empty string where a hint of another kind is better."""
    if "`" not in violation.hint:
        return ""
    block = descriptor
    name = "NAME"
    for part in violation.path:
        block = block[part]
        if isinstance(block, dict) and isinstance(block.get("name"), str):
            name = block["name"]
    if violation.name in _PUBLISHED and violation.path[:1] == ("resources",):
        return f"add `{violation.name}: {_PUBLISHED[violation.name].format(name)}`"
    return _LINES.get(violation.name, "").format(name)


def descriptor_findings(document: Written) -> Iterator[Finding]:
    """What is wrong with a parsed descriptor by itself, whatever files it speaks of."""
    told: set[tuple[str | int, ...]] = set()
    for violation in check(document.value, descriptor_schema()):
        hint = _better(document.value, violation) or violation.hint
        yield document.finding(violation.path, violation.message, hint, at_key=violation.at_key)
        told.update([violation.path] if violation.at_key or violation.path[-1:] == ("name",) else ())
    if not isinstance(document.value, dict):
        return
    told.update((name,) for name in OF_READING)
    yield from _near_misses(document, document.value, (), _PACKAGE_NAMES, told)
    yield from of_reading(document, document.value, ())
    if not _licensed(document.value) and any(document.value.get(name) for name in _TO_READERS):
        message = "the descriptor names no licence, so that nobody knows what may be done with the data"
        hint = "add `licenses:` and below it `- name: CC0-1.0`, or another name of https://spdx.org/licenses"
        yield document.finding((), message, hint, rule="licence-missing")
    yield from of_file_systems(document, document.value, ())
    resources = document.value.get("resources")
    names: dict[str, int] = {}
    for index, resource in enumerate(resources if isinstance(resources, list) else ()):
        if not isinstance(resource, dict):
            continue
        where = ("resources", index)
        told.update((*where, name) for name in OF_READING)
        yield from _near_misses(document, resource, where, _RESOURCE_NAMES, told)
        yield from of_reading(document, resource, where)
        yield from of_file_systems(document, resource, where)
        for place, wanted in _PUBLISHED.items():
            written, right = resource.get(place), wanted.format(resource.get("name"))
            named = isinstance(resource.get("name"), str) and (*where, "name") not in told
            if isinstance(written, str) and written != right and named:
                yield document.finding(
                    (*where, place), f"the resource's {place} is {right}, for its name", f"{place}: {right}"
                )
        name = resource.get("name")
        if isinstance(name, str) and names.setdefault(name.casefold(), index) != index:
            yield document.finding(
                (*where, "name"),
                f"the resource {resource['name']!r} stands here again (case aside)",
                "give one of the two another name",
            )


# What a descriptor says to readers: one that says nothing of the kind is not meant for them yet.
_TO_READERS = ("title", "description", "homepage", "version", "keywords", "contributors", "sources")


def _licensed(descriptor: Mapping[str, Any]) -> bool:
    """Whether a licence is named: of the whole book, or of each of its resources; or the property is misspelt."""
    resources = descriptor.get("resources")
    each = [one.get("licenses") for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
    return (
        bool(descriptor.get("licenses"))
        or bool(each and all(each))
        or any(nearest(name, ["licenses"]) for name in descriptor if name not in _PACKAGE_NAMES)
    )


def _near_misses(
    document: Written,
    value: Any,
    where: tuple[str | int, ...],
    known: list[str],
    told: Container[tuple[str | int, ...]],
) -> Iterator[Finding]:
    for key in value:
        hint = (
            ""
            if key in known or (*where, key) in told
            else did_you_mean(key, [name for name in known if name not in value])
        )
        if hint:
            message = f"the property {key!r} is not one of the standard's"
            yield document.finding((*where, key), message, hint, rule="descriptor-near-miss", at_key=True)


TEMPLATE_NAMES = ("{stem}", "{parent}", "{path}")


def template_mistakes(collection: Collection, names: Callable[[str], bool]) -> list[str]:
    """What stands in braces in the template of a collection's key, and means nothing.

    ``names`` says whether the schema names a property; what is nearly one of ours is a mistake unless it does.
    """
    parts = template_parts(collection.key_template)
    odd = [f"{{{part}}}" for part in parts if not steps(part) or {"[]", "{}"} & set(steps(part))]
    odd += re.findall(r"\{[^{}]*|\}", PART.sub("", collection.key_template))
    for part in parts:
        name = f"{{{part}}}"
        near = "" if name in (*TEMPLATE_NAMES, *odd) or part[:1] == "\\" else nearest(name, TEMPLATE_NAMES)
        if near and abs(len(near) - len(name)) <= 1 and not names(steps(part)[0]):
            odd.append(name)
    return odd


def way_of(at: str) -> Way:
    """The steps of ``at``, a JSON pointer in which ``*`` and ``{name}`` stand for every item, or every value."""
    return tuple(_step(part) for part in at.split("/")[1:])


def _step(part: str) -> str | Each:
    if part == "*":
        return Each()
    if len(part) > 2 and part[0] == "{" and part[-1] == "}":
        return Each(_unescaped(part[1:-1]))
    return _unescaped(part)


def _unescaped(part: str) -> str:
    return part.replace("~3", "{").replace("~2", "*").replace("~1", "/").replace("~0", "~")


def _template(layout: str, way: Way) -> str:
    """How a key is made where the descriptor does not say so: of everything that tells records of a file apart."""
    parts = [f"{{{number}}}" for number in range(1, sum(isinstance(step, Each) for step in way) + 1)]
    parts += ["{key}"] if layout == "map" else []
    return "/".join(parts) or "{stem}"


def collection_of(
    resource: Mapping[str, Any], where: tuple[str | int, ...], said: Mapping[str, Any] | None = None
) -> Collection:
    """The collection that a resource of a descriptor without errors describes; ``where`` is its path there.

    ``said`` are the annotations of its schema, which hold where the descriptor says nothing.
    """
    block = overlaid(resource["sourcebook"], said or {})
    key, layout = block.get("key"), block.get("layout", "file")
    made, way = key is None or "{" in key, way_of(block.get("at", ""))
    return Collection(
        name=resource["name"],
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        records=as_tuple(block["records"]),
        schema=block.get("schema"),
        key=None if made or layout == "map" else key,
        key_column=key if key and not made and layout == "map" else "_key",
        key_template=key if key and made else _template(layout, way),
        key_replace=block.get("key_replace", {}),
        layout=layout,
        at=way,
        select=block.get("select"),
        leave=block.get("except"),
        body=block.get("body", "body"),
        references={path: targets(value) for path, value in block.get("references", {}).items()},
        conditions={
            path: found for path, value in block.get("references", {}).items() if (found := _conditions(value))
        },
        label=block.get("label"),
        facets=tuple(block.get("facets", ())),
        undeclared=block.get("undeclared"),
        may_be_empty=block.get("may_be_empty", False),
        rename=block.get("rename", {}),
        where=where,
        levels=block.get("rules", {}),
        aliases=tuple(block.get("aliases", ())),
        page=page_of(block, resource["name"]),
        roles=roles_of(block),
        about=about_of(block),
        relays=relays_of(block),
        visibility=block.get("visibility", {}),
    )


def _conditions(value: Any) -> Mapping[Target, Conditions]:
    """When a reference leads to each of its targets, of those for which that is said."""
    said = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict) and "when" in one]
    return {
        targets(one)[0]: {
            path: tuple(values) if isinstance(values, list) else (values,) for path, values in one["when"].items()
        }
        for one in said
    }
