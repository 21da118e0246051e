# SPDX-License-Identifier: Apache-2.0
"""The door to ssh-keygen: signatures of files, made and verified by keys of SSH (``ssh-keygen -Y``)."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sourcebook.errors import EnvironmentFailure

NAMESPACE = "sourcebook"
"""What a signature is for, so that none that was made for something else counts."""
_SECONDS = 60
_BY = re.compile(r'^Good "\w+" signature for (.+) with (\S+) key (\S+)$', re.MULTILINE)
_ANYBODYS = re.compile(r'^Good "\w+" signature with (\S+) key (\S+)$', re.MULTILINE)

State = Literal["good", "unknown", "bad", "unverifiable"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be said of a signature.

    ``good``: by somebody who is allowed to sign; ``unknown``: right, by a key that is not; ``bad``: not of this file;
    ``unverifiable``: it could not be asked, and ``why`` says the reason. ``key`` is the fingerprint of the key.
    """

    state: State
    key: str = ""
    why: str = ""


def sign(file: Path, key: Path) -> None:
    """Sign a file with a key, private or held by an agent: the signature lies beside it, as ``NAME.sig``.

    Where the key has a passphrase, ssh-keygen asks for it. Raises EnvironmentFailure where it does not sign.
    """
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key.absolute()), str(file.absolute())],  # noqa: S607
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except OSError as error:
        raise EnvironmentFailure(_MISSING) from error
    if done.returncode or not file.with_name(f"{file.name}.sig").is_file():
        raise EnvironmentFailure(f"ssh-keygen did not sign with {key}: {_last(done.stderr)}")


_MISSING = "ssh-keygen is needed to sign, and is not installed"


def judged(data: bytes, signature: bytes, allowed: bytes, day: str) -> Judged:
    """What is to be said of the signature of some data, where ``allowed`` lists who may sign on a ``day``."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        listed, signed = Path(aside, "allowed_signers"), Path(aside, "signature")
        listed.write_bytes(allowed)
        signed.write_bytes(signature)
        at = f"verify-time={day.replace('-', '')}"
        anybodys = _asked(data, "check-novalidate", "-n", NAMESPACE, "-s", str(signed))
        if anybodys is None:
            return Judged("unverifiable", why="ssh-keygen is not installed, or does not answer")
        found = _ANYBODYS.search(anybodys)
        if not found:
            return Judged("bad")
        named = _asked(b"", "find-principals", "-s", str(signed), "-f", str(listed), "-O", at) or ""
        for principal in named.splitlines():
            said = _asked(
                data, "verify", "-n", NAMESPACE, "-s", str(signed), "-f", str(listed), "-I", principal, "-O", at
            )
            if said and _BY.search(said):
                return Judged("good", found[2])
        return Judged("unknown", found[2])


def _asked(data: bytes, *arguments: str) -> str | None:
    """What ssh-keygen says; the empty text where it refuses, None where there is none."""
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", *arguments],  # noqa: S607
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _last(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"
