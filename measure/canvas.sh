#!/usr/bin/env bash
# Measures the canvas beside a plain React Flow page with as many nodes, near by and over a line of 200 ms, and writes docs/performance.md.
# Usage, on a machine that ./test.sh has run on once, and best on a quiet one: measure/canvas.sh [nodes...] (300 2000)
set -euo pipefail
cd "$(dirname "$0")/.."

own=$PWD/Alumia.Lab.Tests/node_modules/.bin
(cd measure/canvas/reactflow && PATH="$PATH:$own" npm ci --silent && PATH="$PATH:$own" npm run --silent bundle)
dotnet build Alumia.Lab.Tests -c Release -v q --nologo
MEASURE="${*:-300 2000}" Alumia.Lab.Tests/bin/Release/net10.0/Alumia.Lab.Tests -class "*.CanvasMeasureTests" -showLiveOutput
