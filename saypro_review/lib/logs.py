"""Lines of the log that hold no data."""

from __future__ import annotations

import logging
import re

# What PostgreSQL adds to an error: the row that failed, the key that was there already. A row may hold what somebody said.
QUOTED = re.compile(r"^(DETAIL|CONTEXT|LINE \d+):.*?(?=^\s*$|^Traceback|\Z)", re.MULTILINE | re.DOTALL)


class QuietFormatter(logging.Formatter):
    """Leaves out what the database quotes of its rows and statements; the error itself, and where it was, stay."""

    def format(self, record: logging.LogRecord) -> str:
        return QUOTED.sub(r"\1: left out\n", super().format(record)).rstrip("\n")
