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

_FINGERPRINT = re.compile(r"\d+ (\S+) ")
_BAD, _NOBODY = "Could not verify signature.", "No principal matched."
"""What ssh-keygen says where it has looked at a signature and says no. Whatever else it fails by is no judgement:
a user without a name (`No user exists for uid 10001`), a disk that is full."""

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
        try:
            key = _signer(data, signed)
            if not key:
                return Judged("bad")
            by = ("-s", str(signed), "-f", str(listed), "-O", at)
            for principal in _asked(b"", "find-principals", *by, no=_NOBODY).splitlines():
                if _BY.search(_asked(data, "verify", "-n", NAMESPACE, "-I", principal, *by, no=_BAD)):
                    return Judged("good", key)
        except _Untold as error:
            return Judged("unverifiable", why=str(error))
        return Judged("unknown", key)


def is_by(data: bytes, signature: bytes, key: Path) -> bool:
    """Whether a signature is of some data and by a ``key``, private or public; False where that cannot be told."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        signed = Path(aside, "signature")
        signed.write_bytes(signature)
        try:
            found = _FINGERPRINT.match(_run(b"", "-l", "-E", "sha256", "-f", str(key.absolute())))
            return found is not None and _signer(data, signed) == found[1]
        except _Untold:
            return False


class _Untold(Exception):
    """Why ssh-keygen does not say yes, and all that it ``said``: a no may be among that."""

    def __init__(self, why: str, said: bytes = b"") -> None:
        super().__init__(why)
        self.said = said


def _signer(data: bytes, signed: Path) -> str:
    """The fingerprint of the key that made a signature of some data; empty where it is none of it."""
    found = _ANYBODYS.search(_asked(data, "check-novalidate", "-n", NAMESPACE, "-s", str(signed), no=_BAD))
    return found[2] if found else ""


def _asked(data: bytes, *arguments: str, no: str) -> str:
    """What ssh-keygen says of a signature; the empty text where it says ``no``. Raises _Untold where neither."""
    try:
        return _run(data, "-Y", *arguments)
    except _Untold as error:
        lines = error.said.decode("utf-8", "replace").splitlines()
        if no in lines and not any(line.startswith("Couldn't read") for line in lines):
            return ""
        raise


def _run(data: bytes, *arguments: str) -> str:
    """What ssh-keygen says. Raises _Untold with the last line of why it does not."""
    try:
        done = subprocess.run(
            ["ssh-keygen", *arguments],  # noqa: S607
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _Untold("ssh-keygen is not installed, or does not answer") from error
    if done.returncode:
        raise _Untold(_last(done.stderr), done.stdout + done.stderr)
    return done.stdout.decode("utf-8", "replace")


def _last(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"
