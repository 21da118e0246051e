# SPDX-License-Identifier: Apache-2.0
"""anchorpoint, asked by lines of JSON: where a quotation stands between a prefix and a suffix, if at one place."""

# mypy: ignore-errors
import json
import sys

from anchorpoint.textselectors import TextQuoteSelector, TextSelectionError

for line in sys.stdin:
    case = json.loads(line)
    selector = TextQuoteSelector(exact=case["exact"], prefix=case.get("prefix", ""), suffix=case.get("suffix", ""))
    try:
        found = selector.as_unique_position(case["text"])
        print(json.dumps([found.start, found.end]))
    except TextSelectionError:
        print("null")
