"""Installs the third-party CV makers that the layouts come from, each where the project never sees it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
THEMES = (
    "elegant even flat kendall macchiato stackoverflow caffeine eloquent class paper relaxed orbit kards compact autumn"
    " standard-resume onepage actual"
).split()


def run(
    command: list[str | Path],
    *,
    cwd: Path | None = None,
    timeout_s: float = 300,
    environment: dict[str, str] | None = None,
) -> bool:
    """Whether the command went well; what it says is of no use to anybody who runs the benchmark."""
    try:
        done = subprocess.run(command, cwd=cwd, timeout=timeout_s, capture_output=True, check=False,
                              env={**os.environ, **(environment or {})})  # fmt: skip
    except (subprocess.TimeoutExpired, FileNotFoundError):
        return False
    return done.returncode == 0


class Tools:
    """Programs by name, installed on first use; None where this machine cannot have one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def node(self, package: str) -> Path | None:
        """The folder in which an npm package is installed."""
        home = self.folder / "node"
        if not (home / "node_modules" / package).exists():
            home.mkdir(exist_ok=True)
            if not (home / "package.json").exists():
                (home / "package.json").write_text('{"private": true}', "utf-8")
            install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", package]
            if not run(list(install), cwd=home):
                return None
        shutil.copy(HERE / "themes.cjs", home)
        return home

    def python(self, package: str, *, version: str = "3.11", extras: str = "") -> Path | None:
        """The Python of an environment that holds one package; a package is run as ``python -m``."""
        home = self.folder / package
        if not any(home.glob(f"lib/*/site-packages/{package}")):
            uv = PROJECT / ".venv" / "bin" / "uv"
            made = run([uv, "venv", "--clear", "--python", version, home])
            if not made or not run([uv, "pip", "install", "--python", home, package + extras, "typer>=0.15"]):
                return None
        return home / "bin" / "python"

    @staticmethod
    def system(*names: str) -> str | None:
        """A program of the system, by any of its names."""
        return next((path for name in names if (path := shutil.which(name))), None)
