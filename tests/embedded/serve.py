"""The embedded servers alone, until a signal: `python -m tests.embedded.serve STATE fast|safe [UID]`.

With a UID, root becomes that user first: after the imports, for it need not be able to reach the interpreter.
"""

import os
import sys
from pathlib import Path

from saypro_review.lib.embedded import binaries, session
from saypro_review.lib.embedded.place import User
from saypro_review.lib.embedded.state import Failed, State
from saypro_review.lib.embedded.supervisor import Ended, Supervisor


def become(uid: int, path: Path) -> None:
    user = User(uid, uid, str(uid))
    found = binaries.within_reach(binaries.find(), State(path, path.parent / "programs-for-user", user, path))
    binaries.find = lambda: found
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


if __name__ == "__main__":
    path, mode, *user = Path(sys.argv[1]), *sys.argv[2:]
    if user:
        become(int(user[0]), path)
    state = State.at(path)
    try:
        with state.lock("up"), Supervisor(session.say) as supervisor:
            try:
                session.start_servers(state, supervisor, fast=mode == "fast")
                session.say("Both answer.")
                supervisor.forever()
            except Ended:
                session.say("stopping")
    except Failed as error:
        session.say(f"failed: {error}")
        sys.exit(1)
