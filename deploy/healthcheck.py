"""Exit code 0 when the web server of this container answers; an answer that refuses this host name is one too."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
try:
    connection.request("GET", "/health/live")
    sys.exit(connection.getresponse().status >= 500)
except (OSError, http.client.HTTPException) as error:
    sys.exit(str(error))
