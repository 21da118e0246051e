# SPDX-License-Identifier: Apache-2.0
"""No sentence of a source stands in the book: no run of eight words of a text that is held beside the repository.

Words are compared without case, accents and punctuation, across the ends of lines. Titles of documents may stand
whole, addresses too, and a quotation that is marked (“so”) where it has at most fifteen words.
"""

from __future__ import annotations

import functools
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

RUN = 8
QUOTED = 15
TEXTS = Path(os.environ.get("SOURCEBOOK_TEXTS", ROOT.parent / "shared/sources"))
held = pytest.mark.skipif(not list(TEXTS.glob("*.txt")), reason="the texts of the sources are not held here")

# What the book consists of, and what is written about it. Texts of data are read as YAML, all others as they stand.
BOOK = ("data/**/*.yaml", "datapackage.yaml", "schemas/*.json", "scripts/**/*.sql", "tests/reference/**/*.yaml")
ABOUT = ("*.md", "*.cff", "docs/**/*.md", "tests/reference/*.py")

ADDRESS = re.compile(r"https?://\S+")
QUOTATION = re.compile(r"“([^“”]*)”")
ASIDE = " \x00 "  # where something was taken out, what is before and after it does not make a run


def words(text: str) -> list[str]:
    """The words of a text as they are compared; what was taken out of it is a word that no text has."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"\w+|\x00", re.sub(r"(?<=\w)['’](?=\w)", "", plain))


def allowed_out(text: str, titles: list[list[str]]) -> list[str]:
    """The words of ``text`` without addresses, short marked quotations and whole titles."""
    text = ADDRESS.sub(ASIDE, text)
    text = QUOTATION.sub(lambda found: ASIDE if len(words(found[1])) <= QUOTED else found[0], text)
    left = words(text)
    for title in titles:
        at = 0
        while at <= len(left) - len(title):
            if left[at : at + len(title)] == title:
                left[at : at + len(title)] = ["\x00"]
            at += 1
    return left


def runs(text: list[str]) -> set[tuple[str, ...]]:
    """Each run of words of a text, as long as none may be copied."""
    return {tuple(text[i : i + RUN]) for i in range(len(text) - RUN + 1)}


def titles_of(book: Path) -> list[list[str]]:
    """The titles of documents, longest first; those of fewer words than a run need no exception."""
    sources = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((book / "data/sources").glob("*.yaml"))]
    found = [words(one["title"]) for one in sources]
    return sorted((title for title in found if len(title) >= RUN), key=len, reverse=True)


@functools.cache
def held_runs() -> frozenset[tuple[str, ...]]:
    """Runs of the texts that are held: the sources, and the notes on others, whose addresses are not theirs."""
    titles = titles_of(ROOT)
    found: set[tuple[str, ...]] = set()
    for path in sorted([*TEXTS.glob("*.txt"), *TEXTS.glob("coverage.md")]):
        text = ADDRESS.sub(ASIDE, path.read_text("utf-8"))
        found |= runs(allowed_out(text, titles) if path.suffix == ".md" else words(text))
    return frozenset(run for run in found if "\x00" not in run)


def texts(value: Any) -> Iterator[str]:
    """Every text in what a YAML file holds, keys too."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from (*texts(name), *texts(one))
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif value is not None:
        yield str(value)


def read(path: Path) -> list[str]:
    """The texts of a file: of YAML each value, and its comments as one; of any other file the whole."""
    text = path.read_text("utf-8")
    if path.suffix != ".yaml":
        return [re.sub(r"(?m)^\s*(--|#|>|[-*])\s", "", text)]
    comments = " ".join(re.findall(r"(?m)^\s*#\s?(.*)$", text))
    return [comments, *texts(yaml.safe_load(text))]


def copied(book: Path, patterns: tuple[str, ...]) -> list[str]:
    """Where a run of a held text stands, as the file and the run."""
    titles = titles_of(book)
    return [
        f"{path.relative_to(book)}: {' '.join(run)}"
        for pattern in patterns
        for path in sorted(book.glob(pattern))
        for text in read(path)
        for run in sorted(runs(allowed_out(text, titles)) & held_runs())
    ]


@held
def test_no_run_of_a_held_text_stands_in_the_book() -> None:
    assert copied(ROOT, BOOK) == []


@held
def test_nor_in_what_is_written_about_it() -> None:
    assert copied(ROOT, ABOUT) == []


def _planted(folder: Path, statement: str) -> list[str]:
    """What is found in a book of one claim with ``statement``, and of the titles of the reference book."""
    for path in (ROOT / "data/sources").glob("*.yaml"):
        (folder / "data/sources").mkdir(parents=True, exist_ok=True)
        (folder / "data/sources" / path.name).write_bytes(path.read_bytes())
    (folder / "data/claims").mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump([{"id": "planted", "statement": statement}], allow_unicode=True, width=40)
    (folder / "data/claims/planted.yaml").write_text(text, encoding="utf-8")
    return copied(folder, BOOK)


def _sentence(count: int) -> str:
    """The first ``count`` words of a sentence of the principal text that has so many, as they stand there."""
    _, _, *paragraphs = (TEXTS / "nordic-monitor-2020-01.txt").read_text("utf-8").strip().split("\n\n")
    sentences = [one for paragraph in paragraphs for one in re.split(r"(?<=[.])\s+", paragraph)]
    return next(" ".join(one.split()[:count]) for one in sentences if len(words(one)) == len(one.split()) > count + 4)


@held
@pytest.mark.parametrize(
    "disguise",
    [
        pytest.param(lambda text: text, id="as-it-stands"),
        pytest.param(lambda text: text.upper(), id="in-capitals"),
        pytest.param(lambda text: text.replace(" ", ", "), id="with-commas"),
        pytest.param(lambda text: text.replace("s", "ş").replace("i", "ı"), id="with-other-accents"),
        pytest.param(lambda text: text.replace(" ", "\n"), id="over-lines"),
        pytest.param(lambda text: f'She said "{text}".', id="in-marks-that-are-none"),
    ],
)
def test_a_planted_run_is_found(tmp_path: Path, disguise: Any) -> None:
    assert _planted(tmp_path, f"It is said that {disguise(_sentence(RUN))}, and no more.") != []


@held
def test_what_is_shorter_or_marked_as_a_quotation_is_not(tmp_path: Path) -> None:
    assert _planted(tmp_path, f"It is said that {_sentence(RUN - 1)}, and no more.") == []
    assert _planted(tmp_path, f"It is said: “{_sentence(QUOTED)}”.") == []
    assert _planted(tmp_path, f"It is said: “{_sentence(QUOTED + 1)}”.") != []


@held
def test_a_title_may_stand_whole_and_not_with_what_goes_before_it(tmp_path: Path) -> None:
    title = yaml.safe_load((ROOT / "data/sources/nordic-monitor-2020-01.yaml").read_text("utf-8"))["title"]
    assert _planted(tmp_path, f"The article is headed {title}, and so on.") == []
    assert _planted(tmp_path, "It tells " + " ".join(title.split()[1:]) + ", and so on.") != []
