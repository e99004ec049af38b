"""Load test of the whole system on this machine: starts it, fills it, lets locust at it, and counts what became of the work.

    .venv/bin/python -m benchmarks.load --out FOLDER [--quick] [--jobs 20000] [--cvs 200] [--embed real]

Everything runs in a temporary folder and on free ports: Redis where it is installed, the embedded PostgreSQL, gunicorn and
both queue workers. The scenarios are those of deploy/locust, with locust in an environment of its own under var/, made when
it is first needed. Then everything that was accepted has to be finished exactly once. FOLDER gets load.md and curves as
SVG. Under a quarter of an hour, with --quick under two minutes. What the report says: docs/load.md.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.database import machine
from benchmarks.loadtest import counting, reporting
from benchmarks.loadtest.reporting import Phase
from benchmarks.loadtest.system import PROJECT, System, running

LOCUST = PROJECT / "var" / "locust"
REQUIREMENTS = PROJECT / "requirements-load.txt"
TEXTS, SEED = 200, 77  # texts that are uploaded are of people whom generate_dummy does not invent


@dataclass(frozen=True)
class Scenario:
    """One run of locust."""

    name: str
    user: str
    users: int
    seconds: int
    options: tuple[str, ...] = ()


FULL = (
    Scenario("Mixed, 100 users", "Mixed", 100, 120),
    Scenario("Mixed, 500 users", "Mixed", 500, 90),
    Scenario("1,000 uploads an hour", "Upload", 10, 150, ("--uploads-per-hour", "1000")),
    Scenario("200 uploads at once", "Burst", 200, 150),
)
QUICK = (
    Scenario("Mixed, 20 users", "Mixed", 20, 12),
    Scenario("Bulk, 1 user", "Bulk", 1, 8),
    Scenario("1,000 uploads an hour", "Upload", 2, 10, ("--uploads-per-hour", "1000")),
    Scenario("10 uploads at once", "Burst", 10, 20),
)
# Each process of the web server loads what it needs with its first requests; that is no part of what is measured.
WARM_UP = Scenario("Warm-up", "Browse", 8, 8)


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended then, too
    scenarios = QUICK if options.quick else FULL
    jobs, cvs = options.jobs or (300 if options.quick else 20_000), options.cvs or (40 if options.quick else 200)
    embed = options.embed or ("hashing" if options.quick else "real")
    begun = time.monotonic()
    locust = ready_locust()
    with running(jobs=jobs, cvs=cvs, embed=embed) as system:
        say(f"{system.base} is ready after {time.monotonic() - begun:.0f} s")
        wait_for_lists(seconds=20 if options.quick else 180)
        uploads = write_texts(system.folder / "uploads")
        accepted = system.folder / "accepted.jsonl"
        run(locust, system, WARM_UP, uploads, accepted)
        phases = [run(locust, system, scenario, uploads, accepted) for scenario in scenarios]
        account = counting.reconcile(accepted, patience_s=30 if options.quick else 180, say=say)
        about = (
            machine(),
            f"{jobs:,} jobs and {cvs:,} CVs, vectors {embed}; cache in {'Redis' if system.has_redis else 'the database'}",
            f"load of the machine before {options.load_before:.1f}; locust runs on the same machine",
            f"command: python -m benchmarks.load {' '.join(sys.argv[1:])}",
        )
        keep_logs(system, options.out)
        report = reporting.write_report(options.out, about=about, phases=phases, account=account)
    print(report.read_text())
    say(f"{report} after {(time.monotonic() - begun) / 60:.1f} minutes")
    return 0 if account.is_clean else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the report")
    parser.add_argument("--quick", action="store_true", help="small and short, to see that it works")
    parser.add_argument("--jobs", type=int, help="default: 20000, quick 300")
    parser.add_argument("--cvs", type=int, help="default: 200, quick 40")
    parser.add_argument("--embed", choices=("real", "hashing"), help="default: real, quick hashing")
    parser.set_defaults(load_before=os.getloadavg()[0])
    return parser.parse_args()


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def ready_locust() -> Path:
    """Locust brings a web framework and its own event loop, which stay out of the project's environment."""
    program, note = LOCUST / "bin" / "locust", LOCUST / "requirements.txt"
    if not note.exists() or note.read_text() != REQUIREMENTS.read_text():
        say("installing locust into var/locust")
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, LOCUST], check=True)
        install = [
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            REQUIREMENTS,
            "--python",
            LOCUST / "bin" / "python",
        ]
        subprocess.run([*uv, *install], check=True)
        note.write_text(REQUIREMENTS.read_text())
    return program


def wait_for_lists(*, seconds: float) -> None:
    """Until the workers have matched the CVs that the system was filled with, or time is up: the rest is part of the load."""
    from cvmatch.core.models import Status
    from ingestion.models import CV
    from matching.models import Explanation, Prediction

    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        listed = Prediction.objects.filter(side="jobs", status=Status.COMPLETED).values("cv").distinct().count()
        if listed >= CV.objects.count() and not Explanation.objects.exclude(status=Status.COMPLETED).exists():
            break
        time.sleep(1)
    say(f"{listed} CVs have lists")


def write_texts(folder: Path) -> Path:
    """CVs to upload: texts of people of their own, and the demo's PDFs."""
    from cvmatch.demo import cv_files
    from cvmatch.dummy.people import make_text

    folder.mkdir()
    for number in range(1, TEXTS + 1):
        text = make_text(number, SEED, year=time.localtime().tm_year)
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    for path in cv_files():
        if path.suffix == ".pdf":
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def run(locust: Path, system: System, scenario: Scenario, uploads: Path, accepted: Path) -> Phase:
    """One scenario, with the lookups of the cache before and after it."""
    say(f"{scenario.name}: {scenario.seconds} s at most")
    prefix = system.folder / scenario.name.replace(" ", "-").replace(",", "")
    command = [
        locust, "-f", PROJECT / "deploy" / "locust" / "locustfile.py", scenario.user, "--headless", "--only-summary",
        "--host", system.base, "--users", scenario.users, "--spawn-rate", max(scenario.users / 5, 20),
        "--run-time", f"{scenario.seconds}s", "--stop-timeout", 20, "--cv-folder", uploads, "--accepted", accepted,
        "--csv", prefix, "--csv-full-history", "--json-file", prefix, "--exit-code-on-error", 0, *scenario.options,
    ]  # fmt: skip
    secrets = {"CVMATCH_LOAD_KEY": system.key, "CVMATCH_LOAD_SESSION": system.session}
    before = counting.lookups(system.metrics())
    with (system.folder / "locust.log").open("ab") as log:
        words = [str(word) for word in command]
        subprocess.run(words, env={**os.environ, **secrets}, stdout=log, stderr=subprocess.STDOUT, check=True)
    return Phase(scenario.name, prefix, counting.hit_rates(before, counting.lookups(system.metrics())))


def keep_logs(system: System, out: Path) -> None:
    """What locust and the system said goes beside the report; the system logs no text of a CV."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("locust.log", "up.log"):
        (out / name).write_bytes((system.folder / name).read_bytes())


if __name__ == "__main__":
    sys.exit(main())
