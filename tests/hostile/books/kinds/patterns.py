# SPDX-License-Identifier: Apache-2.0
"""Patterns of ``records`` and ``ignore``: many stars, odd classes, deep folders, names that nearly match."""

from __future__ import annotations

from random import Random

from tests.hostile.books.model import RECORD, Case, Kind, book, descriptor, resource

patterns = Kind("patterns")


def _book(random: Random, pattern: object, files: dict[str, bytes], ignore: bool | None = None) -> Case:
    if random.random() < 0.3 if ignore is None else ignore:
        return book(files, said=descriptor(resource(), sourcebook={"ignore": pattern}))
    return book(files, said=descriptor(resource(records=pattern)))


@patterns
def stars_in_a_name(random: Random) -> Case:
    """Many stars within one name, against a long name of the same letter."""
    stars = "*a" * random.choice((6, 12, 30)) + random.choice(("b", "*.yaml"))
    return _book(random, f"data/lights/{stars}", {"a" * 200 + ".yaml": RECORD, "low.yaml": RECORD})


@patterns
def stars_across_folders(random: Random) -> Case:
    """Many double stars, against many folders."""
    deep = "a/" * random.choice((10, 60))
    stars = random.choice(("**/", "**/a/", "a/**/", "*/**/", "**", "***/")) * random.choice((6, 12, 25))
    return _book(random, f"data/lights/{stars}x.yaml", {f"{deep}low.yaml": RECORD, "low.yaml": RECORD})


@patterns
def question_marks(random: Random) -> Case:
    """Many question marks and stars in turns."""
    odd = random.choice(("?*" * 30, "*?" * 30, "?" * 240, "*?*" * 20))
    return _book(random, f"data/lights/{odd}", {"a" * 200 + ".yaml": RECORD, "low.yaml": RECORD})


@patterns
def classes(random: Random) -> Case:
    """Choices of characters that are not closed, empty, backwards, or hold what ends them."""
    odd = random.choice(
        (
            "[",
            "[]",
            "[!]",
            "[z-a]*",
            "[]]*",
            "[[:alpha:]]*",
            "[!a-z]*",
            "[\\]*",
            "[^a]*",
            "[a-]*",
            "[--z]*",
            "[!!]*",
            "[é-ü]*",
            "[a" * 500,
            "[\x1b]*",
            "[/]*",
            "[a&&b]*",
            "[a||b]*",
            "[~~]*",
            "[[a]*",
        )
    )
    return _book(random, f"data/lights/{odd}.yaml", {"low.yaml": RECORD, "]low.yaml": RECORD, "^.yaml": RECORD})


@patterns
def many_patterns(random: Random) -> Case:
    """Very many patterns of one collection."""
    several = [f"data/lights/*{n}*.yaml" for n in range(random.choice((100, 20_000)))]
    return _book(random, [*several, "data/lights/low.yaml"], {"low.yaml": RECORD})


@patterns
def long_pattern(random: Random) -> Case:
    """One pattern that is very long."""
    return _book(
        random,
        "data/lights/" + random.choice(("*", "a", "[a]", "?", "**/", "{a,b}")) * random.choice((1_000, 100_000)),
        {"low.yaml": RECORD},
    )


@patterns
def special_characters(random: Random) -> Case:
    """Characters that mean something in an expression, in a shell, or nothing."""
    odd = random.choice(
        (
            "(a+)+$",
            ".*",
            "a|b",
            "\\d",
            "{a,b}",
            "^low",
            "low$",
            "low\n",
            "+",
            "#",
            "é",
            "\U0001f9a9",
            "\0",
            "\ud800",
            "-",
            "!low",
            "!(low)",
        )
    )
    return _book(random, f"data/lights/{odd}.yaml", {"low.yaml": RECORD, f"{odd}.yaml": RECORD})


@patterns
def many_files(random: Random) -> Case:
    """Very many files that a pattern with stars nearly claims."""
    files = {f"{'ab' * 50}{n}.yml": RECORD for n in range(random.choice((20, 300)))}
    return _book(random, "data/lights/*a*b*a*b*a*b*a*b*a*b*c.yaml", files)


@patterns
def from_the_root(random: Random) -> Case:
    """Patterns that begin at the book's root, and so may claim the descriptor, the schemas, or what was built."""
    pattern = random.choice(
        (
            "**",
            "*",
            "**/*.yaml",
            "*.yaml",
            "schemas/*",
            "build/**",
            ".git/**",
            "scripts/**",
            "datapackage.yaml",
            "*/*/*.yaml",
            "**/*",
            ".",
        )
    )
    return _book(random, pattern, {"low.yaml": RECORD})


@patterns
def the_same_files(random: Random) -> Case:
    """Several collections that claim the same files."""
    several = [
        resource(f"l{n}", records=random.choice(("data/**", "data/lights/*.yaml", "data/*/low.yaml")), schema=None)
        for n in range(random.choice((2, 200)))
    ]
    return book(said=descriptor(*several))
