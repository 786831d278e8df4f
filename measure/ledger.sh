#!/usr/bin/env bash
# Measures the ledger: paid steps a second, each a hold and a settlement, with 64 callers at once and 1 or 64 orgs, on SQLite with full durability,
# beside what raw SQLite does in the same run. Writes docs/performance.md; takes two minutes, and is best run on a quiet machine.
# Usage: measure/ledger.sh, or QUICK=1 measure/ledger.sh for a look of a few seconds that writes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet build Alumia.Lab.Tests -c Release -v q --nologo
MEASURE=$([ -n "${QUICK:-}" ] && echo quick || echo whole) Alumia.Lab.Tests/bin/Release/net10.0/Alumia.Lab.Tests -class "*.LedgerMeasureTests" -showLiveOutput
