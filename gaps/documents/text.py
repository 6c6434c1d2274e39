"""The summary as JSON: the format that all others are rendered from."""

from __future__ import annotations

import json

from gaps.core.edition import Document


def as_json(document: Document) -> bytes:
    """UTF-8, keys in the schema's order, two spaces, a final line break. NaN cannot occur: it is refused."""
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
