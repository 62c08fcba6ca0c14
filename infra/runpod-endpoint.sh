#!/usr/bin/env bash
# Makes, or brings up to date, the template and the serverless endpoint of the worker at RunPod.
set -euo pipefail
# A refusal deep inside $(…) must stop the script, too.
shopt -s inherit_errexit

api=${RUNPOD_REST_URL:-https://rest.runpod.io/v1}
name=audioreprompt image="" upload_hosts="" model="" volume="" gpus="NVIDIA L4,NVIDIA RTX A5000" workers_max=3 dry=0

usage() {
  cat <<'TEXT'
usage: RUNPOD_API_KEY=… infra/runpod-endpoint.sh --image IMAGE --upload-hosts HOSTS [options]

Makes the template and the endpoint NAME, or changes those that there are. Prints the endpoint's address.

  --image IMAGE          the worker's image, with its tag or digest
  --upload-hosts HOSTS   hosts that recordings may go to: UPLOAD_HOSTS of the deployment in Azure
  --name NAME            of template and endpoint (default: audioreprompt)
  --model ORG/NAME       MusicGen checkpoint on the volume (default: none; the composer plays)
  --volume ID            network volume, mounted at /runpod-volume
  --gpus NAMES           separated by commas (default: NVIDIA L4,NVIDIA RTX A5000)
  --workers-max N        (default: 3)
  --dry-run              print the requests that would make both anew, and send none; needs no key
  -h, --help             show this

Exit code: 0 done, 1 RunPod refused or could not be reached, 2 wrong arguments.
TEXT
}
wrong() { printf 'runpod-endpoint: %s\n' "$*" >&2; exit 2; }
fail() { printf 'runpod-endpoint: %s\n' "$*" >&2; exit 1; }

while (( $# )); do
  case $1 in
    -h|--help) usage; exit 0 ;;
    --dry-run) dry=1; shift; continue ;;
    --image|--upload-hosts|--name|--model|--volume|--gpus|--workers-max) (( $# > 1 )) || wrong "$1 needs a value" ;;
    *) wrong "unknown argument '$1'; see --help" ;;
  esac
  case $1 in
    --image) image=$2 ;;
    --upload-hosts) upload_hosts=$2 ;;
    --name) name=$2 ;;
    --model) model=$2 ;;
    --volume) volume=$2 ;;
    --gpus) gpus=$2 ;;
    --workers-max) workers_max=$2 ;;
  esac
  shift 2
done
[[ -n $image ]] || wrong "--image is missing"
[[ -n $upload_hosts ]] || wrong "--upload-hosts is missing"
[[ $workers_max =~ ^[1-9][0-9]*$ ]] || wrong "--workers-max must be a whole number above 0"
command -v jq >/dev/null || fail "jq is needed and was not found"
(( dry )) || [[ -n ${RUNPOD_API_KEY:-} ]] || wrong "RUNPOD_API_KEY is not set"

# call METHOD PATH [BODY]: the answer's body. The key goes through a file descriptor: arguments are seen by everybody on the machine.
call() {
  local answer status
  answer=$(curl --silent --show-error --max-time 30 --write-out '\n%{http_code}' --request "$1" "$api$2" \
    --header 'Content-Type: application/json' --header @<(printf 'Authorization: Bearer %s\n' "$RUNPOD_API_KEY") \
    ${3:+--data "$3"}) || fail "$1 $2: RunPod could not be reached"
  status=${answer##*$'\n'}
  [[ $status == 2* ]] || fail "$1 $2 was answered $status: ${answer%$'\n'*}"
  printf '%s' "${answer%$'\n'*}"
}

# ensure KIND BODY NAMES…: changes the one with this name, else makes it; prints its id. RunPod may add " -fb" to an endpoint's name.
ensure() {
  local kind=$1 body=$2 list id
  if (( dry )); then
    printf 'POST %s/%s\n%s\n' "$api" "$kind" "$(jq . <<<"$body")" >&2
    printf 'ID_OF_%s' "$kind"
    return
  fi
  list=$(call GET "/$kind")
  id=$(jq -r --arg name "$name" '[.[] | select(.name == $name or .name == $name + " -fb")][0].id // empty' <<<"$list") || fail "GET /$kind: the answer is no list"
  if [[ -n $id ]]; then
    # What a template or an endpoint is for cannot be changed.
    call PATCH "/$kind/$id" "$(jq -c 'del(.isServerless, .computeType)' <<<"$body")" >/dev/null
  else
    list=$(call POST "/$kind" "$body")
    id=$(jq -r '.id // empty' <<<"$list")
  fi
  [[ -n $id ]] || fail "$kind: RunPod gave no id"
  printf '%s' "$id"
}

template=$(ensure templates "$(jq -cn --arg name "$name" --arg image "$image" --arg hosts "$upload_hosts" --arg model "$model" '{
  name: $name, imageName: $image, isServerless: true, containerDiskInGb: 20,
  env: ({AUDIOREPROMPT__WORKER__UPLOAD_HOSTS: $hosts, AUDIOREPROMPT__LOGGING__FORMAT: "json"}
    + if $model == "" then {} else {AUDIOREPROMPT__MUSICGEN__MODEL: $model, AUDIOREPROMPT__MUSICGEN__PRECISION: "fp16"} end)}')")
endpoint=$(ensure endpoints "$(jq -cn --arg name "$name" --arg template "$template" --arg gpus "$gpus" --arg volume "$volume" --argjson workers "$workers_max" '{
  name: $name, templateId: $template, computeType: "GPU", gpuCount: 1, gpuTypeIds: ($gpus | split(",")), workersMin: 0, workersMax: $workers,
  idleTimeout: 5, scalerType: "QUEUE_DELAY", scalerValue: 4, executionTimeoutMs: 1800000, flashboot: true}
  + if $volume == "" then {} else {networkVolumeId: $volume} end')")
printf 'https://api.runpod.ai/v2/%s\n' "$endpoint"
