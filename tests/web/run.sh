#!/usr/bin/env bash
# The page's tests: Vitest for its logic, Chromium for the built page against real servers. Installs what is missing. Argument: the results as JSON.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
results=$1
browser=${AUDIOREPROMPT_CHROMIUM:-/usr/bin/chromium}
cd "$root/tests/web" || exit 1

if [[ ! -d node_modules || package-lock.json -nt node_modules ]]; then
  echo "Installing what the page is tested with …"
  npm ci --no-audit --no-fund --ignore-scripts >"$root/.build/web-tests.log" 2>&1 || { cat "$root/.build/web-tests.log"; exit 1; }
  touch node_modules
fi

if [[ ! -x $browser ]]; then
  echo "Installing Chromium …"
  as_root=()
  (( EUID == 0 )) || as_root=(sudo -n)
  { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends chromium fonts-liberation; } >"$root/.build/chromium.log" 2>&1 ||
    { tail -n 5 "$root/.build/chromium.log"; echo "Chromium is needed for the page's tests: apt install chromium, or name one in AUDIOREPROMPT_CHROMIUM."; exit 1; }
fi

mkdir -p "$(dirname "$results")"
exec npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$results"
