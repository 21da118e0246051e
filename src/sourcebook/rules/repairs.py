# SPDX-License-Identifier: Apache-2.0
"""Which rules have a repair that ``sourcebook fix`` carries out, by their IDs, and why the others have none.

What a repair does is known to those who carry it out (``amend``); here is what can be said of it beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sourcebook.finding import Finding


@dataclass(frozen=True, slots=True)
class Repair:
    """What is mended of a rule's findings for certain, and what only with ``--likely``.

    ``of`` is looked for in message and hint of a finding: where it is found, a repair is to be expected; where a rule
    has none, in all.
    """

    certain: str = ""
    likely: str = ""
    of: re.Pattern[str] | None = None

    def promises(self, finding: Finding) -> bool:
        """Whether a repair of this finding is to be expected."""
        return self.of is None or self.of.search(f"{finding.message}\n{finding.hint}") is not None


_NAMES = Repair(
    "a name that is the same but for capitals and hyphens", "the name that is nearest", re.compile("did you mean")
)

REPAIRS: Final[Mapping[str, Repair]] = {
    "schema": Repair(
        "a property or a value of an enumeration to which one name alone is near; quotes around a number, or a truth "
        "value, that is to be text, and none around one that is to be no text; a date that can be but one day, as "
        "2014-05-31; spaces around a text, or characters that only look like spaces",
        "the nearest of several names; a number with commas, or with zeros before it; small letters for capitals; one "
        "value as a list of it; a time left out of a date; a missing property that can have one value only",
        re.compile(
            r"did you mean|put it in quotes|take the quotes away|is text$|write it as [0-9]|looks the same"
            r"|cannot be seen|the spaces differ|spaces around it|write true or false|write the minus"
            r"|write it without|no quotes to YAML"
        ),
    ),
    "unquoted-number": Repair("quotes around the number, which keep its text"),
    "reference": Repair(
        "a key that has moved (`curation/moved.yaml`); a number that is the same as a text, or the other way round; a "
        "path that ends in the key; other capitals or spaces, or letters that look the same, where one key alone is so",
        "the key of the one record that is called so; the key that is nearest",
        re.compile(r"did you mean|looks the same"),
    ),
    "yaml-syntax": Repair(
        "tabs in the indentation, where the text reads the same however wide they are; characters that look like "
        "spaces",
        "a space after a colon or a hyphen that has none; a dash, or a wide colon, for that of the keyboard; quotes "
        "around a text that begins with @, ` or % or has a colon in it",
        re.compile(
            r"a tab where|the blank U\+|for its colon has no|a hyphen without|begins no item|wide colon"
            r"|text cannot begin"
        ),
    ),
    "json-syntax": Repair("a comma after the last value", of=re.compile("a comma before the closing")),
    "yaml-encoding": Repair(
        "UTF-16 that says so at its beginning, as UTF-8",
        "bytes that are not UTF-8 read as Windows-1252",
        re.compile("is UTF-16|is not UTF-8"),
    ),
    "anchor-moved": Repair("the place of a passage that stands word for word elsewhere, beside what it stood beside"),
    "schema-misspelt": _NAMES,
    "schema-near-miss": _NAMES,
    "descriptor-near-miss": _NAMES,
}
"""The rules whose findings ``sourcebook fix`` mends, and what it mends of them."""

TIDYING: Final[Mapping[str, str]] = {
    "final-newline": "a line break at the end of a file",
    "trailing-spaces": "no spaces at the ends of lines, but for those that are part of a value",
}
"""What ``sourcebook fix`` mends beside, though no rule finds fault with it."""

_CHOICE = "which of the two is meant only a curator knows"
_PASSAGE = "the source has to be read: `sourcebook cite` anchors what is found"
_SAID = "what the descriptor is to say only a curator knows"

NO_REPAIR: Final[Mapping[str, str]] = {
    "yaml-duplicate-key": _CHOICE,
    "yaml-key-lookalike": _CHOICE,
    "key-duplicate": _CHOICE,
    "key-lookalike": _CHOICE,
    "file-claimed-twice": _CHOICE,
    "anchor-altered": _PASSAGE,
    "anchor-ambiguous": _PASSAGE,
    "anchor-gone": _PASSAGE,
    "key-missing": "a key is chosen by a curator: others refer to it",
    "attribution-missing": "who said it, and where, has to be looked up",
    "value-rounded": "the schema has to ask for another type",
    "value-unplanned": "the schema has to say what may stand there",
    "undeclared": "the schema has to declare it: `sourcebook schema infer` drafts one",
    "record-size": "the record has to be taken apart",
    "collection-empty": "the records are in no file: `sourcebook new` begins one",
    "baseline-stale": "`sourcebook check --write-baseline` takes it out",
    "file-unclaimed": _SAID,
    "file-left-out": _SAID,
    "licence-missing": _SAID,
    "descriptor": _SAID,
}
"""Why the findings of other rules are not repaired."""


def why_not(rule: str) -> str:
    """Why ``sourcebook fix`` mends nothing that the rule finds."""
    if rule.startswith("checks/"):
        return "a check of the book's own says what is wrong, and not what is right"
    return NO_REPAIR.get(rule, "a curator has to decide what is right")
