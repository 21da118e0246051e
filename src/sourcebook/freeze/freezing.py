# SPDX-License-Identifier: Apache-2.0
"""The site of the current release, page by page to files: planned, told, made by all cores, and listed at the end."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sourcebook.book import Folder, build_folder, load_book
from sourcebook.book.addresses import taken_on_sites, why_not
from sourcebook.book.taken import taken_by_questions, unfit
from sourcebook.content.frozen import ALWAYS, OPTIONAL, Twin
from sourcebook.errors import UsageError
from sourcebook.freeze import former
from sourcebook.freeze.estimating import estimated, known
from sourcebook.freeze.manifest import Listed, Manifest
from sourcebook.freeze.names import awkward
from sourcebook.freeze.pages import keys_of
from sourcebook.freeze.place import check_place
from sourcebook.freeze.result import Frozen, Told
from sourcebook.freeze.work import Keys, Work
from sourcebook.freeze.writing import Done, File
from sourcebook.machine import toolkit
from sourcebook.machine.processes import mapped
from sourcebook.publish import release
from sourcebook.publish.release import REPORT
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from sourcebook.withdraw import unswept

FORMS = (*ALWAYS, *OPTIONAL)
_MADE_WITH = ("jinja2", "markupsafe", "orjson", "xlsxwriter")  # besides what a release is made with
_ALONE = (".", "./")  # paths of what has no server
_BY_DEFAULT = frozenset({*ALWAYS, "history"})


def freeze(
    folder: Folder,
    to: Path | str,
    *,
    base_url: str = "",
    site: str = "",
    forms: Iterable[str] = (),
    release_apart: bool = False,
    dry_run: bool = False,
    unsealed: bool = False,
    drop_versions: bool = False,
    jobs: int = 0,
    tell: Callable[[Told], None] | None = None,
) -> Frozen:
    """Write the site of the current release of the book in ``folder`` as files below ``to``.

    ``base_url`` is the path at which the site will lie, or ``./`` for one that is opened without a server, ``site`` its
    whole address; ``forms`` are those that records have beside page, JSON and history, or ``all``. With
    ``release_apart`` the release is named at one place and not on every page, so that files whose content stays are the
    same in the next. ``tell`` is told how much it will be before anything is written; a
    ``dry_run`` ends there. A release that another user or machine built is taken if ``unsealed`` ones may be. Raises
    UsageError for what does not fit, where the book itself lies at ``to``, where that has versions that are not kept
    here unless it is to ``drop_versions``, and as long as something that was taken down is not swept out of ``build/``;
    EnvironmentFailure where the disk does not let it, or the release is not whole.
    """
    begun = time.perf_counter()
    wanted = _forms(forms)
    if told := unswept(folder):
        raise UsageError(f"{told}, and freeze again")
    check_place(load_book(folder), Path(to))
    alone = base_url in _ALONE
    base, site = _base("" if alone else base_url, site)
    path = release.own(build_folder(folder), anyones=unsealed)
    held = release.showing(path)
    try:
        with closing(Published(path)) as opened:
            _check_names(opened)
            manifest = Manifest.read(Path(to))
            if not drop_versions:
                _check_kept(opened, manifest)
            work = _work(
                opened,
                Asked((), base=base, site=site, twin=Twin(wanted, release_apart=release_apart)),
                manifest,
                alone=alone,
            )
            return _done(work, manifest, begun, dry_run=dry_run, jobs=jobs, tell=tell)
    finally:
        os.close(held)


def _check_kept(opened: Published, manifest: Manifest) -> None:
    """Raise UsageError where versions were frozen that are not kept here: ``build/versions`` is in no clone."""
    if names := sorted(former.frozen(manifest.known) - opened.versions.all.keys()):
        raise UsageError(
            f"{manifest.folder} has versions that are not kept here ({', '.join(names)}), and a version is kept for "
            "good: freeze where they are kept, or have them go (`--drop-versions`)"
        )


def _check_names(opened: Published) -> None:
    """Raise UsageError where two pages would be one file: of a release by a Sourcebook that let books have such."""
    taken = taken_on_sites()
    for one in opened.site.collections:
        if why := why_not(one.address, taken):
            raise UsageError(f"the pages of {one.name} would lie at /{one.address}, but {why}: {_MEND}")
        taken.take(one.address, f"the collection {one.name}")
    taken = taken_by_questions()
    for query in opened.site.questions:
        met = taken.met(query.name)
        if why := f"at /questions/{met[0]} {met[1]} is" if met else unfit(query.name):
            raise UsageError(f"there is no place for the question {query.name!r}: {why}: {_MEND}")
        taken.take(query.name, f"the question {query.name!r}")


_MEND = "mend what `sourcebook check` says of that, and build"


def _work(opened: Published, asked: Asked, manifest: Manifest, *, alone: bool) -> Work:
    """What is to be done: which keys there are, and which of them no file can be named by."""
    assert asked.twin is not None
    forms, versions = asked.twin.forms, former.shown(opened)
    today = {one.address: keys_of(opened, one) for one in opened.site.collections}
    gone = former.gone_keys(opened, today)
    then = {one.version: former.keys_then(opened, one) for one in versions} if "as-of" in forms else {}
    names: dict[tuple[str, str], str] = {}
    for address in dict.fromkeys((*today, *gone, *(address for some in then.values() for address in some))):
        there = today.get(address, ())
        before = {*gone.get(address, ()), *(key for some in then.values() for key in some.get(address, ()))}
        names |= awkward(address, there, sorted(before.difference(there)))
    twin = replace(asked.twin, names=names, changed=former.changed(opened))
    return Work(opened, replace(asked, twin=twin), Keys(today, gone, then), versions, manifest, alone=alone)


def _done(
    work: Work,
    manifest: Manifest,
    begun: float,
    *,
    dry_run: bool,
    jobs: int,
    tell: Callable[[Told], None] | None,
) -> Frozen:
    """Do it, unless all is there already."""
    of, listed = _made_of(work), Listed()
    is_whole = manifest.is_whole(of)
    if is_whole:
        listed.add(Done([File(path, *one) for path, one in manifest.known.items()]))
    told = known(work, listed.all.values()) if is_whole else estimated(work)
    if tell:
        tell(told)
    if not (dry_run or is_whole):
        with manifest.changing(of) as (work.manifest, listed):
            for done in mapped(work.do, work.count, jobs):
                listed.add(done)
    return Frozen(
        work.opened.release,
        told.records,
        listed.files,
        listed.bytes,
        listed.written,
        listed.files - listed.written,
        listed.removed,
        time.perf_counter() - begun,
        told,
        tuple(listed.failed),
    )


def _made_of(work: Work) -> dict[str, Any]:
    """All that the bytes of a twin depend on."""
    opened, asked = work.opened, work.asked
    report = (opened.folder / REPORT).read_bytes()
    return {
        "release": opened.release,
        "report": hashlib.sha256(report).hexdigest()[:16],
        "versions": opened.versions.state,
        "toolkit": toolkit.code().hex()[:16],
        "made with": toolkit.versions(_MADE_WITH),
        "base": asked.base,
        "alone": work.alone,
        "site": asked.site,
        "forms": sorted(asked.twin.forms) if asked.twin else [],
        "release_apart": bool(asked.twin and asked.twin.release_apart),
    }


def _forms(forms: Iterable[str]) -> frozenset[str]:
    asked = set(forms)
    if "all" in asked:
        return frozenset(FORMS)
    if wrong := sorted(asked - set(FORMS)):
        raise UsageError(f"there is no form {wrong[0]!r}; the forms are {', '.join(FORMS)}, and all")
    return _BY_DEFAULT | asked


def _base(base_url: str, site: str) -> tuple[str, str]:
    """The path of the site's root and its whole address, each with a slash at its end; the address may be empty."""
    is_path = base_url.startswith("/") and not base_url.startswith("//") and _is_path(base_url)
    if base_url and not is_path:  # two slashes begin the name of a host
        raise UsageError(f"{base_url!r} is no path of a site: write /repo/, or ./ for one that needs no server")
    if site:
        parts = urlsplit(site)
        is_site = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) and _is_path(parts.path)
        if not is_site or parts.query or parts.fragment:
            raise UsageError(f"{site!r} is no address of a site: write https://HOST/PATH/")
        if base_url and _root(base_url) != _root(parts.path):
            raise UsageError(f"--base-url {base_url} is not the path of --site {site}")
        return _root(parts.path), f"{parts.scheme}://{parts.netloc}{_root(parts.path)}"
    return _root(base_url), ""


_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")  # and nobody's name and password
_PATH = re.compile(r"(/+([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*/*")


def _is_path(path: str) -> bool:
    """Whether a path is written as it stands in an address, and leads nowhere else."""
    return bool(_PATH.fullmatch(path)) and not {".", ".."} & set(unquote(path).split("/"))


def _root(path: str) -> str:
    return re.sub("/+", "/", f"/{path}/")
