#!/usr/bin/env bash
# Asks the registries for known holes in the packages that this project uses.
set -uo pipefail

usage='Usage: eng/audit.sh
Asks NuGet and npm for known holes in the packages of the solution and of every lock file.
Exit code 0: none found. 1: the programs or the page use one, or a test project of .NET does. 2: wrong arguments.
3: none found, but a registry did not say. Holes in what only builds and tests the page or emulates Azure are printed and do not count.'
case ${1:-} in
  '') ;;
  --help) echo "$usage"; exit 0 ;;
  *) echo "$usage" >&2; exit 2 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
# Nobody runs these but who builds, tests or measures; the packages of development in the others are left out, too.
tools=(eng/azurite eng/transformersjs tests/web)
found=0 silent=0

# Packages of the solution, the ones that others bring included. Without its data on holes NuGet finds none and says nothing.
audit_nuget() {
  local list source holes told=1
  list=$(dotnet list AudioReprompt.sln package --vulnerable --include-transitive --format json) || { echo "NuGet: could not be asked: $list"; silent=1; return; }
  while read -r source; do
    curl -fsS --max-time 30 "$source" 2>/dev/null | jq -se 'any(.[0].resources[]; ."@type" | startswith("VulnerabilityInfo"))' >/dev/null 2>&1 && continue
    echo "NuGet: $source does not say what holes it knows"
    told=0 silent=1
  done < <(jq -r '.sources[]' <<<"$list" 2>/dev/null)
  if ! holes=$(jq -ser '[.[0].projects[].frameworks[]? | .topLevelPackages[]?, .transitivePackages[]? | . as $package | .vulnerabilities[]?
    | "\($package.id) \($package.resolvedVersion): \(.severity), \(.advisoryurl)"] | unique | join("; ")' <<<"$list"); then
    echo "NuGet: not understood: $list"
    silent=1
  elif [[ -n $holes ]]; then
    found=1
    echo "NuGet: $holes"
  elif (( told )); then
    echo "NuGet: nothing found"
  fi
}

# Packages that a folder's lock file names.
audit_npm() {
  local folder=$1 report holes
  report=$(cd "$folder" && npm audit --package-lock-only --omit=dev --json 2>/dev/null)
  # What is no report of an audit has an error in it, or is empty.
  if ! holes=$(jq -ser '.[0] | if .auditReportVersion then [.vulnerabilities[] | "\(.name) \(.range): \(.severity)"] | join("; ") else null end' <<<"$report" 2>/dev/null); then
    echo "npm, $folder: the registry did not say"
    silent=1
  elif [[ -z $holes ]]; then
    echo "npm, $folder: nothing found"
  elif [[ " ${tools[*]} " == *" $folder "* ]]; then
    echo "npm, $folder (only builds, tests or measures): $holes"
  else
    found=1
    echo "npm, $folder: $holes"
  fi
}

audit_nuget
while read -r lock; do audit_npm "$(dirname "$lock")"; done < <(find . \( -name node_modules -o -path ./.build \) -prune -o -name package-lock.json -printf '%P\n' | sort)

if (( found )); then exit 1; fi
if (( silent )); then exit 3; fi
