"""Why the demo is not loaded, or not removed."""

from __future__ import annotations


class Mixed(Exception):
    """The demo and real data would be, or are, mixed; its text says where and what to do."""
