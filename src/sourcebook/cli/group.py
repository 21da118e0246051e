# SPDX-License-Identifier: Apache-2.0
"""The group of commands: each verb's module is imported when the verb is asked for, and exit codes are decided here."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from sourcebook.errors import SourcebookError, UsageError

CLEAN, FINDINGS, USAGE, BUG, ENVIRONMENT = 0, 1, 2, 3, 4
BOOK_VARIABLE = "SOURCEBOOK_BOOK"
_SECTIONS = {
    "Begin": ("init", "schema"),
    "Check, and see what there is": (
        "check",
        "explain",
        "diff",
        "blame",
        "refs",
        "where",
        "dups",
        "mutate",
        "cite",
        "coverage",
        "links",
    ),
    "Edit": ("new", "set", "fix", "rename", "merge", "delete", "retract", "takedown"),
    "Spreadsheets": ("export", "import"),
    "Preview and publish": ("dev", "build", "verify", "release", "push", "serve", "freeze", "apply"),
}
VERBS = tuple(verb for verbs in _SECTIONS.values() for verb in verbs)


class Verbs(click.Group):
    """A group whose commands end with the exit codes that the documentation promises."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every verb, in the order in which one needs them."""
        return list(VERBS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with what each does, by what one wants to do."""
        longest = max(map(len, VERBS))
        for title, verbs in _SECTIONS.items():
            commands = [(verb, self.get_command(ctx, verb)) for verb in verbs]
            limit = formatter.width - 6 - longest
            rows = [(f"{verb:<{longest}}", one.get_short_help_str(limit)) for verb, one in commands if one]
            with formatter.section(title):
                formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of a verb: what is called as the verb in the module of its name."""
        if cmd_name not in VERBS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"sourcebook.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that is asked for. Raises UsageError, with the verb that was meant if one is near."""
        verb = args[0]
        if verb not in VERBS and not verb.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(verb, VERBS, 1)
            meant = f" Did you mean {near[0]!r}?" if near else f" The commands are {', '.join(VERBS)}."
            raise click.UsageError(f"No such command {verb!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and exit."""
        _open_standard_streams()
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.Abort:
            sys.exit(130)
        except click.ClickException as error:
            error.show()
            sys.exit(USAGE)
        except UsageError as error:
            complain(str(error))
            sys.exit(USAGE)
        except OSError as error:
            complain(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
            sys.exit(ENVIRONMENT)
        except SourcebookError as error:
            complain(str(error))
            sys.exit(ENVIRONMENT)
        except Exception:
            import traceback  # which only bugs need

            click.echo(traceback.format_exc(), err=True)
            complain("this is a bug in sourcebook: please report it with the lines above")
            sys.exit(BUG)


def takes_book(command: click.Command | None) -> bool:
    """Whether a command, or one of those in it, is about a book that ``--book`` names."""
    inside = command.commands.values() if isinstance(command, click.Group) else ()
    return command is not None and (any(one.name == "book" for one in command.params) or any(map(takes_book, inside)))


def complain(message: str) -> None:
    """Say something about the run on standard error."""
    from sourcebook.finding import harmless  # which the way to --version does not need

    with suppress(OSError):  # nobody can be told; the exit code still can
        for line in f"sourcebook: {message}".split("\n"):
            click.echo(harmless(line), err=True)


def _open_standard_streams() -> None:
    """Have all three standard streams, which may be closed: or the next file that is opened would be one of them."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(handle)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(_STANDARD_ERROR, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


_STANDARD_ERROR = 2
