# SPDX-License-Identifier: Apache-2.0
"""The command line: each verb a thin call of the function of the same name. Only this module decides exit codes."""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import click

import sourcebook
from sourcebook.book import find_book
from sourcebook.check import Checked
from sourcebook.errors import SourcebookError, UsageError
from sourcebook.exact import dumps
from sourcebook.finding import harmless
from sourcebook.report import Result
from sourcebook.telling import Telling, form, telling

CLEAN, FINDINGS, USAGE, BUG, ENVIRONMENT = 0, 1, 2, 3, 4


class _Progress:
    """Stages on stderr, for people who wait: nothing in the first second, nothing where nobody looks."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, stage: str) -> None:
        waited = time.monotonic() - self._begun
        if stage.startswith("another build") or (sys.stderr.isatty() and waited > 1):
            click.echo(f"{stage} …", err=True)


class _Verbs(click.Group):
    """A group whose commands end with the exit codes that the documentation promises."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.Abort:
            sys.exit(130)
        except click.ClickException as error:
            error.show()
            sys.exit(USAGE)
        except UsageError as error:
            _complain(str(error))
            sys.exit(USAGE)
        except OSError as error:
            _complain(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
            sys.exit(ENVIRONMENT)
        except SourcebookError as error:
            _complain(str(error))
            sys.exit(ENVIRONMENT)
        except Exception:
            click.echo(traceback.format_exc(), err=True)
            _complain("this is a bug in sourcebook: please report it with the lines above")
            sys.exit(BUG)


def _complain(message: str) -> None:
    click.echo(harmless(f"sourcebook: {message}"), err=True)


def _folder(book: Path | None) -> Path:
    return book if book else find_book(Path.cwd())


_book = click.option(
    "--book",
    type=click.Path(file_okay=False, path_type=Path),
    help="The book's folder. Default: the nearest folder upward with a datapackage.yaml.",
)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sourcebook.__version__, prog_name="sourcebook")
def main() -> None:
    """Publish hand-curated records, with their sources."""


@main.command(epilog="Example: sourcebook check --book path/to/book")
@_book
@telling
@click.option("--write-baseline", is_flag=True, help="Make what is wrong now known; later, take out what is mended.")
def check(book: Path | None, telling: Telling, write_baseline: bool) -> None:
    """Find everything that is wrong with a book.

    Exit code 0 where there is no error, 1 where there are; warnings, and findings of the book's baseline, do not fail.
    What is told can be chosen; that changes no exit code.
    """
    folder = _folder(book)
    wanted = telling.filter(folder)
    checked = sourcebook.check(folder, progress=_Progress())
    if write_baseline:
        written = sourcebook.write_baseline(checked)
        _complain(f"the baseline knows {written.kept:,} findings; {written.removed:,} were taken out")
        checked = sourcebook.check(folder)
    telling.show(_result(checked), wanted)
    sys.exit(CLEAN if checked.ok else FINDINGS)


@main.command(epilog="Example: sourcebook build --book path/to/book")
@_book
@telling
def build(book: Path | None, telling: Telling) -> None:
    """Check a book and publish it under build/: database, CSV, JSON, Data Package, Datasette's configuration.

    Where the check finds errors, nothing is published and the last release stays as it is.
    """
    folder = _folder(book)
    wanted = telling.filter(folder)
    built = sourcebook.build(folder, progress=_Progress())
    telling.show(_result(built.checked), wanted)
    if built.release is None:
        _complain("nothing was published; the last release, if there is one, stays as it is")
        sys.exit(FINDINGS)
    said = f"published release {built.release.name}: {len(built.checked.records):,} records"
    click.echo(said, err=telling.to_machine)


@main.command(epilog="Example: sourcebook verify --book path/to/book")
@_book
@form
def verify(book: Path | None, telling: Telling) -> None:
    """Hold the current release against the records, and its files against each other.

    Exit code 0 where nothing differs, 1 where something does; each difference names its file.
    """
    verified = sourcebook.verify(_folder(book), progress=_Progress())
    telling.show(Result(verified.release, tuple(one.finding for one in verified.differences), verified.ledger))
    if verified.ok:
        click.echo(f"release {verified.release.name} is what its records make it", err=telling.to_machine)
    sys.exit(CLEAN if verified.ok else FINDINGS)


@main.command(epilog="Example: sourcebook serve --port 8080")
@_book
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes any free one."
)
def serve(book: Path | None, host: str, port: int) -> None:
    """Serve the current release in Datasette, read-only. A later build is picked up as it is published."""
    sourcebook.serve(_folder(book), host=host, port=port, ready=lambda address: click.echo(f"serving {address}"))


@main.command(epilog="Example: sourcebook init lighthouses --adopt")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--adopt", is_flag=True, help="Make a book of the YAML, JSON and Markdown files that FOLDER holds.")
@click.option("--editors", is_flag=True, help="Of the book in FOLDER, write anew what editors need to know: .vscode/.")
def init(folder: Path, adopt: bool, editors: bool) -> None:
    """Make FOLDER a book: a new one with an example, or one of the data that lies there already.

    With --adopt, collections, layouts, keys and links are proposed from what is found, and schemas inferred where there
    are none. A descriptor, schemas/ and build/ are added beside the data; no file that was found is changed. What could
    not be decided is told. Both ways add what editors, GitHub Actions and pre-commit need, where it is not there yet.
    """
    if adopt and editors:
        raise UsageError("--adopt makes a book, --editors is for one that is there: say one of the two")
    made = sourcebook.init(folder, adopt=adopt, editors=editors, progress=_Progress())
    for line in made.lines():
        click.echo(harmless(line))
    Telling().show(_result(made.checked))
    sys.exit(CLEAN if made.checked.ok else FINDINGS)


@main.command(epilog="Example: sourcebook where claims some-claim source")
@click.argument("table")
@click.argument("key")
@click.argument("column", required=False)
@_book
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def where(table: str, key: str, column: str | None, book: Path | None, form: str) -> None:
    """Show the file, line and column that a published value comes from. No build is needed.

    KEY is the row's primary key; where that is two columns, both joined by a slash, as in some-claim/0. Without COLUMN
    the row's own place is shown; of a reference, the place where it is written.
    """
    located = sourcebook.where(_folder(book), table, key, column)
    if form == "json":
        click.echo(dumps(located.as_dict(), indent=2))
        return
    click.echo(harmless(str(located)))
    click.echo(harmless(located.source if located.written else f"{located.source}  (the value is not written: NULL)"))


@main.command(epilog="Example: sourcebook mutate --each 5 --kind dropped-digit --kind wrong-source")
@_book
@click.option("--each", default=20, show_default=True, type=click.IntRange(1), help="Mutants of every class.")
@click.option("--seed", default=0, show_default=True, help="The same seed makes the same mutants.")
@click.option("--kind", "kinds", multiple=True, help="Only mutants of this class; may be given again.")
@click.option("--jobs", default=0, type=click.IntRange(0), help="Processes to share the work. Default: one a core.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def mutate(book: Path | None, each: int, seed: int, kinds: tuple[str, ...], jobs: int, form: str) -> None:
    """Show how strong a book's schemas and checks are: make mistakes in a copy of it, and tell which are found.

    Each mutant is the book with one mistake of a class in its data. A table says, for each class, how many were found
    at their line, elsewhere, or not at all, and by which rules; the last two kinds are listed. The book is left alone.
    Exit code 1 only where the book has errors as it stands.
    """
    mutated = sourcebook.mutate(
        _folder(book), kinds=kinds, each=each, seed=seed, jobs=jobs or os.cpu_count() or 1, progress=_Progress()
    )
    if not mutated.checked.ok:
        Telling().show(_result(mutated.checked))
        sys.exit(FINDINGS)
    click.echo(dumps(mutated.as_dict(), indent=2) if form == "json" else "\n".join(map(harmless, mutated.lines())))


@main.group()
def schema() -> None:
    """Show what a collection's schema and tables are, or infer a schema from its records."""


@schema.command("show", epilog="Example: sourcebook schema show claims")
@click.argument("collection", required=False)
@_book
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def schema_show(collection: str | None, book: Path | None, form: str) -> None:
    """Show the tables that COLLECTION (or each one) becomes: columns, keys, links, and what stays JSON."""
    folder = _folder(book)
    shown = sourcebook.schema.show(folder, collection)
    if not shown.collections:
        Telling().show(Result(folder, shown.findings))
        sys.exit(FINDINGS)
    if form == "json":
        click.echo(dumps([one.as_dict() for one in shown.collections], indent=2))
        return
    click.echo("\n\n".join("\n".join(map(harmless, one.lines())) for one in shown.collections))


@schema.command("infer", epilog="Example: sourcebook schema infer books > schemas/book.schema.json")
@click.argument("collection")
@_book
def schema_infer(collection: str, book: Path | None) -> None:
    """Print a JSON Schema that every record of COLLECTION fits."""
    folder = _folder(book)
    inferred, findings = sourcebook.schema.infer(folder, collection)
    if not inferred.schema:
        Telling().show(Result(folder, findings))
        sys.exit(FINDINGS)
    click.echo(dumps(inferred.schema, indent=2))
    for note in inferred.notes:
        _complain(note)


@main.command(epilog="Example: sourcebook explain reference")
@click.argument("rule", required=False)
@_book
def explain(rule: str | None, book: Path | None) -> None:
    """Explain RULE: what it finds, an example of the mistake, and the repair. Without RULE, list all rules.

    A check of a book's own is a rule too, checks/NAME.
    """
    try:
        folder = _folder(book)
    except UsageError:  # outside of a book there are still rules
        folder = None
    for line in sourcebook.explain(rule, folder).splitlines():
        click.echo(harmless(line))


def _result(checked: Checked) -> Result:
    return Result(checked.book.root, checked.findings, checked.ledger, checked.known)


if __name__ == "__main__":
    main()
