"""The warm worker: its protocol, and that a component gets from it what a fresh process would give."""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import unittest

from support import TemporaryFolder, Worker

PARSER = '''
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/own.onnx')
    parser.add_argument('-t', '--threshold', type=float, default=0.7)
'''
HEAD = '''
import argparse, json, os, sys
from aisprint.annotations import component_name, exec_time
SEEN = []
def note(args):
    """What main was given, and that the module is still the same one."""
    SEEN.append(1)
    args = args if isinstance(args, dict) else vars(args)
    with open(args['output'], 'w') as f:
        json.dump([{k: str(v) for k, v in args.items()}, len(SEEN)], f)
'''


class Workers(TemporaryFolder):
    def start(self, source, **environment):
        self.write('main.py', textwrap.dedent(source))
        worker = Worker(self.folder, **environment)
        self.addCleanup(worker.process.stdout.close)
        self.addCleanup(worker.process.stderr.close)
        self.addCleanup(worker.process.wait)
        self.addCleanup(worker.process.kill)
        self.addCleanup(worker.socket.close)
        return worker

    def ready(self, source, **environment):
        worker = self.start(source, **environment)
        self.assertEqual(worker.first, {'ready': '1'}, worker.first)
        return worker

    def items(self, worker, count=4, model=None):
        """Run items; returns what note() was given in each."""
        seen = []
        for i in range(count):
            os.makedirs(self.path('in'), exist_ok=True)
            os.makedirs(self.path('out%d' % i), exist_ok=True)
            item = (self.path('in/item-%d' % i), self.path('out%d/item-%d' % (i, i)))
            reply = worker.run(*item, **({'onnx_file': model} if model else {}))
            self.assertEqual(reply.get('ok'), '1', reply)
            self.assertGreaterEqual(float(reply['function_s']), 0)
            with open(item[1]) as file:
                args, number = json.load(file)
            self.assertEqual(number, i + 1, 'the module was imported again')
            self.assertEqual((args['input'], args['output']), item)
            seen.append(args)
        return seen


class Protocol(Workers):
    def test_a_worker_ends_with_its_stream(self):
        worker = self.ready('def main(args): pass')
        self.assertEqual(worker.end(), (0, '', ''))

    def test_a_module_that_cannot_be_imported_says_where(self):
        for source, text in (('x = 1\ny = nowhere\n', "NameError: name 'nowhere' is not defined (main.py:2)"),
                             ('def main(args):\n  return (\n', 'SyntaxError: '),
                             ('import sys\nsys.exit(3)\n', 'the component ended itself with status 3 (main.py:2)'),
                             ('import no_such_module\n', "No module named 'no_such_module' (main.py:1)"),
                             ('x = 1\n', 'main.py has no function main'),
                             ('from aisprint import exec_time\n@exec_time(thr=1)\ndef main(a): pass\n',
                              "unexpected keyword argument 'thr' (main.py:2)")):
            with self.subTest(text):
                worker = self.start(source)
                self.assertIn(text, worker.first['error'])
                self.assertEqual(worker.end()[0], 1)

    def test_a_syntax_error_says_its_line(self):
        worker = self.start('def main(args):\n    pass\n\nthis is wrong\n')
        self.assertTrue(worker.first['error'].endswith('(main.py:4)'), worker.first['error'])

    def test_a_fault_in_a_module_of_the_component_names_that_file(self):
        self.write('helper.py', 'def work():\n    raise ValueError("deep")\n')
        worker = self.ready('import helper\ndef main(args):\n    helper.work()\n')
        reply = worker.run('/i', '/o')
        self.assertEqual(reply['error'], 'ValueError: deep (helper.py:2)')
        self.assertFalse(os.path.exists(self.path('__pycache__')))

    def test_an_exception_is_reported_and_the_next_item_runs(self):
        worker = self.ready('''
            def main(args):
                if 'bad' in args['input']:
                    raise ValueError('no \\0 good')
                open(args['output'], 'w').close()
            ''')
        reply = worker.run('/bad', '/o')
        self.assertEqual(reply['error'], 'ValueError: no \\0 good (main.py:4)')
        self.assertGreaterEqual(float(reply['function_s']), 0)
        self.assertIn('File "%s", line 4, in main' % self.path('main.py'), reply['traceback'])
        self.assertNotIn('_component.py', reply['traceback'])
        self.assertEqual(worker.run('/good', self.path('o'))['ok'], '1')
        self.assertTrue(os.path.exists(self.path('o')))

    def test_exceptions_that_are_hard_to_print(self):
        worker = self.ready('''
            class Odd(BaseException):
                def __str__(self):
                    raise RuntimeError
            def main(args):
                if args['input'] == '1':
                    raise Odd
                if args['input'] == '2':
                    raise ValueError('x' * 10000000)
                if args['input'] == '3':
                    raise ValueError('\\ud800\\udcff')
                if args['input'] == '4':
                    main(args)
            ''')
        self.assertEqual(worker.run('1', '/o')['error'], 'Odd (main.py:7)')
        self.assertLess(len(worker.run('2', '/o')['error']), 5000)
        self.assertIn('\\ud800\\udcff', worker.run('3', '/o')['error'])
        self.assertIn('RecursionError', worker.run('4', '/o')['error'])
        self.assertEqual(worker.run('5', '/o')['ok'], '1')

    def test_exit_statuses(self):
        worker = self.ready('import sys\ndef main(args):\n    sys.exit(eval(args["input"]))\n')
        for code, reply in (('0', None), ('None', None), ('False', None),
                            ('3', 'the component ended itself with status 3 (main.py:3)'),
                            ('"bad input"', 'SystemExit: bad input (main.py:3)')):
            got = worker.run(code, '/o')
            self.assertEqual(got.get('error'), reply)
            self.assertEqual(got.get('ok'), None if reply else '1')

    def test_an_interrupt_in_main_is_reported(self):
        worker = self.ready('def main(args):\n    raise KeyboardInterrupt\n')
        self.assertEqual(worker.run('/i', '/o')['error'], 'KeyboardInterrupt (main.py:2)')

    def test_an_interrupt_while_waiting_ends_quietly(self):
        worker = self.ready('def main(args): pass')
        worker.process.send_signal(signal.SIGINT)
        status, _, error = worker.end()
        self.assertIn(status, (0, 130))
        self.assertEqual(error, '')

    def test_what_a_component_prints_is_its_own_and_comes_at_once(self):
        worker = self.ready('import sys\ndef main(args):\n    print("out", args["input"])\n'
                            '    print("err", file=sys.stderr)\n')
        worker.run('1', '/o')
        self.assertEqual(os.read(worker.process.stdout.fileno(), 100), b'out 1\n')
        worker.run('2', '/o')
        status, output, error = worker.end()
        self.assertEqual((status, output, error), (0, 'out 2\n', 'err\nerr\n'))

    def test_a_component_may_close_its_output(self):
        worker = self.ready('import sys\ndef main(args):\n    sys.stdout.close()\n')
        self.assertEqual(worker.run('1', '/o')['ok'], '1')
        self.assertEqual(worker.end()[0], 0)

    def test_paths_of_any_bytes(self):
        worker = self.ready('''
            import shutil
            def main(args):
                shutil.copyfile(args['input'], args['output'])
            ''')
        for i, name in enumerate((b'plain', b'with space', b'new\nline', b'-i', b'"quo\'te', b'\xff\xfe',
                                  'ümläut'.encode(), b'$(x);*?', b'a' * 200)):
            path = os.path.join(os.fsencode(self.folder), b'x' + name)
            with open(path, 'wb') as file:
                file.write(name)
            self.assertEqual(worker.run(path, path + b'.out').get('ok'), '1')
            with open(path + b'.out', 'rb') as file:
                self.assertEqual(file.read(), name)

    def test_paths_of_any_bytes_through_a_parser(self):
        worker = self.ready(HEAD + 'import shutil\ndef main(args):\n    '
                            'shutil.copyfile(args["input"], args["output"])\n'
                            "if __name__ == '__main__':" + PARSER + '    main(vars(parser.parse_args()))\n')
        for name in (b'/a b', b'/\xff\xfe', b'/new\nline', b'/%s %(x)s', b'/-i'):
            path = os.fsencode(self.folder) + name
            with open(path, 'wb') as file:
                file.write(name)
            reply = worker.run(path, path + b'.out')
            self.assertEqual(reply.get('ok'), '1', reply)
            self.assertTrue(os.path.exists(path + b'.out'))

    def test_the_environment_of_each_item(self):
        worker = self.ready('''
            import os
            def main(args):
                names = 'UUID', 'COMPONENT_NAME', 'RESOURCE_ID', 'EVENT', 'AISPRINT_WORKER_FD'
                with open(args['output'], 'w') as f:
                    f.write(repr([os.environ.get(name) for name in names]))
            ''', RESOURCE_ID='inherited')

        def seen(**request):
            worker.run('/i', self.path('o'), **request)
            with open(self.path('o')) as file:
                return eval(file.read())
        self.assertEqual(seen(session_id='s1', component_name='c', resource_id='r', event='{}'),
                         ['s1', 'c', 'r', '{}', None])
        self.assertEqual(seen(session_id='s2', component_name='c'), ['s2', 'c', 'inherited', None, None])
        self.assertEqual(seen(), [None, None, 'inherited', None, None])

    def test_the_folder_and_the_command_line_of_each_item(self):
        worker = self.ready('''
            import os, sys
            print(sys.argv, sys.path[0] == os.getcwd(), __name__, os.path.isabs(__file__))
            def main(args):
                print(sys.argv, os.path.exists('main.py'))
                os.chdir('/')
                sys.argv = []
            ''')
        worker.run('/i', '/o')
        worker.run('/j', '/o', onnx_file='/m')
        _, output, _ = worker.end()
        self.assertEqual(output.splitlines(), [
            "['main.py'] True main True", "['main.py', '-i', '/i', '-o', '/o'] True",
            "['main.py', '-i', '/j', '-o', '/o', '-y', '/m'] True"])

    def test_a_forked_child_of_a_component_does_not_answer(self):
        worker = self.ready('''
            import os
            def main(args):
                if os.fork() == 0:
                    return
                os.wait()
            ''')
        for _ in range(3):
            self.assertEqual(worker.run('/i', '/o')['ok'], '1')
        worker.socket.settimeout(0.2)
        with self.assertRaises(socket.timeout):
            worker.socket.recv(1)

    def test_a_program_that_a_component_starts_does_not_hold_the_stream(self):
        worker = self.ready('''
            import subprocess
            def main(args):
                subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 close_fds=False)
            ''')
        self.assertEqual(worker.run('/i', '/o')['ok'], '1')
        worker.process.kill()
        self.assertIsNone(worker.receive())

    def test_several_requests_and_pieces_of_requests(self):
        worker = self.ready('def main(args): print(args["input"])')
        payload = b'input\0/a\0output\0/o\0unknown\0x\0'
        frame = struct.pack('<I', len(payload)) + payload
        worker.send_raw(frame * 2 + frame[:7])
        self.assertEqual(worker.receive()['ok'], '1')
        self.assertEqual(worker.receive()['ok'], '1')
        worker.send_raw(frame[7:])
        self.assertEqual(worker.receive()['ok'], '1')

    def test_a_frame_above_the_limit_ends_the_worker(self):
        worker = self.ready('def main(args): pass')
        worker.send_raw(struct.pack('<I', 1024 * 1024 + 1) + b'x' * 10)
        self.assertIsNone(worker.receive())
        status, _, error = worker.end()
        self.assertEqual(status, 1)
        self.assertIn('longer than 1048576 bytes', error)

    def test_a_worker_started_by_hand_says_what_it_is(self):
        for arguments, fd in ((['main.py'], ''), ([], '3'), (['main.py'], 'x'), (['main.py'], '99')):
            done = subprocess.run([sys.executable, '-m', 'aisprint.worker'] + arguments,
                                  env=dict(os.environ, AISPRINT_WORKER_FD=fd), capture_output=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b'AISPRINT_WORKER_FD', done.stderr)


class Arguments(Workers):
    """Each form of the guarded block gives main what a fresh process would."""

    def check(self, tail, model=None, count=4, head=HEAD):
        worker = self.ready(head + '@exec_time()\ndef main(args):\n    note(args)\n' + tail)
        seen = self.items(worker, count, model)
        status, output, error = worker.end()
        self.assertEqual((status, error), (0, ''))
        return seen, output

    def test_without_a_block_main_gets_the_paths(self):
        seen, _ = self.check('', model='/m.onnx')
        self.assertEqual(set(seen[3]), {'input', 'output', 'onnx_file'})
        seen, _ = self.check('')
        self.assertEqual(set(seen[3]), {'input', 'output'})

    def test_defaults_of_the_parser_arrive(self):
        for block in ("if __name__ == '__main__':", 'if __name__ == "__main__":',
                      "if '__main__' == __name__:", "if (__name__=='__main__'):"):
            with self.subTest(block):
                seen, _ = self.check(block + PARSER + '    args = vars(parser.parse_args())\n    main(args)\n')
                self.assertEqual([s['threshold'] for s in seen], ['0.7'] * 4)
                self.assertEqual([s['onnx_file'] for s in seen], ['onnx/own.onnx'] * 4)

    def test_the_model_of_the_item_arrives(self):
        tail = "if __name__ == '__main__':" + PARSER + '    main(vars(parser.parse_args()))\n'
        seen, _ = self.check(tail, model='/model.onnx')
        self.assertEqual([s['onnx_file'] for s in seen], ['/model.onnx'] * 4)

    def test_a_parser_that_knows_no_model_is_not_given_one(self):
        tail = "if __name__ == '__main__':" + PARSER.replace("'-y', '--onnx_file'", "'--other'") + \
            '    main(vars(parser.parse_args()))\n'
        seen, _ = self.check(tail, model='/model.onnx')
        self.assertEqual(seen[3], dict(seen[3], other='onnx/own.onnx'))

    def test_a_model_that_changes_and_goes_away(self):
        worker = self.ready(HEAD + 'def main(args):\n    note(args)\nif __name__ == "__main__":' + PARSER +
                            '    main(vars(parser.parse_args()))\n')
        for model in ('/a', '/b', None, '/a', '/a', '/a', '/b', None, None, None):
            worker.run('/i', self.path('o'), **({'onnx_file': model} if model else {}))
            with open(self.path('o')) as file:
                self.assertEqual(json.load(file)[0]['onnx_file'], model or 'onnx/own.onnx')

    def test_the_parser_runs_for_two_items_only(self):
        worker = self.ready(HEAD + '''
COUNT, ORIGINAL = [0], argparse.ArgumentParser.parse_args
def counted(self):
    COUNT[0] += 1
    return ORIGINAL(self)
argparse.ArgumentParser.parse_args = counted
def main(args):
    note(dict(args, count=COUNT[0]))
if __name__ == '__main__':''' + PARSER + '''    args = vars(parser.parse_args())

    main(args)
''')
        self.assertEqual([s['count'] for s in self.items(worker, 6)], ['1', '2', '2', '2', '2', '2'])

    def test_a_namespace_arrives_as_one(self):
        seen, _ = self.check("if __name__ == '__main__':" + PARSER + '    main(parser.parse_args())\n')
        self.assertEqual(seen[3]['threshold'], '0.7')

    def test_other_names_and_a_helper_function(self):
        worker = self.ready(HEAD + '''
def parse():
    """Options."""
    p = argparse.ArgumentParser()
    p.add_argument('-i', dest='source'); p.add_argument('-o', dest='target')
    p.add_argument('--size', nargs=2, type=int, default=[3, 4])
    return vars(p.parse_args())
def main(args):
    args['size'].append(5)
    note({'input': args['source'], 'output': args['target'], 'size': args['size']})
if __name__ == '__main__':
    main(parse())
''')
        seen = self.items(worker, 6)
        self.assertEqual({s['size'] for s in seen}, {'[3, 4, 5]'})  # what main changes stays its own

    def test_paths_as_separate_arguments(self):
        worker = self.ready(HEAD + '''
from pathlib import Path
def main(source, target, *, level=1):
    assert isinstance(source, Path)
    note({'input': str(source), 'output': target, 'level': level})
if __name__ == '__main__':
    p = argparse.ArgumentParser()
    p.add_argument('-i', type=Path)
    p.add_argument('-o')
    a = p.parse_args()
    main(a.i, a.o, level=7)
''')
        self.assertEqual({s['level'] for s in self.items(worker)}, {'7'})

    def test_a_path_made_from_others_is_made_for_each_item(self):
        seen, _ = self.check("if __name__ == '__main__':" + PARSER + '''
    args = vars(parser.parse_args())
    args['beside'] = os.path.dirname(args['output']) + '/' + os.path.basename(args['input'])
    main(args)
''')
        for i, args in enumerate(seen):
            self.assertEqual(args['beside'], self.path('out%d/item-%d' % (i, i)))

    def test_a_value_counted_from_a_path_is_made_for_each_item(self):
        worker = self.ready(HEAD + 'def main(args):\n    note(args)\nif __name__ == "__main__":' + PARSER + '''
    args = vars(parser.parse_args())
    args['length'] = len(args['input'])
    main(args)
''')
        for i in range(5):
            path = '/' + 'x' * (i + 3)
            worker.run(path, self.path('o'))
            with open(self.path('o')) as file:
                self.assertEqual(json.load(file)[0]['length'], str(i + 4))

    def test_a_block_that_does_more_runs_whole_for_each_item(self):
        _, output = self.check("if __name__ == '__main__':" + PARSER + '''
    args = vars(parser.parse_args())
    print('before', os.path.basename(args['input']))
    main(args)
    print('after')
''')
        self.assertEqual(output, ''.join('before item-%d\nafter\n' % i for i in range(4)))

    def test_a_block_whose_names_functions_use_runs_whole_for_each_item(self):
        worker = self.ready(HEAD + '''
def main(given):
    note(dict(given, same=str(ARGS is given)))
if __name__ == '__main__':''' + PARSER + '''
    ARGS = vars(parser.parse_args())
    main(ARGS)
''')
        self.assertEqual({s['same'] for s in self.items(worker)}, {'True'})

    def test_a_helper_with_effects_runs_for_each_item(self):
        worker = self.ready(HEAD + '''
CURRENT = {}
def parse():
    p = argparse.ArgumentParser()
    p.add_argument('-i', '--input'); p.add_argument('-o', '--output')
    CURRENT.update(vars(p.parse_args()))
    return dict(CURRENT)
def main(args):
    note(dict(args, current=CURRENT['input']))
if __name__ == '__main__':
    args = parse()
    main(args)
''')
        for args in self.items(worker):
            self.assertEqual(args['current'], args['input'])

    def test_what_functions_and_block_share_stays_shared(self):
        for assignment, argument in (('', 'SHARED'), ('    given = SHARED\n', 'given'),
                                     ('    given = dict(SHARED)\n', 'given'),
                                     ('    given = parse(SHARED)\n', 'given')):
            worker = self.ready(HEAD + '''
SHARED = {'seen': []}
def parse(options):
    options['number'] = 1
    return options
def main(args, given):
    SHARED['seen'].append(1)
    note(dict(args, seen=len(given['seen'])))
if __name__ == '__main__':''' + PARSER + "\n" + assignment + '''
    main(vars(parser.parse_args()), %s)
''' % argument)
            self.assertEqual([s['seen'] for s in self.items(worker)], ['1', '2', '3', '4'])

    def test_constants_of_the_module_are_defaults(self):
        worker = self.ready(HEAD + '''
LEVEL, SIZES = 3, (1, 2)
def main(args):
    note(args)
if __name__ == '__main__':''' + PARSER + '''
    parser.add_argument('--level', default=LEVEL)
    parser.add_argument('--sizes', default=SIZES)
    main(vars(parser.parse_args()))
''')
        self.assertEqual({s['level'] + s['sizes'] for s in self.items(worker)}, {'3(1, 2)'})

    def test_open_files_are_opened_for_each_item(self):
        worker = self.ready('''
            import argparse
            def main(source, target):
                target.write(source.read().upper())
                target.close()
            if __name__ == '__main__':
                p = argparse.ArgumentParser()
                p.add_argument('-i', type=argparse.FileType('r'))
                p.add_argument('-o', type=argparse.FileType('w'))
                a = p.parse_args()
                main(a.i, a.o)
            ''')
        for i in range(4):
            reply = worker.run(self.write('i%d' % i, 'text %d' % i), self.path('o%d' % i))
            self.assertEqual(reply.get('ok'), '1', reply)
            with open(self.path('o%d' % i)) as file:
                self.assertEqual(file.read(), 'TEXT %d' % i)

    def test_a_main_that_parses_by_itself(self):
        for call in ('main()', 'sys.exit(main())'):
            for model in (None, '/m.onnx'):
                worker = self.ready(HEAD + 'def main():' + PARSER +
                                    '    note(parser.parse_args())\nif __name__ == "__main__":\n    '
                                    + call + '\n')
                self.items(worker, 4, model)
                self.assertEqual(worker.end()[0], 0)

    def test_a_block_without_main(self):
        worker = self.ready(HEAD + "if __name__ == '__main__':" + PARSER +
                            '    note(parser.parse_args())\n')
        self.items(worker)

    def test_a_parser_that_refuses_the_paths_says_so(self):
        worker = self.ready('''
            import argparse
            def main(args): pass
            if __name__ == '__main__':
                p = argparse.ArgumentParser()
                p.add_argument('--source', required=True)
                main(p.parse_args())
            ''')
        for model in ({}, {'onnx_file': '/m'}):
            reply = worker.run('/i', '/o', **model)
            self.assertEqual(reply['error'], 'the component ended itself with status 2 (main.py:7)')
        _, _, error = worker.end()
        self.assertEqual(error.count('the following arguments are required: --source'), 2)

    def test_an_item_that_fails_at_first_spoils_nothing(self):
        worker = self.ready(HEAD + '''
def main(args):
    assert 'bad' not in args['input']
    note(args)
if __name__ == '__main__':''' + PARSER + '    main(vars(parser.parse_args()))\n')
        for i in range(3):
            self.assertIn('AssertionError', worker.run('/bad', '/o')['error'])
        self.items(worker)

    def test_items_of_equal_name_and_options_that_look_like_paths(self):
        worker = self.ready(HEAD + '''
def main(args):
    note(args)
if __name__ == '__main__':
    p = argparse.ArgumentParser()
    p.add_argument('-i', '--input'); p.add_argument('-o', '--output')
    p.add_argument('--log', default='/same')
    main(vars(p.parse_args()))
''')
        for path in ('/same', '/same', '/other', '/third', '/same'):
            worker.run(path, self.path('o'))
            with open(self.path('o')) as file:
                args = json.load(file)[0]
            self.assertEqual((args['input'], args['log']), (path, '/same'))


if __name__ == '__main__':
    unittest.main()
