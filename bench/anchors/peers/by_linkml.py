# SPDX-License-Identifier: Apache-2.0
"""linkml-reference-validator, asked by lines of JSON: whether a text is in a reference. It says no place."""

# mypy: ignore-errors
import json
import sys

from linkml_reference_validator.models import ReferenceContent, ReferenceValidationConfig
from linkml_reference_validator.validation.supporting_text_validator import SupportingTextValidator

validator = SupportingTextValidator(ReferenceValidationConfig())
for line in sys.stdin:
    case = json.loads(line)
    reference = ReferenceContent(reference_id="X:1", content=case["text"])
    print(json.dumps(bool(validator.find_text_in_reference(case["exact"], reference).found)))
