#!/usr/bin/env bash
# Measures published builds, the lab's and beside it that of the least page of Blazor Server: from process start to the first page (five starts of the
# process, the median), and the memory of the idle process (resident set, ten seconds after its first page). Usage: measure/start.sh
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${server:-}" ] || kill "$server" 2> /dev/null || true' EXIT
rid=$(dotnet --info | sed -n 's/^ *RID: *//p' | head -n 1)
dotnet publish Alumia.Lab -c Release -r "$rid" --self-contained false -o "$work/lab" -v q --nologo
dotnet publish measure/stream -c Release -r "$rid" --self-contained false -o "$work/blank" -v q --nologo

pause() { read -rt "$1" <> <(:) || true; }

# measure <name> <page> <what the server prints before its address> <command...>
measure() {
    local name=$1 page=$2 says=$3 times=() began address
    shift 3
    for run in 1 2 3 4 5; do
        began=$(date +%s%N)
        "$@" > "$work/log" 2>&1 &
        server=$!
        until address=$(sed -n "s/^$says \(http:[^ ]*\)$/\1/p" "$work/log") && [ -n "$address" ] && curl -sf -o /dev/null "${address%/}$page"; do
            kill -0 "$server" || { cat "$work/log"; exit 1; }
            pause 0.02
        done
        times+=($((($(date +%s%N) - began) / 1000000)))
        if [ "$run" -eq 5 ]; then
            pause 10
            echo "$name, idle memory: $(($(awk '/VmRSS/ { print $2 }' "/proc/$server/status") / 1024)) MB"
        fi
        kill "$server"
        wait "$server" || true
    done
    server=
    echo "$name, process start to first page: ${times[*]} ms; median $(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p) ms"
}

export ASPNETCORE_ENVIRONMENT=Development
measure "The least page of Blazor Server" / "Listening at" "$work/blank/Stream" blank
# The first start also makes the database.
Storage__Directory="$work/data" measure "Alumia Lab" /sign-in "Alumia Lab is at" "$work/lab/Alumia.Lab" --urls http://127.0.0.1:0
