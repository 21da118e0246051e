# SPDX-License-Identifier: Apache-2.0
"""The recipes of docs/recipes for nginx and Caddy, run as they stand: on the loopback interface, without TLS."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import sourcebook
from bench.in_front import CADDY, NGINX, caddy, found, nginx, plain, syntax, without_limits
from tests.served import PYTHONS, address_of, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]
needs_nginx = pytest.mark.skipif(not found("nginx"), reason="nginx is not here: .ci/run installs it")
needs_caddy = pytest.mark.skipif(not found("caddy"), reason="Caddy is not here: .ci/run installs it")
Copy = Callable[[str], Path]
PAGES = ("/", "/growers", "/growers/late", "/growers/late.json", "/orchard/growers", "/questions/heaviest?at_least=1")
FILES = ("/-/downloads/orchard.db", "/-/downloads/csv/growers.csv")


@pytest.fixture(params=PYTHONS.values(), ids=PYTHONS)
def python(request: pytest.FixtureRequest) -> str:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    return str(request.param)


def changed(folder: Path, name: str) -> str:
    """The next release of a book; its name."""
    (folder / "data/growers/late.yaml").write_text(f"name: {name}\n", encoding="utf-8")
    built = sourcebook.build(folder)
    assert built.release
    return built.release.name


@pytest.fixture
def book_of_two(book: Copy) -> Path:
    folder = book("orchard")
    changed(folder, "First Farm")
    return folder


def command(python: str, folder: Path, port: int = 0, *options: str) -> list[str]:
    return [python, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", str(port), *options]


@contextmanager
def site(python: str, folder: Path, *options: str) -> Iterator[tuple[httpx.Client, int]]:
    """The site by itself, and its port."""
    with running(command(python, folder, 0, *options)) as output:
        address = address_of(output)
        with client(int(address.rstrip("/").rpartition(":")[2])) as one:
            yield one, one.base_url.port or 0


def client(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)


@needs_nginx
def test_behind_nginx_all_is_as_without_and_pages_come_from_its_cache(
    python: str, book_of_two: Path, tmp_path: Path
) -> None:
    with (
        site(python, book_of_two, "--workers", "2") as (own, port),
        nginx(port, tmp_path / "nginx", without_limits) as at,
        client(at) as front,
    ):
        for path in (*PAGES, *FILES):
            for packing in ("gzip", "gzip, deflate, br, zstd", "identity", "gzip;q=0"):
                headers = {"accept-encoding": packing}
                answers = [one.get(path, headers={**headers, "host": "localhost"}) for one in (own, front, front)]
                assert {one.status_code for one in answers} == {200}
                # The address of the site is said in pages by the name that is asked.
                assert len({one.content for one in answers}) == 1, path
                for name in ("content-security-policy", "etag", "cache-control", "sourcebook-release", "content-type"):
                    assert len({one.headers.get(name) for one in answers}) == 1, (path, name)
                packed = {one.headers.get("content-encoding") for one in answers}
                assert len(packed) == 1, path
                assert packed == {None} or "gzip" in packing.split(";")[0]
                if path in PAGES:
                    assert answers[2].headers["x-cache"] in ("HIT", "REVALIDATED"), path
                else:
                    assert "x-cache" not in answers[2].headers
        tag = front.get("/growers").headers["etag"]
        assert front.get("/growers", headers={"if-none-match": tag}).status_code == 304
        part = front.get(FILES[0], headers={"range": "bytes=0-15"})
        assert (part.status_code, part.content[:6]) == (206, b"SQLite")
        assert front.head("/growers").headers["content-type"].startswith("text/html")
        assert front.get("/nothing").status_code == 404
        assert front.get("/nothing").headers["content-type"].startswith("text/html")
        assert front.get("/nothing", headers={"accept": "application/json"}).json()["ok"] is False
        assert front.post("/growers", content=b"a").status_code == 405
        assert front.get("/-/release-for-the-cache").status_code == 404
        assert front.get("/-/health").json()["ok"] is True
        hidden = front.get("/growers").headers
        assert hidden.get("server", "nginx") == "nginx"  # no version of it


@needs_nginx
def test_what_nginx_has_changes_with_the_release(book_of_two: Path, tmp_path: Path) -> None:
    with (
        site(sys.executable, book_of_two, "--workers", "2") as (own, port),
        nginx(port, tmp_path / "nginx", without_limits) as at,
        client(at) as front,
    ):
        first = own.get("/-/health").json()["release"]
        for number in range(5):
            for path in PAGES:
                assert front.get(path).headers["sourcebook-release"] == first
            second = changed(book_of_two, f"Farm number {number}")
            seen: list[tuple[str, str]] = []
            until = time.monotonic() + 30
            while not seen or {release for release, _ in seen[-len(PAGES) :]} != {second}:
                assert time.monotonic() < until, seen[-10:]
                for path in PAGES:
                    answer = front.get(path)
                    assert answer.status_code == 200
                    release = answer.headers["sourcebook-release"]
                    if path == "/growers/late":
                        assert (f"Farm number {number}" in answer.text) == (release == second)
                    seen.append((release, answer.headers["x-cache"]))
            assert {release for release, _ in seen} <= {first, second}
            # What is not in the cache is of the new one at once, and the rest when nginx has asked which there is.
            known = next(
                (n for n, (release, state) in enumerate(seen) if release == second and state == "HIT"), len(seen)
            )
            assert {release for release, _ in seen[known:]} <= {second}
            assert {state for release, state in seen if release == first} <= {"HIT", "REVALIDATED"}
            first = second


@needs_nginx
def test_an_answer_of_another_release_than_the_one_that_is_known_is_not_kept(tmp_path: Path) -> None:
    server = """
import http.server, sys, itertools
names = itertools.count()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b"{}"
        name = "known" if self.path in ("/-/health", "/same") else f"other-{next(names)}"
        self.send_response(200)
        for one in (("sourcebook-release", name), ("cache-control", "public, max-age=5"), ("content-length", "2")):
            self.send_header(*one)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"serving http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
"""
    with running([sys.executable, "-c", server]) as output:
        port = int(address_of(output).rstrip("/").rpartition(":")[2])
        with nginx(port, tmp_path / "nginx") as at, client(at) as front:
            assert [front.get("/same").headers["x-cache"] for _ in range(3)] == ["MISS", "HIT", "HIT"]
            others = [front.get("/others").headers for _ in range(3)]
            assert [one["x-cache"] for one in others] == ["MISS"] * 3
            assert len({one["sourcebook-release"] for one in others}) == 3


@needs_nginx
def test_nginx_bounds_what_one_reader_asks(book_of_two: Path, tmp_path: Path) -> None:
    with (
        site(sys.executable, book_of_two) as (_, port),
        nginx(port, tmp_path / "nginx") as at,
        client(at) as front,
    ):
        assert [front.get(path).status_code for path in PAGES * 5] == [200] * len(PAGES) * 5

        def ask(number: int) -> httpx.Response:
            return front.get(f"/search?q=farm{number}")

        with ThreadPoolExecutor(8) as readers:
            answers = list(readers.map(ask, range(60)))
        statuses = Counter(one.status_code for one in answers)
        assert statuses[429] >= 10
        assert statuses[200] >= 10
        assert set(statuses) <= {200, 429}
        refused = next(one for one in answers if one.status_code == 429)
        assert (refused.headers["retry-after"], refused.headers["cache-control"]) == ("5", "no-store")
        assert "ask again in a few seconds" in refused.text
        assert front.get("/").status_code == 200  # pages without parameters are another matter


@needs_nginx
def test_where_the_server_is_away_nginx_says_so(book_of_two: Path, tmp_path: Path) -> None:
    with site(sys.executable, book_of_two) as (_, port), nginx(port, tmp_path / "nginx") as at, client(at) as front:
        assert front.get("/growers").status_code == 200
    with nginx(port, tmp_path / "again") as at, client(at) as front:
        for path in ("/growers", "/-/downloads/orchard.db"):
            answer = front.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "cannot be reached" in answer.text


@needs_nginx
def test_the_recipe_for_nginx_is_one_with_tls_too(book_of_two: Path, tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path, "books.example")
    with site(sys.executable, book_of_two, "--host-name", "https://books.example") as (_, port):
        ports = [_free(), _free()]

        def with_tls(_plain: str) -> str:
            recipe = NGINX.read_text("utf-8").replace("127.0.0.1:8001", f"127.0.0.1:{port}")
            recipe = re.sub(r"(?m)^    listen \[::\].*\n", "", recipe)
            for old, new in (
                ("listen 80;", f"listen 127.0.0.1:{ports[0]};"),
                ("listen 443 ssl", f"listen 127.0.0.1:{ports[1]} ssl"),
                ("/etc/letsencrypt/live/books.example/fullchain.pem", str(certificate)),
                ("/etc/letsencrypt/live/books.example/privkey.pem", str(key)),
                ("/var/cache/nginx/sourcebook", str(tmp_path / "nginx/cache")),
            ):
                assert recipe.count(old) == 1, old
                recipe = recipe.replace(old, new)
            return f"{recipe}\nserver {{ listen 127.0.0.1:{ports[2]}; }}\n"

        ports.append(0)

        def listening_too(plain_recipe: str) -> str:
            asked = re.search(r"listen 127\.0\.0\.1:(\d+);", plain_recipe)
            assert asked
            ports[2] = int(asked[1])
            return with_tls(plain_recipe)

        with nginx(port, tmp_path / "nginx", listening_too):
            assert syntax(tmp_path / "nginx", tmp_path / "nginx/nginx.conf").returncode == 0
            import ssl

            context = ssl.create_default_context(cafile=str(certificate))
            with httpx.Client(verify=context, trust_env=False) as reader:
                asked = {"headers": {"host": "books.example"}, "extensions": {"sni_hostname": "books.example"}}
                answer = reader.get(f"https://127.0.0.1:{ports[1]}/growers/late", **asked)  # type: ignore[arg-type]
                assert answer.status_code == 200
                assert answer.headers["strict-transport-security"] == "max-age=31536000"
                assert "https://books.example/growers/late" in answer.text
                moved = reader.get(f"http://127.0.0.1:{ports[0]}/growers?a=b", headers={"host": "books.example"})
                assert (moved.status_code, moved.headers["location"]) == (301, "https://books.example/growers?a=b")


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key."""
    x509 = pytest.importorskip("cryptography.x509")
    import datetime

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _free() -> int:
    from bench.servers import free

    return free()


def test_what_is_changed_in_the_recipe_for_a_test_stands_in_it(tmp_path: Path) -> None:
    recipe = NGINX.read_text("utf-8")
    assert "ssl" not in re.sub(r"(?m)#.*", "", plain(recipe, 1, 2, tmp_path))
    with pytest.raises(ValueError, match="stands 0 times"):
        plain(recipe.replace("listen 443 ssl http2", "listen 443"), 1, 2, tmp_path)
    assert recipe.count("books.example") == 6
    assert CADDY.read_text("utf-8").count("books.example") == 3


# --- Caddy ------------------------------------------------------------------------------------------------------------


@needs_caddy
def test_the_recipe_for_caddy_is_one(tmp_path: Path) -> None:
    told = [found("caddy"), "adapt", "--adapter", "caddyfile", "--validate", "--config", str(CADDY)]
    done = subprocess.run(told, capture_output=True, text=True, timeout=60, check=False, env={"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "not formatted" not in done.stderr


@needs_caddy
def test_behind_caddy_all_is_as_without_and_a_restart_makes_readers_wait(
    python: str, book_of_two: Path, tmp_path: Path
) -> None:
    with site(python, book_of_two) as (own, port), caddy(port, tmp_path / "caddy") as at, client(at) as front:
        for path in (*PAGES, *FILES):
            for packing in ("gzip", "identity"):
                headers = {"accept-encoding": packing, "host": f"localhost:{at}"}
                answers = [one.get(path, headers=headers) for one in (own, front)]
                assert {one.status_code for one in answers} == {200}
                assert len({one.content for one in answers}) == 1, path
                assert len({one.headers.get("etag") for one in answers}) == 1, path
        assert "server" not in answers[1].headers
        part = front.get(FILES[0], headers={"host": f"localhost:{at}", "range": "bytes=0-15"})
        assert (part.status_code, part.content[:6]) == (206, b"SQLite")
    with caddy(port, tmp_path / "again") as at, client(at) as front, ThreadPoolExecutor(1) as readers:
        waiting = readers.submit(front.get, "/growers", headers={"host": f"localhost:{at}"})
        time.sleep(0.5)
        assert not waiting.done()
        server = subprocess.Popen(command(python, book_of_two, port))
        try:
            assert waiting.result(30).status_code in (200, 502, 503)
            until = time.monotonic() + 30
            while front.get("/growers", headers={"host": f"localhost:{at}"}).status_code != 200:
                assert time.monotonic() < until
                time.sleep(0.2)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
