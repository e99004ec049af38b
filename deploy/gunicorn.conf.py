"""How gunicorn serves cvmatch, in bin/up and in the container alike."""

import os

_host = os.environ.get("HOST") or "127.0.0.1"
_port = os.environ.get("PORT") or "8000"

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
workers = 2
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 8
# The heartbeat file of a worker must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
proc_name = "cvmatch"
# Nothing here is controlled at run time, and its default place is the home folder, which may not exist.
control_socket_disable = True
