#!/usr/bin/env bash
# Runs all tests: ./test.sh [arguments of dotnet test], e.g. ./test.sh --filter-class "*WriterTests"
# Installs what the tests need and this machine lacks where it can (Debian), names it elsewhere. The last line counts.
set -uo pipefail
cd "$(dirname "$0")"

report=TestResults/tests.json
packages=()
need() { # need <package> <command or path>...: asks for the package when none of the commands is there
    local package=$1 candidate
    shift
    for candidate in "$@"; do
        command -v "$candidate" > /dev/null && return
    done
    packages+=("$package")
}
node_is_new() { command -v "$1" > /dev/null && [ "$("$1" -p 'parseInt(process.versions.node)' 2> /dev/null || echo 0)" -ge 24 ]; }
node_is_there() { node_is_new node || node_is_new Alumia.Lab.Tests/node_modules/.bin/node; }
clients_are_there() { [ Alumia.Lab.Tests/node_modules/.package-lock.json -nt Alumia.Lab.Tests/package-lock.json ]; }
failed_before_tests() { echo "$1" >&2; echo "0 passed, 1 failed"; exit 1; }

if ! command -v dotnet > /dev/null; then
    failed_before_tests "The .NET SDK of global.json is needed: https://dotnet.microsoft.com/download"
fi

need chromium chromium chromium-browser google-chrome
need bubblewrap bwrap
need postgresql initdb /usr/lib/postgresql/*/bin/initdb
node_is_there && clients_are_there || need npm npm

if [ ${#packages[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    if command -v apt-get > /dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo > /dev/null; }; then
        echo "Installing ${packages[*]}"
        "${as_root[@]}" apt-get update -qq \
            && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null \
            || failed_before_tests "apt-get could not install ${packages[*]}"
    else
        failed_before_tests "The tests need these, please install them: ${packages[*]} (and Node 24 or newer)"
    fi
fi
if ! node_is_there || ! clients_are_there; then
    echo "Installing Node 24 and the JavaScript clients into Alumia.Lab.Tests/node_modules"
    (cd Alumia.Lab.Tests && npm ci --silent) && node_is_there || failed_before_tests "npm could not install Node 24 and the JavaScript clients"
fi

dotnet build Alumia.sln -v q --nologo || failed_before_tests "The build failed"

rm -f "$report"
dotnet test --project Alumia.Lab.Tests --no-build --no-ansi --no-progress --results-directory "$PWD/TestResults" \
    --report-xunit-ctrf --report-xunit-ctrf-filename "$(basename "$report")" "$@"
code=$?

# From the report, a line of JSON: what tests measured, the slowest of them, and those that failed.
if [ -f "$report" ]; then
    echo "Figures:"
    grep -oE '"Figure: ([^"\\]|\\.)*"' "$report" | sed -E 's/^"Figure: (.*)"$/  \1/'
    echo "The ten slowest tests:"
    grep -oE '"name":"([^"\\]|\\.)*","status":"[a-z]*","duration":[0-9]+' "$report" \
        | sed -E 's/^"name":"(.*)","status":"[a-z]*","duration":([0-9]+)$/\2 ms  \1/' | sort -rn | head -n 10 | sed 's/^/  /'
    grep -oE '"name":"([^"\\]|\\.)*","status":"failed"' "$report" | sed -E 's/^"name":"(.*)","status":"failed"$/Failed: \1/'
    grep -oE '"message":"([^"\\]|\\.)*"' "$report" | cut -c1-2000
fi

# The counts come from the report's summary, an object of plain numbers.
summary=$(grep -o '"summary":{"tests":[^}]*}' "$report" 2> /dev/null | head -n 1)
count() { local number=${summary#*\"$1\":}; [ -n "$summary" ] && echo "${number%%[!0-9]*}" || echo 0; }
passed=$(count passed) failed=$(count failed) skipped=$(($(count skipped) + $(count pending)))
# A run that ended badly with no failed test (a crash, a fixture's clean-up) is a failure too.
[ "$code" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
line="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && line+=", $skipped skipped"
echo "$line"
exit "$code"
