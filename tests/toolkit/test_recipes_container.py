# SPDX-License-Identifier: Apache-2.0
"""The recipe for a container: what the image is told, and that its commands are some that there are.

The image itself is not built here: that takes a base image. docs/scale.md says how it was tried.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

import sourcebook
from sourcebook.cli.serve import serve
from tests.conftest import ROOT
from tests.served import serving

RECIPE = ROOT / "docs/recipes/container"
TEXT = (RECIPE / "Containerfile").read_text("utf-8")
Copy = Callable[[str], Path]


def instructions() -> Iterator[tuple[str, str]]:
    """Each instruction, and what follows it."""
    lines = "\n".join(line for line in TEXT.splitlines() if not line.startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name, " ".join(rest.split())


def last(name: str) -> str:
    return [rest for one, rest in instructions() if one == name][-1]


def health() -> list[str]:
    command = last("HEALTHCHECK").partition(" CMD ")[2]
    return [str(one) for one in json.loads(command)]


def test_it_is_not_root_and_asks_no_network() -> None:
    stages = " ".join(f"{name} {rest}" for name, rest in instructions()).split("FROM ")
    assert len(stages) == 4
    assert re.search(r"USER [1-9]\d{3,}:[1-9]\d{3,} ", stages[-1]), "a number, which is not root's"
    assert not [name for name, _ in instructions() if name == "ADD"]
    assert "RUN" not in stages[-1], "what is handed out is copied"
    assert all("--no-index" in one for one in re.findall(r"pip --python \S+ install [^&]*", stages[1]))
    assert not re.search(r"curl|wget|apt|https?://", " ".join(rest for name, rest in instructions() if name == "RUN"))
    base, tools = (rest.partition("=")[2] for name, rest in instructions() if name == "ARG")
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+", base), "not latest"
    assert tools == base.replace("-slim", ""), "libraries of the same release of Debian"


def test_the_user_has_a_name_for_whom_signatures_are_verified() -> None:
    user, group = last("USER").split(":")
    entry = re.findall(r"echo '([^']*)' >> /etc/passwd", TEXT)
    assert [one.split(":")[2:4] for one in entry] == [[user, group]]


def test_commands_are_some_that_there_are() -> None:
    (program,) = json.loads(last("ENTRYPOINT"))
    assert program == "/opt/sourcebook/bin/sourcebook"
    said = " ".join(re.sub(r"\n#", " ", TEXT.replace("\\\n", "\n")).split())
    of_comments = re.findall(r"(?:sourcebook|…) (serve(?: --[a-z-]+(?: [^\s-]\S*)?)+)", said)
    assert len(of_comments) == 2
    for command in (json.loads(last("CMD")), *map(shlex.split, of_comments)):
        verb, *options = command
        assert verb == "serve"
        with click.Context(serve, help_option_names=["-h", "--help"]) as ctx:  # which a command keeps
            serve.parse_args(ctx, options)
        assert (ctx.params["host"], ctx.params["port"]) == ("0.0.0.0", 8001)  # noqa: S104 # in a container
    assert last("EXPOSE") == "8001"


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_its_health_is_that_of_the_server(book: Copy) -> None:
    folder = book("orchard")
    sourcebook.build(folder)
    program, *arguments = health()
    assert program == "/opt/sourcebook/bin/python"
    with serving(sys.executable, folder, "--host-name", "https://books.example") as client:
        port = str(client.base_url.port)
        asked = [sys.executable, *(one.replace("8001", port) for one in arguments)]
        assert subprocess.run(asked, check=False).returncode == 0
    assert subprocess.run(asked, check=False, capture_output=True).returncode != 0


def test_the_key_is_kept_beside_what_is_followed_and_not_in_it() -> None:
    state = re.findall(r"--env XDG_STATE_HOME=(\S+)", TEXT)
    followed = re.findall(r"--book (/var\S+)", TEXT)
    volume = re.findall(r"--volume followed:(\S+)", TEXT)
    assert (len(state), len(followed), len(volume)) == (1, 1, 1)
    assert Path(state[0]).parent == Path(followed[0]).parent == Path(volume[0])


def test_nothing_but_wheels_is_sent_to_who_builds_it() -> None:
    for name in (".containerignore", ".dockerignore"):
        assert (RECIPE / name).read_text("utf-8").split() == ["*", "!wheels/*.whl"]
    assert [rest for name, rest in instructions() if name == "COPY"] == [
        "wheels /wheels",
        "--from=made /opt/sourcebook /opt/sourcebook",
        "--from=made --chown=10001:10001 /var/lib/sourcebook /var/lib/sourcebook",
        "--from=made /etc/passwd /etc/group /etc/",
        "--from=tools /usr/bin/ssh-keygen /usr/bin/ssh-keygen",
    ]
    assert "/docs/recipes/container/wheels/\n" in (ROOT / ".gitignore").read_text("utf-8")


def test_what_the_recipe_calls_is_there() -> None:
    for path in re.findall(r"(?<![\w/.])(?:scripts|requirements)/[\w.]+", TEXT):
        assert (ROOT / path).is_file(), path
