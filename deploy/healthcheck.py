"""Exit code 0 while this container works: ``web`` answers (or refuses this name), ``queue`` has workers, ``schedule`` looks."""

import http.client
import os
import sys
import time
from pathlib import Path

# The leader, the one who looks after the workers, and at least one worker.
FEWEST_PROCESSES = 3
# What `manage.py schedule --beat` touches every ten seconds.
BEAT = Path("/tmp/schedule-beat")  # noqa: S108 - the container is alone there
LONGEST_SILENCE_S = 120


def web() -> int:
    """Asks the web server of this container whether it lives."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    connection.request("GET", "/health/live")
    return int(connection.getresponse().status >= 500)


def queue() -> int:
    """Counts the processes of the queue. Whether they get work done shows in their heartbeat, which is one for all machines."""
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    return int(sum(b"\0qcluster\0" in line for line in lines) < FEWEST_PROCESSES)


def schedule() -> int:
    """Looks when the scheduler last looked."""
    return int(time.time() - BEAT.stat().st_mtime > LONGEST_SILENCE_S)


try:
    sys.exit({"web": web, "queue": queue, "schedule": schedule}[sys.argv[1] if len(sys.argv) > 1 else "web"]())
except (OSError, http.client.HTTPException) as error:
    sys.exit(str(error))
