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


class AnyText(click.types.StringParamType):
    """The type of a parameter whose empty text is a value, and no variable of a script that was not set."""


class Verbs(click.Group):
    """A group whose commands end with the exit codes that the documentation promises."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, of which none may be empty. Raises UsageError."""
        if not ctx.resilient_parsing:
            _refuse_empty(self, ctx, args)
        return super().parse_args(ctx, args)

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


def _refuse_empty(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    """Refuse a parameter that was given as an empty text, of the command and of the verb that follows it.

    What is left over of a verb that takes no more than a book is likely to be one.

    Looked at here, before any of it is converted: an empty path would be the folder one stands in, and what is empty
    would go on as if it were not there: ``--version "$VERSION"`` of a script in which nobody set it.
    """
    try:
        given, rest, _ = command.make_parser(ctx).parse_args(list(args))
    except click.UsageError:
        return  # which is told when it is parsed for good
    for param in command.get_params(ctx):
        said = given.get(str(param.name))
        values = said if isinstance(said, list | tuple) else (said,)
        if not isinstance(param.type, AnyText) and any(isinstance(one, str) and not one.strip() for one in values):
            name = param.human_readable_name if isinstance(param, click.Argument) else param.opts[0]
            what = "say what is meant" if param.required else "leave it out, or say what is meant"
            raise click.UsageError(f"{name} names nothing, for the text that was given is empty: {what}", ctx)
    bare = not any(isinstance(one, click.Argument | click.Group) for one in (command, *command.params))
    if rest and bare and takes_book(command):
        raise click.UsageError(f"{ctx.info_name} takes no {rest[0]!r}; a book is named so: --book {rest[0]}", ctx)
    verb = command.get_command(ctx, rest[0]) if isinstance(command, click.Group) and rest else None
    if verb is not None:
        _refuse_empty(verb, click.Context(verb, parent=ctx, info_name=rest[0]), rest[1:])


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
