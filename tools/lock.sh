#!/bin/sh
# Write requirements.lock: every dependency of every extra and of the build, for every platform and
# every Python from 3.11 on (one version of each for all, so that results are too), with the hashes of
# all files. No package index is named in it.
#
#   sh tools/lock.sh             keep the locked versions that still fit
#   sh tools/lock.sh --upgrade   take the newest of all
#
# Needs uv: on the path, or .venv/bin/python -m pip install uv
set -eu
cd "$(dirname "$0")/.."

if [ -x .venv/bin/uv ]; then
  uv=.venv/bin/uv
elif command -v uv >/dev/null 2>&1; then
  uv=uv
else
  echo "uv is needed to write the lock: .venv/bin/python -m pip install uv" >&2
  exit 1
fi

"$uv" pip compile pyproject.toml --quiet \
  --universal --python-version 3.11 --fork-strategy fewest --all-extras \
  --generate-hashes --no-emit-index-url --no-emit-find-links \
  --custom-compile-command "make lock" \
  --output-file requirements.lock "$@"
