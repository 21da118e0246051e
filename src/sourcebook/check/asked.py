# SPDX-License-Identifier: Apache-2.0
"""Which files of a book are meant by what a person names, and what a text is that is no file yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sourcebook import files
from sourcebook.book import BUILD, Book, Collection, template_parts
from sourcebook.errors import UsageError
from sourcebook.validation.wording import did_you_mean

STDIN = "stdin"


def below(root: Path, paths: Iterable[str | Path]) -> frozenset[str]:
    """The files below ``root`` that are meant by ``paths`` from the current folder."""
    found: set[str] = set()
    for path in map(Path, paths):
        if path.is_dir():
            found.update(_within(root, _relative(root, path)))
        elif path.exists() or path.is_symlink():
            found.add(_relative(root, path))
        else:
            matched = _glob(str(path))
            if not matched:
                near = (
                    did_you_mean(path.name, (one.name for one in path.parent.iterdir())) if path.parent.is_dir() else ""
                )
                raise UsageError(f"there is no file {path}" + (f": {near}" if near else ""))
            found |= below(root, matched)
    return frozenset(found)


def _within(root: Path, folder: str) -> Iterator[str]:
    """The files in a folder; of the book's own folder all but what is generated, and what others keep there."""
    if folder != ".":
        yield from (path for path, _ in files.walk(root, folder))
        return
    for entry in sorted(root.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            if entry.name not in _NOT_OURS:
                yield from (path for path, _ in files.walk(root, entry.name))
        else:
            yield entry.name


_NOT_OURS = (BUILD, ".git", "node_modules")


def _glob(pattern: str) -> list[str]:
    """What a pattern of the current folder matches, which a shell has not replaced; nothing where it is none."""
    if not any(character in pattern for character in "*?["):
        return []
    import glob

    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - pathlib leaves out what begins with a dot


def _relative(root: Path, path: Path) -> str:
    """The way from the book to a file. Raises UsageError where it lies outside."""
    whole = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    if not whole.is_relative_to(root):
        raise UsageError(f"{path} lies outside of the book in {root}")
    return whole.relative_to(root).as_posix()


def inside_of(book: Book, collection: str | None, path: str | None) -> str:
    """The path in the book at which the text would be a file of ``collection``; the empty string where at none.

    Raises UsageError where nothing says what the text is.
    """
    if collection is not None and collection not in book.by_name:
        hint = did_you_mean(collection, book.by_name) or f"the collections are {', '.join(book.by_name)}"
        raise UsageError(f"there is no collection {collection!r}; {hint}")
    if path is not None:
        try:
            where = _relative(book.root, Path(path))
        except UsageError:
            where = ""
        owners = [one.name for one in book.collections if files.matcher(one.records).fullmatch(where)]
        if owners and (collection is None or collection in owners):
            return where
    if collection is None:
        named = f", and no pattern of the book claims {path}" if path else ""
        raise UsageError(
            f"nothing says what the text is{named}: --collection NAME says of which it is a record, or --path PATH "
            "which file it is to be"
        )
    return ""


def alone(book: Book, name: str | None) -> Collection:
    """A collection of which a file is one record, and the file's path says nothing."""
    one = book.by_name[str(name)]
    if one.above:
        raise UsageError(
            f"records of {one.name} have {one.above[0]!r} from a key above them: name the file, as a whole"
        )
    page = one.layout == "front-matter"
    path = f"{STDIN}/{STDIN}" + (".md" if page else ".yaml")
    return replace(
        one,
        records=(path,),
        layout="front-matter" if page else "file",
        at=(),
        select=None,
        leave=None,
        key_template="{stem}" if needs_path(one) else one.key_template,
        key_replace={} if needs_path(one) else one.key_replace,
        key_column=one.key_column,
    )


def needs_path(one: Collection) -> bool:
    """Whether a record has its key from where it stands, and not from what it holds alone."""
    parts = template_parts(one.key_template)
    return one.key is None and any(part in ("stem", "parent", "path", "key") or part.isdigit() for part in parts)
