"""Lines of the log that hold no data."""

from __future__ import annotations

import logging
import re
from typing import Any

# What PostgreSQL adds to an error, to the end of its message: the row that failed, the key that was there already. A row may hold what
# somebody said. Between errors that follow from each other stands a sentence.
QUOTED = re.compile(r"^(DETAIL|CONTEXT|LINE \d+):.*?(?=\n\n(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL)


class QuietFormatter(logging.Formatter):
    """Leaves out what the database quotes of its rows and statements; the error itself, and where it was, stay."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return QUOTED.sub(r"\1: left out", super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return QUOTED.sub(r"\1: left out", super().formatException(ei))
