#!/usr/bin/env bash
# Installs what the tests need, builds everything, runs all tests and ends with "N passed, N failed".
# Arguments are handed to dotnet test, such as --filter Storage; then the page's tests are left out. "web" alone runs only those.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/TestResults
cd "$root" || exit 1

mkdir -p "$root/.build"
rm -rf "$results"

# The emulator that the tests of Azure storage run against.
azurite=$root/.build/azurite
if ! cmp -s eng/azurite/package-lock.json "$azurite/package-lock.json" || [[ ! -d $azurite/node_modules ]]; then
  echo "Installing Azurite (186 MB) …"
  mkdir -p "$azurite"
  cp eng/azurite/{package.json,package-lock.json,.npmrc} "$azurite/"
  (cd "$azurite" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) || { cat "$azurite/npm.log"; rm -f "$azurite/package-lock.json"; exit 1; }
fi

# Installs what is missing, and builds page and programs as for a user.
"$root/audioreprompt" build || exit 1

status=0
if [[ ${1:-} != web ]]; then
  dotnet build "$root/AudioReprompt.sln" -c Release -nologo -v quiet || exit 1
  dotnet test "$root/AudioReprompt.sln" -c Release --no-build --nologo --results-directory "$results" --logger trx "$@"
  status=$?
fi

# The counters of every project's result file, added up.
sum() { grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum passed)
failed=$(( $(sum failed) + $(sum error) + $(sum timeout) + $(sum aborted) ))
skipped=$(( $(sum total) - $(sum executed) ))
# A run that ended badly without a failed test (a crash, say) must not look green.
if (( status != 0 && failed == 0 )); then failed=1; fi

if (( $# == 0 )) || [[ ${1:-} == web ]]; then
  "$root/tests/web/run.sh" "$results/web.json"
  page=$?
  count() { node -p "try { JSON.parse(require('node:fs').readFileSync('$results/web.json', 'utf8')).$1 ?? 0 } catch { 0 }" 2>/dev/null || echo 0; }
  page_passed=$(count numPassedTests)
  page_failed=$(count numFailedTests)
  # A file that could not be run at all counts no test; neither must look green.
  if (( page != 0 && page_failed == 0 )) || (( page == 0 && page_passed == 0 )); then page_failed=1; fi
  passed=$(( passed + page_passed ))
  failed=$(( failed + page_failed ))
  (( page_failed == 0 )) || status=1
fi

if (( passed == 0 )); then status=1; fi
(( skipped > 0 )) && printf '%d skipped, each with its reason above\n' "$skipped"
printf '%d passed, %d failed\n' "$passed" "$failed"
exit "$status"
