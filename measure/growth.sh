#!/usr/bin/env bash
# Measures how the lab grows: its memory with 1,000 idle browsers, beside the least page of Blazor Server, and chats a second with one and with three
# copies on PostgreSQL. Writes docs/performance.md; takes five minutes on a machine that ./test.sh has run on once, and is best run on a quiet one.
# Usage: measure/growth.sh
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet build measure/stream -c Release -v q --nologo
dotnet build Alumia.Lab.Tests -c Release -v q --nologo
MEASURE=whole Alumia.Lab.Tests/bin/Release/net10.0/Alumia.Lab.Tests -class "*.GrowthMeasureTests" -showLiveOutput
