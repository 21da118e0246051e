# SPDX-License-Identifier: Apache-2.0
"""What rocrate-validator finds in crates, offline: judge_ro_crate.py CONTEXT LEVEL FOLDER-OR-ZIP…"""

import json
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from rocrate_validator import services
from rocrate_validator.models import ValidationSettings
from rocrate_validator.utils.http import HttpRequester
from urllib3 import HTTPResponse

ADDRESS = "https://w3id.org/ro/crate/1.2/context"


def known(path: str) -> None:
    """Have the validator, which asks no network, know the context of the crate."""
    text = BytesIO(Path(path).read_bytes())
    raw = HTTPResponse(text, {"Content-Type": "application/ld+json"}, 200, preload_content=False, request_url=ADDRESS)
    response = HTTPAdapter().build_response(requests.Request("GET", ADDRESS).prepare(), raw)
    HttpRequester().session.cache.save_response(response)


def main(context: str, level: str, *crates: str) -> None:
    with tempfile.TemporaryDirectory() as aside:
        told = []
        for crate in crates:
            settings = ValidationSettings(
                rocrate_uri=crate,
                profile_identifier="ro-crate-1.2",
                requirement_severity=level,
                offline=True,
                cache_path=Path(aside, "cache"),
            )
            known(context)
            told.append(sorted({one.message for one in services.validate(settings).get_issues()}))
        print(json.dumps(told))


main(*sys.argv[1:])
