# SPDX-License-Identifier: Apache-2.0
"""The rules: one registry of everything that can be found wrong with a book.

In come records, plans and a connection to compiled tables; out go findings. Rules that look at records stand in a
module of their own; those that reading itself applies are listed here; the book's own SQL checks are rules too, called
``checks/NAME``. No rule that looks at one value knows another; `book_checks` tells of SQL that fails as `script` does,
and what `reference` says of a value is looked up in `expected`. None knows the order in which they are applied.
"""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.finding import Level


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong: its ID, its level, and what it says in a line.

    A ``fixed`` rule cannot be lowered, since what it finds could not be published whole.
    """

    id: str
    summary: str
    level: Level = "error"
    fixed: bool = False


_ALL = (
    Rule("yaml-syntax", "The file is not YAML.", fixed=True),
    Rule("json-syntax", "The file is not JSON, as its name says.", fixed=True),
    Rule("yaml-encoding", "The bytes are not UTF-8 text, or hold characters that no text has.", fixed=True),
    Rule("yaml-duplicate-key", "A mapping has the same key twice.", fixed=True),
    Rule("yaml-key-lookalike", "Two keys of a mapping look the same and are not.", level="warning"),
    Rule("yaml-key", "A mapping key is a list or a mapping.", fixed=True),
    Rule(
        "yaml-tag",
        "A tag that the YAML 1.2 core schema does not have, or a value that its tag does not fit.",
        fixed=True,
    ),
    Rule("yaml-alias", "An alias that names nothing, contains itself, or is merged and is no mapping.", fixed=True),
    Rule("yaml-number", "A number that neither JSON nor SQLite has, or one of too many digits.", fixed=True),
    Rule("yaml-limit", "A file past the book's limits: size, nesting, expansion of aliases.", fixed=True),
    Rule("unquoted-number", "An unquoted value is read as a number and loses part of its text.", level="warning"),
    Rule("descriptor", "The descriptor says something that has no meaning, or names what is not there.", fixed=True),
    Rule("descriptor-near-miss", "A property of the descriptor is nearly one of the standard's.", level="warning"),
    Rule("address-taken", "A collection's name is an address that something else has.", level="warning"),
    Rule("licence-missing", "The descriptor names no licence.", level="warning"),
    Rule("schema-invalid", "A schema is itself invalid.", fixed=True),
    Rule("schema-misspelt", "A property of a schema is nearly a keyword or an annotation by which records are judged."),
    Rule(
        "schema-near-miss",
        "What describes in a schema is misspelt or stands in vain, or its $schema or a format is nearly a known one.",
        level="warning",
    ),
    Rule("schema-id-twice", "Two schemas have one $id or anchor.", fixed=True),
    Rule("schema-reference", "A $ref in a schema leads to nothing in the book.", fixed=True),
    Rule("reference-unclear", "A schema does not say where a reference leads.", fixed=True),
    Rule("visibility", "What is said of what is public has no meaning, or keeps back what plays a part.", fixed=True),
    Rule(
        "visibility-differs", "A value is said to be public here, and not there: the strictest holds.", level="warning"
    ),
    Rule("unclassified", "Nothing says whether a property is public, in a book that wants that of each."),
    Rule("embargo-day", "A record does not say the day until which it is kept back, so that it is for good."),
    Rule("script", "An SQL script of the book cannot be read or run.", fixed=True),
    Rule("script-unrun", "SQL lies where no script of the book is run.", level="warning"),
    Rule("name-collision", "Two names would be one in SQLite.", fixed=True),
    Rule("table-name", "A table's name that a page cannot show.", fixed=True),
    Rule("column-name", "A column's name that readers cannot see, type or filter by.", level="warning"),
    Rule("file-kind", "A file is a link, a pipe or a device, or a pointer of Git LFS.", fixed=True),
    Rule("file-name", "A file's name would break listings.", fixed=True),
    Rule("file-unclaimed", "No collection claims a data file."),
    Rule("file-left-out", "Data is in no collection and may be meant to be.", level="warning"),
    Rule("file-claimed-twice", "Two collections claim a data file.", fixed=True),
    Rule("file-part-unclaimed", "Part of a data file is in no record.", level="warning"),
    Rule("layout", "A file does not hold records as its collection's layout says.", fixed=True),
    Rule("collection-empty", "A collection has no records."),
    Rule("key-missing", "A record has no key.", fixed=True),
    Rule("key-duplicate", "Two records of a collection have one key.", fixed=True),
    Rule("key-lookalike", "Two records of a collection have keys that look the same and are not.", level="warning"),
    Rule("schema", "A record departs from its JSON Schema."),
    Rule("reference", "A reference means no record, or more than one.", fixed=True),
    Rule("refers-to-hidden", "What is public refers to a record that is not.", fixed=True),
    Rule("answer-hidden", "A statement is public, and what answers it is not.", fixed=True),
    Rule("attribution-missing", "A statement without its text, who says it, or where it was published.", fixed=True),
    Rule("repeats-circle", "Statements repeat each other in a circle, so that none of them was first."),
    Rule("derived-circle", "Documents are derived from each other in a circle, so that none of them was first."),
    Rule("value-rounded", "A number that its column could not hold exactly.", fixed=True),
    Rule("value-unplanned", "A value that no column holds; it is kept in the record's document only.", level="warning"),
    Rule("record-size", "A record makes a larger row than the published book can show.", fixed=True),
    Rule("record-cost", "A record takes longer to judge by its schema than there is time for.", fixed=True),
    Rule("undeclared", "Much of what records hold is nothing that their schema declares.", level="warning"),
    Rule("different", "The list of pairs judged different cannot be read, or says what has no meaning.", fixed=True),
    Rule("different-stale", "A pair judged different speaks of a record that is not there.", level="warning"),
    Rule("moved", "The list of moved keys cannot be read, or says something that has no meaning.", fixed=True),
    Rule("moved-target", "A key is said to have moved to one that no record has."),
    Rule("moved-taken", "A key that was given up is a record's again."),
    Rule("withdrawn", "The list of what was withdrawn cannot be read, or says what has no meaning.", fixed=True),
    Rule("withdrawn-taken", "A record that was withdrawn is there again.", fixed=True),
    Rule("withdrawn-again", "Words that were taken down are in the book again.", fixed=True),
    Rule("allowed-signers", "The list of who may sign a release says what is no key.", fixed=True),
    Rule("anchor-form", "A value that is to be the anchor of a passage, and is none."),
    Rule("anchor-source", "The text of a source is held, and not read.", level="warning"),
    Rule("anchor-moved", "A passage stands elsewhere in its source than its anchor says.", level="warning"),
    Rule("anchor-ambiguous", "Which passage of its source an anchor means cannot be told any more."),
    Rule("anchor-altered", "Other words stand in the place of a passage."),
    Rule("anchor-gone", "A passage stands in the text of its source no more."),
    Rule("anchor-quote", "A quotation is longer than may be republished, or is not what stands in its passage."),
    Rule("baseline", "The file of the baseline cannot be read, or names what cannot be lowered.", fixed=True),
    Rule("baseline-stale", "A finding of the baseline no longer occurs.", level="warning"),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}


def can_be_lowered(rule: str) -> bool:
    """Whether what ``rule`` finds may be published: any check of the book's own, and the rules that are not fixed."""
    return rule not in RULES or not RULES[rule].fixed
