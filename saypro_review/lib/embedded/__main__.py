"""`python -m saypro_review.lib.embedded PLAN`: the supervisor as a process of its own, without Django: a tenth of its memory.

`manage.py up` makes the plan (session.Plan as JSON) and turns into this process.
"""

import json
import sys

from .session import Plan, up

if __name__ == "__main__":
    sys.exit(up(Plan(**json.loads(sys.argv[1]))))
