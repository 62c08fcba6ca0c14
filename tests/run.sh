#!/usr/bin/env bash
# Installs what the tests need, builds everything, runs all tests and ends with "N passed, N failed".
# Arguments are handed to dotnet test, such as --filter Storage.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/TestResults
cd "$root" || exit 1

say() { printf '%s\n' "$*" >&2; }

install_chromium() {
  command -v chromium >/dev/null || [[ -x /usr/bin/chromium ]] && return 0
  say "Installing Chromium for the tests of the page …"
  local log=$root/.build/chromium.log
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; } >"$log" 2>&1 && return 0
    tail -n 5 "$log" >&2
  fi
  say "Chromium could not be installed here (needs root and apt); the tests of the page are skipped and say so."
}

mkdir -p "$root/.build"
install_chromium
# Builds page and programs as a user would.
"$root/audioreprompt" build || exit 1
dotnet build "$root/AudioReprompt.sln" -c Release -nologo -v quiet || exit 1

rm -rf "$results"
dotnet test "$root/AudioReprompt.sln" -c Release --no-build --nologo --results-directory "$results" --logger trx "$@"
status=$?

# The counters of every project's result file, added up.
sum() { grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum passed)
failed=$(( $(sum failed) + $(sum error) + $(sum timeout) + $(sum aborted) ))
skipped=$(( $(sum total) - $(sum executed) ))
# A run that ended badly without a failed test (a crash, say) must not look green.
if (( status != 0 && failed == 0 )); then failed=1; fi
if (( passed == 0 )); then status=1; fi
(( skipped > 0 )) && printf '%d skipped, each with its reason above\n' "$skipped"
printf '%d passed, %d failed\n' "$passed" "$failed"
exit "$status"
