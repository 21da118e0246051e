# SPDX-License-Identifier: Apache-2.0
"""What lies among data files and is none: known by its name, wherever it lies."""

from __future__ import annotations

import posixpath

from sourcebook import files
from sourcebook.parse import is_json

YAML_ENDINGS = (".yaml", ".yml")
PAGE_ENDINGS = (".md", ".markdown")

# Files that live beside data by custom; git's own; what systems and editors leave behind.
_BESIDE = files.matcher(
    f"**/{name}"
    for name in (
        *("README*", "LICENSE*", "LICENCE*", "COPYING*"),
        *(".gitkeep", ".gitignore", ".gitattributes", ".gitmodules", ".git-blame-ignore-revs", ".mailmap"),
        *(".DS_Store", "._*", "Thumbs.db", "desktop.ini", "*~", "#*#", ".#*", ".*.sw[a-p]", "*.bak", "*.orig", "*.rej"),
    )
)

# Folders that tools fill, and those of tests.
NOT_OURS = ("node_modules", "__pycache__", "site-packages", "bower_components")
TESTS = ("test", "tests", "__tests__", "spec", "fixtures")

# Settings of usual tools, with the endings of data.
_SETTINGS = """
    package.json package-lock.json npm-shrinkwrap.json composer.json tsconfig.json jsconfig.json renovate.json
    mkdocs.yml mkdocs.yaml _config.yml docker-compose.yml docker-compose.yaml compose.yaml codecov.yml netlify.yml
    environment.yml action.yml appveyor.yml bower.json lerna.json vercel.json datapackage.json pnpm-lock.yaml
    pnpm-workspace.yaml cloudbuild.yaml dependabot.yml biome.json deno.json turbo.json nx.json
"""
SETTINGS = frozenset(_SETTINGS.split())


def is_beside(path: str) -> bool:
    """Whether a file is known not to be data by its name: README, LICENSE, what git, systems and editors leave."""
    return _BESIDE.fullmatch(path)


def may_be_data(path: str, *, pages: bool = False) -> bool:
    """Whether a file could hold records: its ending is one of data (or of ``pages``), and no tool has it for settings.

    What lies in a hidden folder, or is hidden at the top, belongs to a tool.
    """
    *folders, name = path.split("/")
    if is_beside(path) or name in SETTINGS or any(part.startswith(".") for part in folders or [name]):
        return False
    ending = posixpath.splitext(name)[1].lower()
    return ending in YAML_ENDINGS or is_json(path) or (pages and ending in PAGE_ENDINGS)
