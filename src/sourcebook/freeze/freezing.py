# SPDX-License-Identifier: Apache-2.0
"""The site of the current release, page by page to files: planned, told, made by all cores, and listed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from sourcebook.book import Folder, build_folder
from sourcebook.content.frozen import ALWAYS, OPTIONAL, Twin
from sourcebook.errors import UsageError
from sourcebook.freeze.estimating import estimated
from sourcebook.freeze.manifest import Manifest
from sourcebook.freeze.names import awkward
from sourcebook.freeze.pages import keys_of
from sourcebook.freeze.result import Frozen, Told
from sourcebook.freeze.work import Work
from sourcebook.processes import mapped
from sourcebook.publish import release
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published

FORMS = (*ALWAYS, *OPTIONAL)
_BY_DEFAULT = frozenset({*ALWAYS, "history"})


def freeze(
    folder: Folder,
    to: Path | str,
    *,
    base_url: str = "",
    site: str = "",
    forms: Iterable[str] = (),
    dry_run: bool = False,
    jobs: int = 0,
    tell: Callable[[Told], None] | None = None,
) -> Frozen:
    """Write the site of the current release of the book in ``folder`` as files below ``to``.

    ``base_url`` is the path at which the site will lie, ``site`` its whole address; ``forms`` are those that records
    have beside page, JSON and history, or ``all``. ``tell`` is told how much it will be before anything is written; a
    ``dry_run`` ends there. Raises UsageError for what does not fit, EnvironmentFailure where the disk does not let it.
    """
    begun = time.perf_counter()
    wanted = _forms(forms)
    base, site = _base(base_url, site)
    opened = Published(release.current(build_folder(folder)))
    try:
        manifest = Manifest.of(Path(to))
        keys = {one.address: keys_of(opened, one) for one in opened.site.collections}
        names = dict(pair for address, some in keys.items() for pair in awkward(address, some))
        asked = Asked((), base=base, site=site, twin=Twin(wanted, names))
        work = Work(opened, asked, keys, manifest)
        told = estimated(work)
        if tell:
            tell(told)
        records = sum(map(len, keys.values()))
        if dry_run:
            return Frozen(opened.release, records, 0, 0, 0, 0, 0, time.perf_counter() - begun, told)
        with manifest.changing() as listed:
            for done in mapped(work.do, work.count, jobs):
                listed.add(done)
        return Frozen(
            opened.release,
            records,
            listed.files,
            listed.bytes,
            listed.written,
            listed.files - listed.written,
            listed.removed,
            time.perf_counter() - begun,
            told,
            tuple(listed.failed),
        )
    finally:
        opened.close()


def _forms(forms: Iterable[str]) -> frozenset[str]:
    asked = set(forms)
    if "all" in asked:
        return frozenset(FORMS)
    if wrong := sorted(asked - set(FORMS)):
        raise UsageError(f"there is no form {wrong[0]!r}; the forms are {', '.join(FORMS)}, and all")
    return _BY_DEFAULT | asked


def _base(base_url: str, site: str) -> tuple[str, str]:
    """The path of the site's root and its whole address, each with a slash at its end; the address may be empty."""
    if site:
        parts = urlsplit(site)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise UsageError(f"{site!r} is no address of a site: write https://HOST/PATH/")
        path = f"/{parts.path.strip('/')}/".replace("//", "/")
        if base_url and f"/{base_url.strip('/')}/".replace("//", "/") != path:
            raise UsageError(f"--base-url {base_url} is not the path of --site {site}")
        return path, f"{parts.scheme}://{parts.netloc}{path}"
    if base_url and not base_url.startswith("/"):
        raise UsageError(f"{base_url!r} is no path of a site: write /repo/")
    return f"/{base_url.strip('/')}/".replace("//", "/"), ""
