#!/usr/bin/python3
"""The table in docs/onnx.md, "How FLOPs are counted", is the one that the program counts by."""
import os
import subprocess
import sys

program = os.environ['AISPRINT_BUILD'] + '/tests/unit/onnx_facts'
table = subprocess.run([program, '--operators'], stdout=subprocess.PIPE, check=True).stdout.decode()
guide = open(os.environ['AISPRINT_SOURCE'] + '/docs/onnx.md').read()
for row in table.splitlines():
    if row + '\n' not in guide:
        sys.exit('docs/onnx.md has not: %s\n(tests/unit/onnx_facts --operators prints the table)' % row)
print('docs/onnx.md: %d rows are those of the program' % len(table.splitlines()))
