# SPDX-License-Identifier: Apache-2.0
"""A book's files to a ``Book``."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from sourcebook import files
from sourcebook.book.addresses import addressed
from sourcebook.book.baseline import read_baseline
from sourcebook.book.descriptor import (
    TEMPLATE_NAMES,
    collection_of,
    descriptor_findings,
    template_mistakes,
)
from sourcebook.book.model import (
    DESCRIPTOR,
    DIFFERENT,
    MOVED,
    SIGNERS,
    WITHDRAWN,
    Book,
    Collection,
    Different,
    Folder,
    Moved,
    Withdrawn,
    as_tuple,
    build_folder,
)
from sourcebook.book.passages import anchors_of, malformed
from sourcebook.book.repository import repository_of, template_findings
from sourcebook.book.said import Said
from sourcebook.book.schemas import schema_files, schema_findings
from sourcebook.book.scripts import panels_of, scripts_of
from sourcebook.book.unrun import unrun
from sourcebook.book.visibility import KEYWORD, Visibility, visibility_of
from sourcebook.book.written import Written
from sourcebook.errors import UsageError
from sourcebook.finding import Finding
from sourcebook.parse import Document, Limits, parse
from sourcebook.validation.declared_names import declares
from sourcebook.validation.schemas import Schemas
from sourcebook.validation.wording import did_you_mean


def load_book(folder: Folder, *, check_seconds: float | None = None, sources: Folder | None = None) -> Book:
    """Read the book in ``folder``.

    Whatever is wrong in its files is in ``findings`` of what is returned; a book whose descriptor has errors has no
    collections: what the rest of the descriptor says is ``spared``. ``check_seconds`` are allowed in the place of what
    the book says, which has a ceiling. ``sources`` is where texts are held, in the place of the book's own folder.
    Raises UsageError where there is no descriptor, or no such folder.
    """
    root = build_folder(folder).parent
    if sources is not None and not Path(sources).is_dir():
        raise UsageError(f"{sources} is no folder: --sources names the one in which texts are held")
    data, finding = files.read_bytes(root, DESCRIPTOR, Limits().bytes)
    if finding:
        return Book(root, {}, findings=(finding,))
    parsed = parse(data, DESCRIPTOR)
    if parsed.broken or len(parsed.documents) != 1:
        return Book(root, {}, findings=parsed.findings or (_not_one(parsed.documents),))
    document = Written(parsed.documents[0].value, data, DESCRIPTOR)
    findings = [*parsed.findings, *descriptor_findings(document)]
    if any(f.level == "error" for f in findings):
        return _broken(root, document, findings, check_seconds, sources)
    return _told(_loaded(root, document, findings), check_seconds, sources)


def _told(book: Book, check_seconds: float | None, sources: Folder | None) -> Book:
    """A book with what was said to the verb, in the place of what it says itself."""
    book = book if sources is None else replace(book, sources=Path(sources))
    return book if check_seconds is None else replace(book, check_seconds=check_seconds)


def _broken(
    root: Path, document: Written, findings: list[Finding], check_seconds: float | None, sources: Folder | None
) -> Book:
    """A book whose descriptor has the errors ``findings``; with what else is wrong, as far as that can be told."""
    book = Book(root, document.value if isinstance(document.value, dict) else {}, findings=tuple(findings))
    from sourcebook.book.spared import spared  # which a descriptor without errors does not need

    left = spared(document.value)
    if left is None:
        return book
    rest = _loaded(root, replace(document, value=left.value), [], left.gone)
    schemas = {one.schema for one in rest.collections if one.schema}
    told = {(one.path, one.pointer) for one in findings}  # of a schema that no file can be called, that it is not there
    more = tuple(one for one in rest.findings if (one.path, one.pointer) not in told and not left.follows(one, schemas))
    rest = replace(_told(rest, check_seconds, sources), findings=more, lost=left.by_name())
    return replace(book, findings=(*findings, *more), spared=rest)


def _not_one(documents: tuple[Document, ...]) -> Finding:
    if not documents:
        return Finding(DESCRIPTOR, 1, 1, "descriptor", "the descriptor is empty", hint="name: my-book")
    message, hint = "a second YAML document begins here; one is expected", "take out the second `---`"
    return Finding(DESCRIPTOR, documents[1].line, 1, "descriptor", message, hint=hint)


def _loaded(root: Path, document: Written, findings: list[Finding], gone: Container[int] = ()) -> Book:
    """The book of a descriptor without errors; the resources that are ``gone``, by their numbers, are passed over."""
    descriptor = document.value
    settings = descriptor.get("sourcebook") or {}
    limits = {k: v for k, v in settings.get("limits", {}).items() if k != "check_seconds"}
    parse_limits = Limits(**limits)
    resources = [
        (resource, ("resources", index)) for index, resource in enumerate(descriptor["resources"]) if index not in gone
    ]
    collections = tuple(collection_of(resource, where) for resource, where in resources)
    ignore = as_tuple(settings.get("ignore", ()))
    contents, broken = schema_files(root, collections, parse_limits, ignore)
    findings += broken
    schemas = Schemas(contents, formats=settings.get("formats", True))
    findings += schema_findings(root, schemas, parse_limits)
    said = Said(root, document, schemas, parse_limits)
    by_schema = said.by_schema(findings)
    collections = tuple(
        collection_of(resource, one.where, by_schema.get(one.schema or ""))
        for one, (resource, _) in zip(collections, resources, strict=True)
    )
    findings += malformed(said)
    collections = tuple(
        replace(one, anchors=anchors_of(resource["sourcebook"], one.schema, schemas))
        for one, (resource, _) in zip(collections, resources, strict=True)
    )
    findings += said.in_vain({one.schema for one in collections if one.schema})
    collections, told = addressed(collections, str(descriptor["name"]), said)
    findings += told
    findings += template_findings(document)
    findings += _collection_findings(root, collections, schemas, broken, document)
    visibility = _visibility(root, schemas, collections, document, findings)
    scripts = {kind: scripts_of(root, kind, findings) for kind in ("checks", "views", "queries")}
    panels = panels_of(root, [collection.name for collection in collections], findings)
    chores = unrun(root, ignore, findings)
    baseline = read_baseline(root, findings)
    different = _different(root, collections, parse_limits, findings)
    moved = _moved(root, collections, parse_limits, findings)
    withdrawn = _withdrawn(root, collections, parse_limits, findings)
    signers = _signers(root, findings)
    return Book(
        root=root,
        descriptor=descriptor,
        collections=collections,
        levels=settings.get("rules", {}),
        limits=parse_limits,
        check_seconds=settings.get("limits", {}).get("check_seconds", Book.check_seconds),
        ignore=ignore,
        schemas=schemas,
        checks=scripts["checks"],
        views=scripts["views"],
        queries=scripts["queries"],
        panels=panels,
        repository=repository_of(settings),
        chores=chores,
        baseline=baseline,
        different=different,
        moved=moved,
        signers=signers,
        withdrawn=withdrawn,
        visibility=visibility,
        findings=tuple(findings),
    )


def _different(
    root: Path, collections: tuple[Collection, ...], limits: Limits, findings: list[Finding]
) -> tuple[Different, ...]:
    """The pairs judged different; what is wrong with their list is added to ``findings``."""
    if not files.kind(root / DIFFERENT):
        return ()
    from sourcebook.book.different import read_different  # which most books do not need

    return read_different(root, [collection.name for collection in collections], limits, findings)


def _moved(
    root: Path, collections: tuple[Collection, ...], limits: Limits, findings: list[Finding]
) -> tuple[Moved, ...]:
    """The keys that records had; what is wrong with their list is added to ``findings``."""
    if not files.kind(root / MOVED):
        return ()
    from sourcebook.book.moved import read_moved  # which most books do not need

    return read_moved(root, [collection.name for collection in collections], limits, findings)


def _withdrawn(
    root: Path, collections: tuple[Collection, ...], limits: Limits, findings: list[Finding]
) -> tuple[Withdrawn, ...]:
    """What was published and is not to be any more; what is wrong with the list is added to ``findings``."""
    if not files.kind(root / WITHDRAWN):
        return ()
    from sourcebook.book.withdrawn import read_withdrawn  # which most books do not need

    return read_withdrawn(root, [collection.name for collection in collections], limits, findings)


def _signers(root: Path, findings: list[Finding]) -> int:
    """How many keys may sign a release; what is wrong with their list is added to ``findings``."""
    if not files.kind(root / SIGNERS):
        return 0
    from sourcebook.book.signers import read_signers  # which most books do not need

    return read_signers(root, findings)


def _visibility(
    root: Path, schemas: Schemas, collections: tuple[Collection, ...], document: Written, findings: list[Finding]
) -> Visibility:
    """What of the records is public: all, where neither schema nor descriptor says otherwise.

    What is wrong with that is added to ``findings``.
    """
    if not schemas.parts.mention(KEYWORD) and not any(one.visibility for one in collections):
        return Visibility()
    from sourcebook.book.classifying import visibility_findings  # which most books do not need

    findings += visibility_findings(root, schemas, collections, document, document.limits)
    return visibility_of(schemas, ((one.name, one.schema, one.visibility) for one in collections))


def _collection_findings(
    root: Path, collections: tuple[Collection, ...], schemas: Schemas, broken: list[Finding], document: Written
) -> Iterator[Finding]:
    contents = schemas.paths
    unread = {finding.path for finding in broken}
    for collection in collections:
        where = (*collection.where, "sourcebook")
        for odd in template_mistakes(collection, partial(_named, collection, schemas)):
            message = f"the key's template has {odd}, which means nothing"
            known = f"what means something is {', '.join(TEMPLATE_NAMES)}, or a property in braces"
            hint = did_you_mean(odd, TEMPLATE_NAMES) or known
            yield document.finding((*where, "key"), message, hint)
        if collection.schema and collection.schema not in contents and collection.schema not in unread:
            message = f"there is no file {collection.schema}"
            module = files.submodule(root, collection.schema)
            hint = f"run `git submodule update --init`: {module} is a submodule of git" if module else ""
            hint = hint or did_you_mean(collection.schema, contents) or "write it, or leave `schema` out"
            yield document.finding((*where, "schema"), message, hint)
        yield from _settings_without_meaning(collection, document)
        for name, said in (("select", collection.select), ("except", collection.leave)):
            if said is not None and collection.layout != "documents":
                yield document.finding((*where, name), "only documents can be selected", "layout: documents")


def _named(collection: Collection, schemas: Schemas, name: str) -> bool:
    """Whether the schema of a collection names a property."""
    schema = collection.schema
    if schema not in schemas.paths or any(problem.file == schema for problem in schemas.problems()):
        return False
    return declares(schemas.schema(schema), name)


def _settings_without_meaning(collection: Collection, document: Written) -> Iterator[Finding]:
    where = (*collection.where, "sourcebook")
    block = document.value["resources"][collection.where[-1]]["sourcebook"]
    key = block.get("key", "")
    if "body" in block and collection.layout != "front-matter":
        message = "only pages have a text below their front matter"
        yield document.finding((*where, "body"), message, "layout: front-matter", at_key=True)
    if "key_replace" in block and (collection.key is not None or (collection.layout == "map" and "{" not in key)):
        message = "texts are replaced only in a key made by a template"
        hint = 'remove it, or write such a key: key: "{stem}"'
        yield document.finding((*where, "key_replace"), message, hint, at_key=True)
