#!/usr/bin/env bash
# Measures the published build: from process start to the first page (five cold starts of the process, the median),
# and the memory of an idle lab (resident set, ten seconds after its first page). Usage: measure/start.sh
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${lab:-}" ] || kill "$lab" 2> /dev/null || true' EXIT
rid=$(dotnet --info | sed -n 's/^ *RID: *//p' | head -n 1)
dotnet publish Alumia.Lab -c Release -r "$rid" --self-contained false -o "$work/lab" -v q --nologo

port=$((20000 + RANDOM % 20000))
times=()
for run in 1 2 3 4 5; do
    began=$(date +%s%N)
    ASPNETCORE_ENVIRONMENT=Development Storage__Directory="$work/data" "$work/lab/Alumia.Lab" --urls "http://127.0.0.1:$port" > "$work/log" 2>&1 &
    lab=$!
    until curl -sf -o /dev/null "http://127.0.0.1:$port/sign-in"; do
        kill -0 "$lab" || { cat "$work/log"; exit 1; }
        read -rt 0.02 <> <(:) || true
    done
    times+=($((($(date +%s%N) - began) / 1000000)))
    if [ "$run" -eq 5 ]; then
        read -rt 10 <> <(:) || true
        echo "Idle memory: $(($(awk '/VmRSS/ { print $2 }' "/proc/$lab/status") / 1024)) MB"
    fi
    kill "$lab"
    wait "$lab" || true
done
lab=
echo "Process start to first page, five runs: ${times[*]} ms; the first also makes the database"
echo "Median: $(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p) ms"
