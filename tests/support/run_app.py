#!/usr/bin/python3
"""Makes an application whose components do what their items say: what the tests of `run` run.

    run_app.py DIR GRAPH [c:NAME ...] [time:NAME=S] [path:NAME=S:A,B] [rate:NAME=N] [secure:NAME]

GRAPH is "a>b,a>c" or one name. Components are in Python, those listed with c: in C. Each line
"NAME ACTION [WORD ...]" of an item is done by the component of that name:

    drop            write nothing               fail TEXT      raise an error
    crash           die of a signal             exit N         end the process with status N
    sleep S         wait                        hang           wait for ever
    to B            write for successor B only  also N         write N more files
    folder NAME     make a folder NAME          link           write a symbolic link
    take            rename the input            print TEXT     print a line
    child           leave a process running     count          write how many items this process has had
    env NAME        write a variable            fork           let a forked child come back, too
    scribble        write into its connection to aisprint
    close           close it, with all else     (these two only in Python)
"""
import shutil
import subprocess
import sys
from pathlib import Path

PYTHON = '''"""Does what the item says; see tests/support/run_app.py."""
import argparse
import os
import signal
import subprocess
import sys
import time

from aisprint.annotations import component_name%(imports)s

NAME = b'%(name)s'
count = 0


def act(action, words, args):
    folder, base = os.path.split(args['output'])
    if action == 'fail':
        raise ValueError(' '.join(words))
    elif action == 'crash':
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == 'exit':
        os._exit(int(words[0]))
    elif action == 'sleep':
        time.sleep(float(words[0]))
    elif action == 'hang':
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(60)
    elif action == 'also':
        for i in range(int(words[0])):
            with open(os.path.join(folder, '%%s.%%d' %% (base, i)), 'w') as f:
                f.write('more %%d\\n' %% i)
    elif action == 'folder':
        os.mkdir(os.path.join(folder, words[0]))
    elif action == 'print':
        print(' '.join(words))
    elif action == 'child':
        child = subprocess.Popen(['sleep', '1000'])
        return 'child %%d\\n' %% child.pid
    elif action == 'fork':
        os.fork()
    elif action == 'scribble':
        os.write(3, b'this is no message')
    elif action == 'close':
        os.closerange(3, 256)
    elif action == 'count':
        return '%%d\\n' %% count
    elif action == 'env':
        return '%%s=%%s\\n' %% (words[0], os.environ.get(words[0], '(unset)'))
    elif action not in ('drop', 'to', 'link', 'take'):
        raise ValueError('unknown action ' + action)
    return ''


@component_name(name='%(name)s')%(decorators)s
def main(args):
    global count
    count += 1
    with open(args['input'], 'rb') as f:
        data = f.read()
    said = [line.decode('utf-8', 'replace').split()[1:] for line in data.splitlines() if line.split()[:1] == [NAME]]
    text = ''.join([act(words[0], words[1:], args) for words in said])
    actions = {words[0]: words[1:] for words in said}
    output = args['output']
    if 'drop' in actions:
        return
    if 'to' in actions:
        folder = os.path.join(os.path.dirname(output), actions['to'][0])
        os.mkdir(folder)
        output = os.path.join(folder, os.path.basename(output))
    if 'link' in actions:
        os.symlink(args['input'], output)
    elif 'take' in actions:
        os.rename(args['input'], output)
    else:
        with open(output, 'wb') as f:
            f.write(data + text.encode() + b'seen by %(name)s\\n')


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True, help='item to read')
    parser.add_argument('-o', '--output', required=True, help='result to write')
    main(vars(parser.parse_args()))
'''

C = r'''/* Does what the item says (part of it); see tests/support/run_app.py. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aisprint/annotations.h"
#include "aisprint/component.h"

static int count;

static int act(const char *action, const char *words, char *text, ais_error **err)
{
    if (strcmp(action, "fail") == 0)
        return ais_error_set(err, AIS_E_INPUT, "%%s", words);
    if (strcmp(action, "crash") == 0)
        raise(SIGKILL);
    if (strcmp(action, "exit") == 0)
        _exit(atoi(words));
    if (strcmp(action, "sleep") == 0)
        usleep((useconds_t)(1e6 * atof(words)));
    if (strcmp(action, "print") == 0)
        puts(words);
    if (strcmp(action, "fork") == 0)
        (void)!fork();
    if (strcmp(action, "count") == 0)
        sprintf(text + strlen(text), "%%d\n", count);
    if (strcmp(action, "env") == 0)
        sprintf(text + strlen(text), "%%s=%%s\n", words, getenv(words) ? getenv(words) : "(unset)");
    return 0;
}

AIS_COMPONENT_NAME(name = "%(name)s");
%(decorators)s
int process(const ais_component_call *call, ais_error **err)
{
    static char data[65536], line[4096], text[8192];
    count++;
    text[0] = '\0';
    FILE *in = fopen(call->input, "rb");
    if (in == NULL)
        return ais_error_set(err, AIS_E_IO, "cannot open '%%s'", call->input);
    size_t length = fread(data, 1, sizeof data, in);
    rewind(in);
    int drop = 0;
    while (fgets(line, sizeof line, in) != NULL) {
        char name[64], action[64], words[1024] = "";
        if (sscanf(line, "%%63s %%63s %%1023[^\n]", name, action, words) < 2 || strcmp(name, "%(name)s") != 0)
            continue;
        if (act(action, words, text, err) < 0) {
            fclose(in);
            return -1;
        }
        drop |= strcmp(action, "drop") == 0;
    }
    fclose(in);
    FILE *out = drop ? NULL : fopen(call->output, "wb");
    if (drop)
        return 0;
    if (out == NULL)
        return ais_error_set(err, AIS_E_IO, "cannot make '%%s'", call->output);
    fwrite(data, 1, length, out);
    fprintf(out, "%%sseen by %(name)s\n", text);
    if (fclose(out) != 0)
        return ais_error_set(err, AIS_E_IO, "cannot write '%%s'", call->output);
    return 0;
}
'''


def decorators(name, options, in_c):
    """The annotations of one component, and what Python has to import for them."""
    found = {}
    for kind, value in options:
        key, _, rest = value.partition('=')
        if key != name:
            continue
        if kind == 'time':
            found.setdefault('exec_time', {})['local_time_thr'] = rest
        elif kind == 'path':
            limit, _, names = rest.partition(':')
            quoted = ', '.join('"%s"' % n for n in names.split(','))
            found.setdefault('exec_time', {}).update(
                global_time_thr=limit, prev_components='(%s)' % quoted if in_c else '[%s]' % quoted)
        elif kind == 'through':
            found.setdefault('exec_time', {})
        elif kind == 'rate':
            found['expected_throughput'] = {'rate': rest}
        elif kind == 'secure':
            found['security'] = {'networkShield': 'true' if in_c else 'True'}
    lines = []
    for kind, arguments in found.items():
        text = ', '.join('%s=%s' % pair for pair in arguments.items())
        lines.append('AIS_%s(%s);' % (kind.upper(), text) if in_c else '@%s(%s)' % (kind, text))
    return lines, sorted(found)


def make(folder, graph, *words):
    folder = Path(folder)
    edges = [edge.split('>') for edge in graph.split(',') if '>' in edge]
    names = []
    for name in [n for edge in graph.split(',') for n in edge.split('>')]:
        if name not in names:
            names.append(name)
    options = [word.split(':', 1) for word in words]
    in_c = [value for kind, value in options if kind == 'c']
    subprocess.run(['aisprint', 'new', str(folder), '--components', ','.join(names), '--quiet'], check=True)
    dag = 'System:\n  name: %s\n  components: [%s]\n  dependencies: [%s]\n' % (
        folder.name, ', '.join(names),
        ', '.join('[%s, %s, %s]' % (a, b, 1) for a, b in edges))
    (folder / 'common_config/application_dag.yaml').write_text(dag)
    for name in names:
        lines, imports = decorators(name, options, name in in_c)
        source = folder / 'src' / name
        if name in in_c:
            (source / 'main.py').unlink()
            (source / (name + '.c')).write_text(C % {'name': name, 'decorators': '\n'.join(lines)})
        else:
            (source / 'main.py').write_text(PYTHON % {
                'name': name, 'decorators': ''.join('\n' + line for line in lines),
                'imports': ''.join(', ' + i for i in imports)})
    if any(kind == 'secure' for kind, _ in options):  # what the annotation asks for, of all of them
        candidates = folder / 'common_config/candidate_deployments.yaml'
        candidates.write_text(candidates.read_text().replace('networkProtection: false', 'networkProtection: true'))
    shutil.rmtree(folder / 'sample', ignore_errors=True)
    subprocess.run(['aisprint', 'design', '--app', str(folder), '--quiet'], check=True)
    return folder


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    make(*sys.argv[1:])
