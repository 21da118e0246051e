# SPDX-License-Identifier: Apache-2.0
"""Where a book's source is kept and errors are reported: addresses with something in braces, and what that may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.validation.wording import did_you_mean

OF_SOURCE = ("commit", "path", "line")
OF_EDIT = ("path", "line")
OF_COMMIT = ("commit",)
OF_REPORT = ("collection", "key", "label", "release", "version", "file", "line", "url")

# By the host of a forge: the forms of its addresses, after that of the repository. Of what is shown to be read, such as
# Markdown, the text itself is asked for, which has lines.
_FORGES: Mapping[str, Mapping[str, str]] = {
    "github.com": {
        "source": "/blob/{commit}/{path}?plain=1#L{line}",
        "blame": "/blame/{commit}/{path}#L{line}",
        "edit": "/edit/BRANCH/{path}",
        "commit": "/commit/{commit}",
    },
    "gitlab.com": {
        "source": "/-/blob/{commit}/{path}?plain=1#L{line}",
        "blame": "/-/blame/{commit}/{path}#L{line}",
        "edit": "/-/edit/BRANCH/{path}",
        "commit": "/-/commit/{commit}",
    },
    "codeberg.org": {
        "source": "/src/commit/{commit}/{path}?display=source#L{line}",
        "blame": "/blame/commit/{commit}/{path}#L{line}",
        "edit": "/_edit/BRANCH/{path}",
        "commit": "/commit/{commit}",
    },
}


def repository_of(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """The ``url`` of a book's repository, and ``source``, ``blame``, ``edit`` and ``commit``, as far as known.

    A forge that is known has forms of its own, which are taken where the descriptor gives none. A file is edited on a
    branch, and which one only the descriptor can say.
    """
    said = settings.get("repository", {})
    found = dict(said) if isinstance(said, dict) else {"url": said}
    if not found:
        return {}
    branch = found.pop("branch", "")
    base = found["url"].rstrip("/").removesuffix(".git")
    for name, form in _FORGES.get(_host(base).removeprefix("www."), {}).items():
        if branch or "BRANCH" not in form:
            found.setdefault(name, base + form.replace("BRANCH", branch))
    return found


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # of letters that stand for a slash
        return ""


def template_findings(document: Written) -> Iterator[Finding]:
    """What stands in braces in the addresses of a descriptor without other errors, and means nothing there."""
    settings = document.value.get("sourcebook") or {}
    said = settings.get("repository", {})
    parts = said if isinstance(said, dict) else {"": said}
    known = {"source": OF_SOURCE, "blame": OF_SOURCE, "edit": OF_EDIT, "commit": OF_COMMIT}
    for name, template in parts.items():
        where = ("sourcebook", "repository", *([name] if name else []))
        yield from _placeholders(document, where, template, known.get(name, ()))
    if "branch" in parts and "edit" not in repository_of(settings):
        message = "the branch is of no use: how a file is edited at this address is not known"
        hint = "edit: https://…/{path}, the address at which a file of the branch is edited"
        yield document.finding(("sourcebook", "repository", "branch"), message, hint, at_key=True)
    elif "branch" in parts and "edit" in parts:
        message = "the branch is of no use beside `edit`, which says where a file is edited"
        yield document.finding(("sourcebook", "repository", "branch"), message, "leave one of the two out", at_key=True)
    if "report_to" in settings:
        yield from _placeholders(document, ("sourcebook", "report_to"), settings["report_to"], OF_REPORT)


_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def _placeholders(
    document: Written, where: tuple[str | int, ...], template: str, known: tuple[str, ...]
) -> Iterator[Finding]:
    for found in _BRACES.finditer(template):
        if found[1] in known:
            continue
        braced = [f"{{{name}}}" for name in known]
        meant = f"what means something here is {', '.join(braced)}" if known else "nothing in braces does here"
        yield document.finding(
            where, f"{found[0]} in the address means nothing", did_you_mean(found[0], braced) or meant
        )
