#!/usr/bin/python3
"""Our own overhead of `aisprint run`, an item and component at the median, and the memory of the program.

Components that do nothing but pass the item on, in Python and in C, 2,000 items, warm. The peer is the way
that the original's platform runs a component: a fresh Python process for each item. Overhead is everything
between an item's dispatch and the end of our work on its reply, less the time in the user's function.
"""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'tests/support'))
import run_app  # noqa: E402

ITEMS, COLD_ITEMS, GOAL_US, GOAL_MB = 2000, 100, 300, 30


def watch_memory(process, found):
    """The most that the program itself has resident, without its children."""
    while process.poll() is None:
        try:
            for line in open('/proc/%d/status' % process.pid):
                if line.startswith('VmHWM:'):
                    found['kB'] = int(line.split()[1])
        except (OSError, ValueError):
            pass
        time.sleep(0.05)


def run(app, source, out, *more):
    process = subprocess.Popen(['aisprint', 'run', '--app', str(app), '--input', str(source), '--output', str(out),
                                '--json', *more], stdout=subprocess.PIPE)
    memory = {'kB': 0}
    watcher = threading.Thread(target=watch_memory, args=(process, memory))
    watcher.start()
    text = process.stdout.read()
    watcher.join()
    if process.returncode != 0:
        sys.exit('bench: aisprint run failed')
    result = json.loads(text)
    if result['ok'] != result['items']:
        sys.exit('bench: items were lost')
    return result, memory['kB'] / 1024


def make_items(folder, count):
    folder.mkdir()
    for i in range(count):
        (folder / ('item%05d' % i)).write_text('payload\n')
    return folder


def main():
    print('load average %.1f of %d processors' % (os.getloadavg()[0], os.cpu_count()))
    with tempfile.TemporaryDirectory(prefix='aisprint-bench-') as scratch:
        scratch = Path(scratch)
        many, few = make_items(scratch / 'many', ITEMS), make_items(scratch / 'few', COLD_ITEMS)
        for language, words in (('Python', ()), ('C', ('c:a', 'c:b'))):
            app = run_app.make(scratch / language, 'a>b', *words)
            warm, memory = run(app, many, scratch / (language + '-warm'))
            cold, _ = run(app, few, scratch / (language + '-cold'), '--cold')
            ours = 1e6 * max(c['overhead_p50_s'] for c in warm['components'])
            peer = 1e6 * max(c['p50_s'] for c in cold['components'])
            print('run, warm %-6s overhead per item, component %8.0f us  peer: a fresh process %8.0f us  '
                  'ratio %6.3f  goal <= %d us  n=%d' % (language, ours, peer, ours / peer, GOAL_US, ITEMS))
            print('run, warm %-6s both components, end to end  %8.1f items/s            cold %8.1f items/s'
                  % (language, warm['throughput_rps'], cold['throughput_rps']))
            print('run, %-6s memory of the program itself      %8.1f MB                  goal <= %d MB'
                  % (language, memory, GOAL_MB))


if __name__ == '__main__':
    main()
