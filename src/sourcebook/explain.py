# SPDX-License-Identifier: Apache-2.0
"""The verb ``explain``: what a rule finds, with an example of the mistake and of its repair."""

from __future__ import annotations

from sourcebook.book import Folder, Script, load_book
from sourcebook.errors import UsageError
from sourcebook.exact import dumps
from sourcebook.rules import RULES
from sourcebook.rules.pages import OWN_CHECKS, page
from sourcebook.validation.wording import did_you_mean


def explain(rule: str | None = None, folder: Folder | None = None) -> str:
    """The page of ``rule``, in Markdown; without one, a line for each rule.

    The checks of the book in ``folder`` are rules too, ``checks/NAME``: of them, the title, description and SQL. Raises
    UsageError where there is no such rule.
    """
    own = {f"checks/{script.name}": script for script in load_book(folder).checks} if folder is not None else {}
    if rule is None:
        return "\n".join(_listed(own))
    if rule in RULES or rule in ("checks", "checks/NAME"):
        return page(rule if rule in RULES else OWN_CHECKS).rstrip()
    if rule in own:
        return "\n".join(_own(rule, own[rule]))
    hint = did_you_mean(rule, [*RULES, *own]) or "`sourcebook explain` lists them"
    raise UsageError(f"there is no rule {rule!r}; {hint}")


def _listed(own: dict[str, Script]) -> list[str]:
    lines = [(rule.id, f"{rule.level}, fixed" if rule.fixed else rule.level, rule.summary) for rule in RULES.values()]
    lines += [(name, _level(script), str(script.header.get("title", ""))) for name, script in own.items()]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    return [f"{name:{widths[0]}}  {level:{widths[1]}}  {summary}".rstrip() for name, level, summary in lines]


def _own(rule: str, script: Script) -> list[str]:
    header = script.header
    lines = [f"# {rule}", "", str(header.get("title", "A check of this book.")), ""]
    lines += [str(header["description"]), ""] if header.get("description") else []
    lines += [f"Level: {_level(script)}. It stands in {script.path}."]
    lines += [f"Repair: {header['hint']}"] if header.get("hint") else []
    lines += [f"Parameters: {dumps(header['parameters'])}"] if header.get("parameters") else []
    return [*lines, "", "```sql", *script.sql.strip().splitlines(), "```"]


def _level(script: Script) -> str:
    return "warning" if script.header.get("level") == "warning" else "error"
