#!/usr/bin/env bash
# Measures how the lab streams: chats a second and the time to the first token, beside a provider asked directly, a bare proxy and a plain
# endpoint of Microsoft.Extensions.AI. Writes docs/performance.md; takes six minutes, and is best run on a quiet machine.
# Usage: measure/stream.sh, or QUICK=1 measure/stream.sh for a look of a minute that writes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet build measure/stream -c Release -v q --nologo
dotnet build Alumia.Lab.Tests -c Release -v q --nologo
MEASURE=$([ -n "${QUICK:-}" ] && echo quick || echo whole) Alumia.Lab.Tests/bin/Release/net10.0/Alumia.Lab.Tests -class "*.StreamMeasureTests" -showLiveOutput
