"""The process behind the sandbox: a file on stdin, JSON on stdout, and nothing else in reach."""

from __future__ import annotations

import json
import resource
import sys

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document


def main(arguments: list[str]) -> None:
    max_bytes, cpu_s, memory_mb = (int(a) for a in arguments[:3])
    filename = arguments[3] if len(arguments) > 3 else ""
    _limit(cpu_s, memory_mb)
    content = sys.stdin.buffer.read(max_bytes + 1)
    answer: dict[str, object]
    try:
        answer = {"document": read_document(content, filename=filename, max_bytes=max_bytes).to_json()}
    except UnreadableDocument as error:
        answer = {"error": error.message}
    except (MemoryError, RecursionError):
        answer = {"error": "The file needs far more memory than a CV should."}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit(cpu_s: int, memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


if __name__ == "__main__":
    main(sys.argv[1:])
