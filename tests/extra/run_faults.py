#!/usr/bin/python3
"""`aisprint run` when things go wrong: crashes, hangs, interrupts, kill -9, full disks, hostile names.

Each test function's name is a claim. Needs the program in PATH and AISPRINT_SOURCE.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'support'))
import run_app  # noqa: E402

ROOT = Path(tempfile.mkdtemp(prefix='aisprint-run-'))
APPS = {}


class Skip(Exception):
    pass


def app(graph, *words):
    key = (graph,) + words
    if key not in APPS:
        APPS[key] = run_app.make(ROOT / ('app%d' % len(APPS)), graph, *words)
    return APPS[key]


def scratch():
    return Path(tempfile.mkdtemp(dir=ROOT))


def items(contents):
    folder = scratch()
    for name, text in contents.items():
        with open(os.path.join(os.fsencode(folder), name if isinstance(name, bytes) else name.encode()), 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
    return folder


def command(application, source, out, *more):
    return ['aisprint', 'run', '--app', str(application), '--input', str(source), '--output', str(out),
            *[str(word) for word in more]]


def run(application, source, out=None, *more, status=0):
    """The JSON result, with `out` and `stderr` added."""
    out = out or scratch()
    done = subprocess.run(command(application, source, out, '--json', *more), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100)
    assert done.returncode == status, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    result = json.loads(done.stdout)
    result.update(out=Path(out), stderr=done.stderr.decode('utf-8', 'replace'))
    if 'items' in result and not result['interrupted'] and 'error' not in result:
        assert result['ok'] + result['failed'] + result['dropped'] == result['items'], result
    assert not list(Path(out).glob('.aisprint-run-*')), 'the private folder is left'
    return result


def error_of(result):
    return result['errors'][0]


def tree(folder):
    root = os.fsencode(folder)
    return sorted(os.path.relpath(os.path.join(at, name), root)
                  for at, _, names in os.walk(root) for name in names)


def wait_for(what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError('did not happen within %d s' % seconds)


def processes_in(folder):
    """Numbers of the processes that work in a folder or below it."""
    found = []
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            try:
                cwd = os.readlink('/proc/%s/cwd' % entry)
                state = open('/proc/%s/stat' % entry).read().rsplit(')', 1)[1].split()[0]
            except OSError:
                continue
            if (cwd + '/').startswith(str(folder) + '/') and state not in 'ZX':
                found.append(int(entry))
    return found


# ---- where items go ----

def test_an_item_passes_the_chain():
    for words in ((), ('c:a', 'c:b')):
        for more in ((), ('--cold',), ('--parallel', '3')):
            result = run(app('a>b', *words), items({'x': 'hello\n', 'y': ''}), None, *more)
            assert (result['out'] / 'b/x').read_text() == 'hello\nseen by a\nseen by b\n'
            assert tree(result['out']) == [b'b/x', b'b/y'], tree(result['out'])
            assert [c['items'] for c in result['components']] == [2, 2]


def test_nothing_written_is_a_drop_and_no_failure():
    for words in ((), ('c:a', 'c:b')):
        result = run(app('a>b', *words), items({'x': 'a drop\n', 'y': 'b drop\n', 'z': ''}))
        assert (result['ok'], result['dropped'], result['failed']) == (1, 2, 0)
        assert tree(result['out']) == [b'b/z']
        assert [c['dropped'] for c in result['components']] == [1, 1]


def test_branches_by_sub_folder_and_to_all():
    result = run(app('a>b,a>c'), items({'all': '', 'left': 'a to b\n', 'right': 'a to c\n'}))
    assert tree(result['out']) == [b'b/all', b'b/left', b'c/all', b'c/right'], tree(result['out'])


def test_fan_out_gives_each_successor_its_own_name_for_the_file():
    result = run(app('a>b,a>c'), items({'x': 'b take\n', 'y': 'c take\n'}))
    assert tree(result['out']) == [b'b/x', b'b/y', b'c/x', b'c/y']


def test_a_join_overwrites_nothing():
    result = run(app('a>b,a>c,b>d,c>d'), items({'x': ''}))
    assert tree(result['out']) == [b'd/x', b'd/x~2']
    assert sorted((result['out'] / name).read_text() for name in ('d/x', 'd/x~2')) == [
        'seen by a\nseen by b\nseen by d\n', 'seen by a\nseen by c\nseen by d\n']
    assert (result['items'], result['ok']) == (1, 1)


def test_many_files_of_one_item_are_items():
    result = run(app('a>b'), items({'x': 'a also 300\n'}), None, '--parallel', 2)
    assert len(tree(result['out'])) == 301 and result['components'][1]['items'] == 301


def test_a_single_component_is_enough():
    result = run(app('a'), items({'x': ''}))
    assert tree(result['out']) == [b'a/x']


def test_the_users_files_are_not_touched():
    source = items({'x': 'b take\n', 'y': 'b fail no\n', 'z': 'a drop\n'})
    before = {name: (source / name).stat() for name in 'xyz'}
    run(app('a>b'), source, status=1)
    for name, was in before.items():
        now = (source / name).stat()
        assert (now.st_ino, now.st_mtime_ns, now.st_size) == (was.st_ino, was.st_mtime_ns, was.st_size)


# ---- what is told to components ----

def test_warm_components_are_loaded_once_and_told_of_each_item():
    text = 'a count\na env COMPONENT_NAME\na env RESOURCE_ID\na env KCI\na env UUID\nb env UUID\na env EVENT\na env TMP_OUTPUT_DIR\n'
    for words in ((), ('c:a', 'c:b')):
        result = run(app('a>b', *words), items({'1': text, '2': text}))
        first, second = ((result['out'] / 'b' / n).read_text() for n in '12')
        assert '\n1\n' in first and '\n2\n' in second
        for seen in (first, second):
            ids = [line for line in seen.splitlines() if line.startswith('UUID=')]
            assert len(ids) == 2 and ids[0] == ids[1], ids
            assert 'COMPONENT_NAME=a\nRESOURCE_ID=edge-node\nKCI=local\n' in seen
            event = json.loads([l for l in seen.splitlines() if l.startswith('EVENT=')][0][6:])
            assert event['Records'][0]['eventTime'].endswith('Z')
            assert event['Records'][0]['s3']['object']['key'] in '12'
            assert '\nTMP_OUTPUT_DIR=%s/.aisprint-run-' % os.path.realpath(result['out']) in seen, seen
        assert first.split('UUID=')[1][:36] != second.split('UUID=')[1][:36]


def test_cold_components_are_told_the_same():
    text = 'a count\na env COMPONENT_NAME\na env UUID\nb env UUID\n'
    for words in ((), ('c:a', 'c:b')):
        result = run(app('a>b', *words), items({'1': text, '2': text}), None, '--cold')
        for name in '12':
            seen = (result['out'] / 'b' / name).read_text()
            ids = [line for line in seen.splitlines() if line.startswith('UUID=')]
            assert '\n1\n' in seen and ids[0] == ids[1] and len(ids[0]) == 41, seen


def test_modules_are_found_from_where_the_user_is():
    os.environ['PYTHONPATH'], kept = 'lib::/opt/x', os.environ.get('PYTHONPATH')
    try:
        for more in ((), ('--cold',)):
            result = run(app('a>b'), items({'x': 'a env PYTHONPATH\n'}), None, *more)
            seen = (result['out'] / 'b/x').read_text().splitlines()[1]
            assert seen.endswith(':%s/lib:/opt/x' % os.getcwd()), seen
    finally:
        if kept is None:
            del os.environ['PYTHONPATH']
        else:
            os.environ['PYTHONPATH'] = kept


def test_what_components_print_is_kept():
    for words in ((), ('c:a', 'c:b')):
        result = run(app('a>b', *words), items({'x': 'b print hello there\n'}))
        assert (result['out'] / 'logs/b.log').read_text() == 'hello there\n'
        assert not (result['out'] / 'logs/a.log').exists()


# ---- failures ----

def test_a_failing_item_is_kept_aside_while_the_rest_goes_on():
    for words in ((), ('c:a', 'c:b')):
        for more in ((), ('--cold',)):
            source = items({'1': '', '2': 'b fail it is too dark\n', '3': '', '4': 'a fail unreadable\n'})
            result = run(app('a>b', *words), source, None, *more, status=1)
            assert (result['ok'], result['failed']) == (2, 2)
            names = [name for name in tree(result['out']) if not name.startswith(b'logs/')]
            assert names == [b'b/1', b'b/3', b'failed/a/4', b'failed/a/4.error.txt', b'failed/b/2',
                             b'failed/b/2.error.txt'], names
            assert 'it is too dark' in (result['out'] / 'failed/b/2.error.txt').read_text()
            assert 'unreadable' in (result['out'] / 'failed/a/4.error.txt').read_text()
            assert (result['out'] / 'failed/b/2').read_text() == 'b fail it is too dark\nseen by a\n'
            assert os.path.samefile(result['out'] / 'failed/a/4', source / '4')
            told = {(f['component'], f['item']) for f in result['failures']}
            assert told == {('a', '4'), ('b', '2')}


def test_a_python_error_says_type_text_and_line():
    result = run(app('a>b'), items({'x': 'b fail oh no\n'}), status=1)
    text = result['failures'][0]['error']
    assert 'ValueError: oh no' in text and 'main.py:' in text, text


def test_a_crash_fails_its_item_only_and_shows_the_last_lines():
    for words in ((), ('c:a', 'c:b')):
        source = items({'1': 'b print last words\nb crash\n', '2': 'b count\n', '3': 'b exit 3\n', '4': ''})
        result = run(app('a>b', *words), source, status=1)
        assert (result['ok'], result['failed']) == (2, 2)
        errors = {f['item']: f['error'] for f in result['failures']}
        assert 'killed by signal' in errors['1'] and 'last words' in errors['1'], errors
        assert 'ended with status 3' in errors['3'], errors
        assert result['components'][1]['restarts'] >= 1


def test_a_hang_ends_with_the_time_out():
    for more in ((), ('--cold',)):
        begin = time.monotonic()
        result = run(app('a>b'), items({'1': '', '2': 'b hang\nb child\n', '3': ''}), None, '--timeout', '1', *more,
                     status=1)
        assert time.monotonic() - begin < 30
        assert (result['ok'], result['failed']) == (2, 1)
        assert result['failures'][0]['code'] == 'timeout', result['failures']
        assert 'longer than 1 s' in result['failures'][0]['error']


def test_wrong_output_is_a_failure_that_says_what_is_wrong():
    result = run(app('a>b'), items({'1': 'a folder nowhere\n', '2': 'a link\n', '3': 'b folder c\n'}), status=1)
    errors = {f['item']: f['error'] for f in result['failures']}
    assert "'nowhere', which is no successor (those are 'b')" in errors['1'], errors
    assert 'symbolic link' in errors['2']
    assert "'c', which is no successor (it has none)" in errors['3']


def test_a_component_that_cannot_be_loaded_ends_the_run():
    broken = ROOT / 'broken'
    if not broken.exists():
        run_app.make(broken, 'a>b')
    main = broken / 'aisprint/designs/b/base/main.py'
    good = main.read_text()
    try:
        main.write_text(good.replace('import argparse', 'import argparse\nimport no_such_module'))
        result = run(broken, items({'x': ''}), None, status=1)
        assert error_of(result)['code'] == 'component' and 'no_such_module' in error_of(result)['message'], result
        main.write_text(good.replace('import argparse', 'import argparse\nimport os\nprint("bye bye")\nos._exit(7)'))
        result = run(broken, items({'x': ''}), None, status=1)
        message = error_of(result)['message']
        assert 'ended with status 7' in message and 'bye bye' in message, message
    finally:
        main.write_text(good)
    run(broken, items({'x': ''}))


def test_children_of_a_component_end_with_it():
    application = app('a>b')
    result = run(application, items({'x': 'a child\n'}))
    number = int((result['out'] / 'b/x').read_text().splitlines()[1].split()[1])
    wait_for(lambda: not os.path.exists('/proc/%d' % number) or
             open('/proc/%d/stat' % number).read().rsplit(')', 1)[1].split()[0] in 'ZX')


# ---- names and places ----

def test_names_are_data():
    names = [b'new\nline', b'-rf', b'--help', b'not utf8 \xff\xfe', b'sp ace', b"quo'te\"", b'$(touch x)', b'~2', b'a~2',
             'ünï'.encode(), b'\x1b[31mred', b'x' * 255, b'<script>alert(1)</script>'.replace(b'/', b'')]
    source = items({name: '' for name in names})
    for words in ((), ('c:a', 'c:b')):
        for more in ((), ('--cold',)):
            result = run(app('a>b', *words), source, None, *more)
            assert tree(result['out']) == sorted(b'b/' + name for name in names), tree(result['out'])


def test_hostile_names_of_failed_items():
    long = b'y' * 255
    source = items({long: 'a fail 1\n', b'\x1b[31m\xff\nz': 'a fail 2\n', b'<b>&': 'a fail <i>&\n'})
    out = scratch()
    result = run(app('a>b'), source, out, '--report', out / 'r.html', status=1)
    names = set(tree(out))
    assert b'failed/a/' + long in names and b'failed/a/' + long[:245] + b'.error.txt' in names
    page = (out / 'r.html').read_text()
    assert '&lt;b&gt;&amp;' in page and '<b>&amp;' not in page and '<i>&amp;' not in page
    done = subprocess.run(command(app('a>b'), source, scratch()), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert b'\x1b' not in done.stdout + done.stderr


def test_a_forked_child_that_comes_back_answers_for_nobody():
    for words in ((), ('c:a', 'c:b')):
        source = items({str(i): 'a fork\n' if i == 2 else 'a count\n' for i in range(8)})
        result = run(app('a>b', *words), source)
        assert (result['ok'], tree(result['out'])) == (8, [b'b/%d' % i for i in range(8)]), result


def test_a_broken_connection_is_called_that():
    result = run(app('a>b'), items({'1': 'a scribble\n', '2': '', '3': 'a close\n', '4': ''}), status=1)
    assert (result['ok'], result['failed']) == (2, 2)
    errors = {f['item']: f['error'] for f in result['failures']}
    assert 'wrote into its connection to aisprint' in errors['1'], errors
    assert 'was closed by the component' in errors['3'] and 'Traceback' not in errors['3'], errors


def test_idle_processes_that_are_killed_do_not_end_the_run():
    application, out = app('a>b'), scratch()
    process = start(application, items({'1': 'a sleep 3\n', '2': ''}), out, '--parallel', '5')
    wait_for(lambda: (out / 'b/2').exists(), 60)
    for number in processes_in(application / 'aisprint/designs/b'):
        os.kill(number, signal.SIGKILL)
    text, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and tree(out) == [b'b/1', b'b/2'], (text, errors)


def test_hidden_files_and_folders_are_left_out_and_said():
    source = items({'x': '', '.hidden': ''})
    (source / 'folder').mkdir()
    os.mkfifo(source / 'pipe')
    result = run(app('a>b'), source)
    assert tree(result['out']) == [b'b/x'] and result['items'] == 1
    assert '1 folder inside is left out' in result['stderr'] and '1 entry is left out' in result['stderr']


def test_one_file_no_items_and_a_missing_input():
    source = items({'x': '', 'y': ''})
    result = run(app('a>b'), source / 'x')
    assert tree(result['out']) == [b'b/x'] and result['items'] == 1
    result = run(app('a>b'), items({}))
    assert result['items'] == 0 and result['components'][0]['p50_s'] is None
    assert error_of(run(app('a>b'), source / 'nothing', status=1))['file'].endswith('nothing')


def test_a_second_run_into_the_same_folder():
    out, source = scratch(), items({'x': '', 'y': 'b fail no\n'})
    run(app('a>b'), source, out, status=1)
    again = run(app('a>b'), source, out, status=1)
    assert error_of(again)['code'] == 'exists' and '--force' in error_of(again)['hint'], again
    (source / 'y').write_text('')
    run(app('a>b'), source, out, '--force')
    assert tree(out) == [b'b/x', b'b/y']
    refused = run(app('a>b'), out / 'b', out, '--force', status=2)
    assert 'lies in the results' in error_of(refused)['message'] and tree(out) == [b'b/x', b'b/y']


def test_force_removes_no_application_and_follows_no_link():
    folder, source = run_app.make(scratch() / 'last', 'first>last'), items({'x': ''})
    before = tree(folder)
    for out in (folder.parent, folder / 'src', folder / 'aisprint/designs'):
        refused = run(folder, source, out, '--force', status=2)
        assert 'among the files of the application' in error_of(refused)['message'], refused
    assert tree(folder) == before
    out, elsewhere = scratch(), items({'mine': ''})
    (out / 'last').symlink_to(elsewhere)
    assert error_of(run(folder, source, out, status=1))['code'] == 'exists'
    run(folder, source, out, '--force')
    assert tree(out) == [b'last/x'] and tree(elsewhere) == [b'mine']


def test_two_runs_into_one_folder_are_refused_the_second():
    application, out = app('a>b'), scratch()
    first = start(application, items({'1': 'b sleep 2\n'}), out)
    wait_for(lambda: list(out.glob('.aisprint-run-*')), 60)
    done = subprocess.run(command(application, items({'2': ''}), out, '--json', '--force'), stdout=subprocess.PIPE)
    assert done.returncode == 1 and b'another run is writing' in done.stdout, done
    text, errors = first.communicate(timeout=60)
    assert first.returncode == 0 and tree(out) == [b'b/1'], (text, errors)


def test_a_report_gets_its_folder_and_costs_no_results():
    out = scratch()
    run(app('a>b'), items({'x': ''}), out / 'out', '--report', out / 'new/folder/r.html')
    assert (out / 'new/folder/r.html').read_text().startswith('<!DOCTYPE html>')
    result = run(app('a>b'), items({'x': ''}), None, '--report', '/dev/full', status=1)
    assert result['ok'] == 1 and 'device' in result['error'] and 'report' not in result, result
    run(app('a>b'), items({'x': ''}), None, '--report', out, status=2)


def test_output_on_another_file_system():
    other = '/dev/shm'
    if not os.path.isdir(other) or os.stat(other).st_dev == os.stat(ROOT).st_dev:
        raise Skip('no second file system at ' + other)
    out = Path(tempfile.mkdtemp(dir=other))
    try:
        source = items({'x': '', 'y': 'a fail no\n'})
        result = run(app('a>b'), source, out, status=1)
        assert tree(out) == [b'b/x', b'failed/a/y', b'failed/a/y.error.txt'] and result['ok'] == 1
        assert (out / 'failed/a/y').read_bytes() == (source / 'y').read_bytes()
    finally:
        shutil.rmtree(out)


def test_a_full_disk_is_said_and_ends_cleanly():
    if os.geteuid() != 0:
        raise Skip('only root can mount a small file system')
    out = scratch()
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', str(out)])
    if mounted.returncode != 0:
        raise Skip('a small file system cannot be mounted here')
    try:
        result = run(app('a>b'), items({'%03d' % i: 'x' * 3000 for i in range(30)}), out, status=1)
        assert result['failed'] > 0 and result['ok'] > 0, result
        assert any('No space left' in f['error'] for f in result['failures']), result['failures'][:3]
    finally:
        subprocess.run(['umount', str(out)], check=True)


# ---- before the run ----

def test_no_design_is_an_error_that_says_how_to_make_it():
    folder = ROOT / 'undesigned'
    subprocess.run(['aisprint', 'new', str(folder), '--quiet'], check=True)
    error = error_of(run(folder, items({'x': ''}), status=1))
    assert 'aisprint design --app' in error['hint'], error
    error = error_of(run(app('a>b'), items({'x': ''}), None, '--deployment', 'other', status=1))
    assert "deployment 'other'" in error['message']


def test_a_deployment_that_makes_no_sense_is_refused():
    folder, source = run_app.make(scratch() / 'edited', 'a>b'), items({'x': ''})
    graph = folder / 'aisprint/deployments/base/application_dag.yaml'
    for text, message in (('[a, a]', "'a' is listed twice"), ('[../a]', 'not a name of a component'),
                          ('[a, b], dependencies: [[a, a, 1]]', 'its graph has a loop'),
                          ('[a, b], dependencies: [[a, c, 1]]', "'c' is no component of the deployment")):
        graph.write_text('System: {components: %s}\n' % text)
        error = error_of(run(folder, source, status=1))
        assert error['message'] == message, error


def test_a_changed_source_is_a_warning():
    folder = run_app.make(ROOT / 'stale', 'a>b')
    assert 'changed since' not in run(folder, items({'x': ''}))['stderr']
    with open(folder / 'src/a/main.py', 'a') as f:
        f.write('# new\n')
    assert 'src/a/main.py: changed since' in run(folder, items({'x': ''}))['stderr']


def test_protections_are_never_ignored_in_silence():
    folder = app('a>b', 'secure:b')
    result = run(folder, items({'x': ''}))
    assert {'component': 'b', 'protection': 'networkShield', 'asked_by': 'annotation'} in result['security']['asked']
    assert result['security']['enforced'] == [] and 'networkShield (b, annotation)' in result['stderr']
    out = scratch()
    refused = run(folder, items({'x': ''}), out, '--require-security', status=1)
    assert error_of(refused)['code'] == 'refused' and tree(out) == []


def test_no_python_is_an_error_that_says_what_was_tried():
    os.environ['AISPRINT_PYTHON'], kept = '/nowhere/python3', os.environ.get('AISPRINT_PYTHON')
    try:
        error = error_of(run(app('a>b'), items({'x': ''}), status=1))
        assert error['code'] == 'missing' and '/nowhere/python3' in error['message'], error
        run(app('a>b', 'c:a', 'c:b'), items({'x': ''}))  # nothing in Python: none is looked for
    finally:
        if kept is None:
            del os.environ['AISPRINT_PYTHON']
        else:
            os.environ['AISPRINT_PYTHON'] = kept


def test_open_files_are_allowed_for_or_asked_for():
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    source = items({'x': ''})
    for limits, status in (((80, hard), 0), ((80, 80), 1)):
        done = subprocess.run(command(app('a>b', 'c:a', 'c:b'), source, scratch(), '--parallel', '20', '--json'),
                              stdout=subprocess.PIPE,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limits))
        assert done.returncode == status, (limits, done)
    error = json.loads(done.stdout)['errors'][0]
    assert error['code'] == 'limit' and 'the limit is 80' in error['message'], error


def test_usage_errors():
    for more in (('--parallel', '0'), ('--timeout', '-1'), ('--parallel', '5000')):
        run(app('a>b'), items({'x': ''}), None, *more, status=2)


# ---- constraints and labels ----

def test_constraints_are_judged_in_the_order_of_the_file():
    folder = app('a>b', 'time:a=30', 'path:b=0.0001:a', 'rate:a=1000000')
    result = run(folder, items({'x': '', 'y': 'a drop\n'}))
    told = [(c['name'], c['kind'], c['limit'], c['met']) for c in result['constraints']]
    assert told == [('local_constraint_1', 'local_time', 30, True),
                    ('global_constraint_1', 'global_time', 0.0001, False),
                    ('throughput_constraint_1', 'throughput', 1000000, False)], told
    result = run(folder, items({}))
    assert [c['met'] for c in result['constraints']] == [None, None, None]


def test_accuracy_against_labels():
    source = items({'1': 'cat\n', '2': 'cat\n', '3': 'a drop\n', '4': 'a drop\n', '5': 'b fail no\n', '6,x': 'dog\n'})
    labels = scratch() / 'labels.csv'
    labels.write_text('label,item,more\nseen,1,\n"cat",2,\nbag,3,\ncat,4,\ncat,5,\n"seen by b","6,x",\nno,7,\n')
    json_app = ROOT / 'labelled'
    run_app.make(json_app, 'a>b')
    main = json_app / 'aisprint/designs/b/base/main.py'
    main.write_text(main.read_text().replace(
        "f.write(data + text.encode() + b'seen by b\\n')",
        "f.write(b'{\"label\": \"%s\"}' % data.split()[0])"))
    result = run(json_app, source, None, '--labels', labels, '--drop-label', 'bag', status=1)
    assert (result['labels']['labelled'], result['labels']['right']) == (6, 2), result['labels']
    cells = {(c['label'], c['given']): c['items'] for c in result['labels']['confusion']}
    assert cells == {('seen', 'cat'): 1, ('cat', 'cat'): 1, ('bag', '(dropped)'): 1, ('cat', '(dropped)'): 1,
                     ('cat', '(failed)'): 1, ('seen by b', 'dog'): 1}, cells
    labels.write_text('item,label\n1,a\n1,b\n')
    error = error_of(run(json_app, source, None, '--labels', labels, status=1))
    assert (error['line'], error['file']) == (3, str(labels)), error


# ---- ends ----

def start(application, source, out, *more):
    return subprocess.Popen(command(application, source, out, '--json', *more), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_an_interrupt_keeps_what_is_finished_and_leaves_nothing_behind():
    application = app('a>b')
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for more in ((), ('--cold',)):
            out = scratch()
            source = items({'%03d' % i: 'b sleep 0.05\n' if i < 5 else 'b hang\n' for i in range(20)})
            process = start(application, source, out, *more)
            wait_for(lambda: len(tree(out / 'b')) >= 5 if (out / 'b').is_dir() else False, 60)
            time.sleep(0.3)
            process.send_signal(number)
            begin = time.monotonic()
            text, errors = process.communicate(timeout=30)
            assert time.monotonic() - begin < 10
            assert process.returncode == 130, (process.returncode, text, errors)
            result = json.loads(text)
            assert result['interrupted'] and result['ok'] == 5 and len(tree(out / 'b')) == 5, (result, tree(out))
            assert not list(out.glob('.aisprint-run-*')) and not processes_in(application)


def test_kill_9_leaves_no_child_and_the_next_run_cleans_up():
    application, out = app('a>b'), scratch()
    process = start(application, items({'1': '', '2': 'b hang\n'}), out, '--parallel', '2')
    wait_for(lambda: (out / 'b/1').exists(), 60)
    assert processes_in(application)
    process.kill()
    process.communicate()
    wait_for(lambda: not processes_in(application))
    assert list(out.glob('.aisprint-run-*'))
    run(application, items({'3': ''}), out, '--force')
    assert tree(out) == [b'b/3'], tree(out)


def test_two_runs_at_a_time_leave_each_other_alone():
    application, out = app('a>b'), scratch()
    first = start(application, items({'1': 'b sleep 2\n'}), out)
    wait_for(lambda: list(out.glob('.aisprint-run-*')), 60)
    second = scratch()
    run(application, items({'2': ''}), second)
    text, errors = first.communicate(timeout=60)
    assert first.returncode == 0 and tree(out) == [b'b/1'], (text, errors)


def test_a_component_that_moves_or_removes_its_input_leaves_the_users_file():
    folder = scratch()
    subprocess.run(['aisprint', 'new', '--quiet', str(folder / 'app'), '--components', 'mover'], check=True)
    main = folder / 'app/src/mover/main.py'
    main.write_text(main.read_text().replace("    with open(args['input'], 'rb') as f:\n        data = f.read()\n", """\
    import os
    if os.path.basename(args['input']) == 'moved':
        os.rename(args['input'], args['output'])
        return
    os.remove(args['input'])
    data = b''
"""))
    subprocess.run(['aisprint', 'design', '--quiet', '--app', str(folder / 'app')], check=True)
    places = [Path(tempfile.mkdtemp(dir=ROOT))]
    if os.path.ismount('/dev/shm'):
        places.append(Path(tempfile.mkdtemp(dir='/dev/shm')))
    for place in places:
        source = place / 'in'
        source.mkdir()
        for name in ('moved', 'removed'):
            (source / name).write_text(name)
        subprocess.run(command(folder / 'app', source, folder / place.name), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        assert sorted(p.name for p in source.iterdir()) == ['moved', 'removed'], place
        assert all(p.read_text() == p.name for p in source.iterdir()), place
        assert (folder / place.name / 'mover/removed').exists()
        shutil.rmtree(place)


def main():
    wanted = sys.argv[1:]
    passed = failed = skipped = 0
    tests = [(name, f) for name, f in sorted(globals().items()) if name.startswith('test_')]
    for name, function in tests:
        if wanted and not any(word in name for word in wanted):
            continue
        try:
            function()
            passed += 1
            print('ok', name, flush=True)
        except Skip as why:
            skipped += 1
            print('skip %s: %s' % (name, why))
        except Exception:
            failed += 1
            print('FAIL', name)
            traceback.print_exc(file=sys.stdout)
    shutil.rmtree(ROOT, ignore_errors=True)
    print('%d passed, %d failed%s' % (passed, failed, ', %d skipped' % skipped if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
