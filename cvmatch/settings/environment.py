"""Where settings are read from: the environment, or the file that a variable with _FILE behind its name leads to."""

from __future__ import annotations

import environ
from environ.fileaware_mapping import FileAwareMapping


class FilesAndEnvironment(FileAwareMapping):  # type: ignore[misc]
    """The environment, where ``SECRET_KEY_FILE=/run/secrets/key`` says that SECRET_KEY is what stands in that file."""

    def __getitem__(self, key: str) -> str:
        # Editors and `echo` end a file with a line break, which is no part of a password.
        return str(super().__getitem__(key)).rstrip("\r\n")


class Environment(environ.Env):  # type: ignore[misc]
    """Typed readers on top of it."""

    ENVIRON = FilesAndEnvironment()
