# SPDX-License-Identifier: Apache-2.0
"""A book: ``datapackage.yaml`` and the files it speaks of, as one frozen value.

In comes a folder; out go a `Book` (collections, schemas, scripts, baseline, moved keys, what was withdrawn) and what is
wrong with these files. What the folders and files of a book are called is said here; it knows nothing of what data
files hold.
"""

from sourcebook.book.addresses import ROUTES, free_address
from sourcebook.book.annotations import KEYWORD, by_descriptor
from sourcebook.book.answer_kinds import ANSWER_KINDS, DENIES, STATEMENT, SYMMETRIC, AnswerKind, answers_of
from sourcebook.book.descriptor import descriptor_schema
from sourcebook.book.load import load_book
from sourcebook.book.model import (
    BASELINE,
    BUILD,
    CURATION,
    DATA,
    DESCRIPTOR,
    DIFFERENT,
    MOVED,
    OWN_FOLDERS,
    RETRACTED,
    SCHEMAS,
    SCRIPTS,
    SIGNERS,
    TAKEN_DOWN,
    WITHDRAWN,
    Baseline,
    Book,
    Collection,
    Conditions,
    Different,
    Each,
    Folder,
    Known,
    Moved,
    Page,
    Script,
    Selection,
    Target,
    Way,
    Withdrawn,
    build_folder,
    find_book,
    targets,
)
from sourcebook.book.paths import PART, SPECIAL, is_several, join, look_up, steps, template_parts
from sourcebook.book.scripts import Header, defaults_of, panels_of, scripts_of
from sourcebook.book.taken import FORMS
from sourcebook.book.visibility import HIDDEN, Visibility, public_form

__all__ = [
    "ANSWER_KINDS",
    "BASELINE",
    "BUILD",
    "CURATION",
    "DATA",
    "DENIES",
    "DESCRIPTOR",
    "DIFFERENT",
    "FORMS",
    "HIDDEN",
    "KEYWORD",
    "MOVED",
    "OWN_FOLDERS",
    "PART",
    "RETRACTED",
    "ROUTES",
    "SCHEMAS",
    "SCRIPTS",
    "SIGNERS",
    "SPECIAL",
    "STATEMENT",
    "SYMMETRIC",
    "TAKEN_DOWN",
    "WITHDRAWN",
    "AnswerKind",
    "Baseline",
    "Book",
    "Collection",
    "Conditions",
    "Different",
    "Each",
    "Folder",
    "Header",
    "Known",
    "Moved",
    "Page",
    "Script",
    "Selection",
    "Target",
    "Visibility",
    "Way",
    "Withdrawn",
    "answers_of",
    "build_folder",
    "by_descriptor",
    "defaults_of",
    "descriptor_schema",
    "find_book",
    "free_address",
    "is_several",
    "join",
    "load_book",
    "look_up",
    "panels_of",
    "public_form",
    "scripts_of",
    "steps",
    "targets",
    "template_parts",
]
