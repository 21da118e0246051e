# SPDX-License-Identifier: Apache-2.0
"""Web servers in front of the site, by the recipes in docs/recipes, without TLS: on a free port of the loopback
interface, all they write in a folder of their own, ended by the id they were started with.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.books import ROOT
from bench.servers import free, started

NGINX = ROOT / "docs/recipes/nginx/sourcebook.conf"
CADDY = ROOT / "docs/recipes/caddy/Caddyfile"
_ADDRESS = "127.0.0.1:8001"
_MAIN = """
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes {workers};
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  include {folder}/sourcebook.conf;
}}
"""


def found(name: str) -> str:
    """The program ``nginx`` or ``caddy``; the empty text where there is none."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""


def plain(recipe: str, port: int, at: int, folder: Path) -> str:
    """nginx's recipe for a server at ``port``, answering at another port of this machine without TLS."""
    recipe = re.sub(r"(?ms)^server \{\n    listen 80;.*?^\}\n", "", recipe)
    recipe = re.sub(r"(?m)^    (listen \[::\]:443|ssl_).*\n", "", recipe)
    wanted = {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{at};",
        "server 127.0.0.1:8001;": f"server 127.0.0.1:{port};",
        "/var/cache/nginx/sourcebook": f"{folder}/cache",
        "server_name books.example;": "server_name localhost;",
    }
    for old, new in wanted.items():
        if recipe.count(old) != 1:
            raise ValueError(f"{old} stands {recipe.count(old)} times in the recipe")
        recipe = recipe.replace(old, new)
    return recipe


def without_limits(recipe: str) -> str:
    """The recipe without what bounds one reader, who is all readers in a trial."""
    return re.sub(r"(?m)^    limit_(req|conn) .*\n", "", recipe)


@contextmanager
def nginx(port: int, folder: Path, change: Callable[[str], str] = str, workers: int = 1) -> Iterator[int]:
    """nginx by its recipe, with a ``change`` of it, before the server at ``port``; the port that it answers at."""
    at = free()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sourcebook.conf").write_text(change(plain(NGINX.read_text("utf-8"), port, at, folder)), "utf-8")
    user = "user root;\n" if os.geteuid() == 0 else ""  # else its workers could not write to the folder
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(user=user, folder=folder, workers=workers), "utf-8")
    command = [found("nginx"), "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log"), "-g", "daemon off;"]
    with started(command, at):
        yield at


@contextmanager
def caddy(port: int, folder: Path) -> Iterator[int]:
    """Caddy by its recipe before the server at ``port``; the port that it answers at."""
    at = free()
    folder.mkdir(parents=True, exist_ok=True)
    recipe = CADDY.read_text("utf-8")
    for old in (_ADDRESS, "\nbooks.example {"):
        if recipe.count(old) != 1:
            raise ValueError(f"{old} stands {recipe.count(old)} times in the recipe")
    recipe = recipe.replace(_ADDRESS, f"127.0.0.1:{port}").replace("\nbooks.example {", f"\nhttp://localhost:{at} {{")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + recipe, "utf-8")
    command = [found("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with started(command, at, {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}):
        yield at


def syntax(folder: Path, main: Path) -> subprocess.CompletedProcess[str]:
    """What nginx says of a configuration."""
    command = [found("nginx"), "-t", "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
