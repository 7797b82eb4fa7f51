#!/bin/sh
# Coverage of lines, a row a room: tools/cover.sh FOLDER
set -eu
cd "$(dirname "$0")/.."
folder=$1
tools/build.sh "$folder" -Db_coverage=true
find "$folder" -name '*.gcda' -delete
# make test decides; here a test of limits may fail because the instrumentation writes files of its own
tests/run "$folder" >"$folder/tests.log" || grep '^FAIL' "$folder/tests.log" || true
gcovr --root . --filter 'src/' --object-directory "$folder" --json-summary-pretty \
    --json-summary "$folder/coverage.json" >/dev/null
python3 - "$folder/coverage.json" <<'END'
import json, sys
rooms = {}
for row in json.load(open(sys.argv[1]))['files']:
    room = row['filename'].split('/')[1]
    covered, total = rooms.get(room, (0, 0))
    rooms[room] = (covered + row['line_covered'], total + row['line_total'])
for room, (covered, total) in sorted(rooms.items()):
    print('%-10s %5.1f %% of %d lines' % (room, 100.0 * covered / max(total, 1), total))
END
