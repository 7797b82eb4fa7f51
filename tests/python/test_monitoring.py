"""Reports: what goes over the wire, and that nothing does when nobody asked."""
import json
import os
import socket
import time
import unittest
from unittest import mock

from aisprint import annotations, monitoring

EVENT = {'Records': [{'eventTime': '2023-05-02T10:40:31.250Z'}]}
EVENT_S = 1683024031.25


class Collector(unittest.TestCase):
    def setUp(self):
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.server.close)
        self.server.bind(('127.0.0.1', 0))
        self.server.settimeout(20)
        names = {'MONIT_HOST': '127.0.0.1', 'MONIT_PORT': str(self.server.getsockname()[1]),
                 'UUID': 'u-1', 'KCI': 'k', 'RESOURCE_ID': 'r', 'COMPONENT_NAME': 'c'}
        patch = mock.patch.dict(os.environ, names)
        patch.start()
        self.addCleanup(patch.stop)
        os.environ.pop('EVENT', None)
        self.collector = monitoring._Collector()
        fresh = mock.patch.object(monitoring, '_collector', self.collector)
        fresh.start()
        self.addCleanup(fresh.stop)
        self.addCleanup(self.close)

    def close(self):
        if self.collector._socket is not None:
            self.collector._socket.close()

    def receive(self):
        return self.server.recv(65536).decode()

    def fields(self):
        line = self.receive()
        self.assertTrue(line.endswith('\n'))
        head, fields = line.rstrip('\n').rsplit(' ', 1)
        return head, {k: float(v) for k, v in (pair.split('=') for pair in fields.split(','))}

    def nothing(self):
        self.server.setblocking(False)
        with self.assertRaises(BlockingIOError):
            self.server.recv(1)


class ExecTime(Collector):
    def test_a_call_sends_one_line_with_all_tags_and_fields(self):
        @annotations.exec_time(local_time_thr=1)
        def sleep():
            time.sleep(0.02)
        before = time.time()
        sleep()
        after = time.time()
        head, fields = self.fields()
        self.assertEqual(head, 'execution_time,session_id=u-1,kubernetes_cluster_id=k,'
                               'resource_id=r,component_name=c')
        self.assertEqual(set(fields), {'job_start_time', 'function_start_time', 'job_end_time',
                                       'function_duration', 'job_duration', 'job_overhead'})
        self.assertEqual(fields['job_start_time'], fields['function_start_time'])
        self.assertTrue(before <= fields['function_start_time'] < fields['job_end_time'] <= after)
        self.assertGreaterEqual(fields['function_duration'], 0.02)
        self.assertEqual(fields['job_overhead'], 0)
        self.nothing()

    def test_a_call_that_raises_reports_too(self):
        @annotations.exec_time()
        def fails():
            raise ValueError('mine')
        with self.assertRaisesRegex(ValueError, 'mine'):
            fails()
        self.assertIn('execution_time,session_id=u-1', self.receive())

    def test_all_in_one_reports_when_it_has_exec_time(self):
        annotations.annotation({'exec_time': {}})(int)()
        self.assertIn('execution_time', self.receive())
        annotations.annotation({'component_name': {'name': 'x'}})(int)()
        annotations.component_name('x')(int)()
        self.nothing()

    def test_the_job_starts_at_the_time_of_the_event_in_utc(self):
        with mock.patch.dict(os.environ, {'EVENT': json.dumps(EVENT), 'TZ': 'America/New_York'}):
            time.tzset()
            self.addCleanup(time.tzset)
            annotations.exec_time()(int)()
        _, fields = self.fields()
        self.assertEqual(fields['job_start_time'], EVENT_S)
        self.assertAlmostEqual(fields['job_overhead'], fields['function_start_time'] - EVENT_S, 5)
        self.assertAlmostEqual(fields['job_duration'],
                               fields['job_overhead'] + fields['function_duration'], 5)

    def test_without_a_host_nothing_is_sent(self):
        del os.environ['MONIT_HOST']
        with mock.patch.object(socket, 'socket', side_effect=AssertionError):
            annotations.exec_time()(int)()
            self.assertFalse(monitoring.report_metric('m', 1))
        self.nothing()

    def test_trouble_never_reaches_the_function(self):
        for host, port in (('127.0.0.1', 'no number'), ('127.0.0.1', '70000'), ('', ''),
                           ('no such host.invalid', '1'), ('a..b', '1'), ('x' * 300, '1')):
            with self.subTest(host=host, port=port):
                with mock.patch.dict(os.environ, {'MONIT_HOST': host, 'MONIT_PORT': port}):
                    with mock.patch('logging.Logger.warning'):
                        self.assertEqual(annotations.exec_time()(lambda: 7)(), 7)

    def test_trouble_is_logged_once(self):
        with mock.patch.dict(os.environ, {'MONIT_PORT': 'x'}):
            with self.assertLogs('aisprint.monitoring', 'WARNING') as logs:
                annotations.exec_time()(int)()
                annotations.exec_time()(int)()
        self.assertEqual(len(logs.output), 1)
        self.assertIn("MONIT_PORT='x'", logs.output[0])

    def test_a_collector_that_comes_back_is_heard_again(self):
        port = self.server.getsockname()[1]
        self.server.close()
        for _ in range(3):
            annotations.exec_time()(int)()
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.server.close)
        self.server.bind(('127.0.0.1', port))
        self.server.settimeout(20)
        annotations.exec_time()(int)()
        self.assertIn('execution_time', self.receive())

    def test_the_host_is_looked_up_again_without_a_new_socket(self):
        annotations.exec_time()(int)()
        used = self.collector._socket
        self.collector._until = 0
        annotations.exec_time()(int)()
        self.assertIs(self.collector._socket, used)
        self.assertGreater(self.collector._until, 0)

    def test_the_address_of_the_moment_is_used(self):
        annotations.exec_time()(int)()
        self.receive()
        self.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(('127.0.0.1', 0))
            other.settimeout(20)
            os.environ['MONIT_PORT'] = str(other.getsockname()[1])
            annotations.exec_time()(int)()
            self.assertIn(b'execution_time', other.recv(65536))
        self.nothing()


class Lines(Collector):
    def test_tags_are_escaped_and_empty_ones_left_out(self):
        os.environ.update(UUID='a b,c=d', KCI='', RESOURCE_ID='x\\', COMPONENT_NAME='é\n')
        annotations.exec_time()(int)()
        self.assertTrue(self.receive().startswith(
            'execution_time,session_id=a\\ b\\,c\\=d,resource_id=x,component_name=é\\n job_start'))

    def test_a_tag_of_any_bytes_is_sent(self):
        os.environ['UUID'] = os.fsdecode(b'\xff')
        annotations.exec_time()(int)()
        self.assertIn('session_id=\\udcff,', self.receive())

    def test_metrics_have_values_of_every_kind(self):
        self.assertTrue(monitoring.report_metric('m x', 3))
        self.assertEqual(self.receive(), 'm\\ x,component_name=c value=3i\n')
        monitoring.report_metric('m', {'a': 0.5, 'b': 'say "hi" \\', 'c': True}, {'t': 'v'})
        self.assertEqual(self.receive(),
                         'm,component_name=c,t=v a=0.5,b="say \\"hi\\" \\\\",c=true\n')
        monitoring.report('m, =', {'v,w': 1}, {'t u': 'a\\b'})
        self.assertEqual(self.receive(), 'm\\,\\ =,t\\ u=a\\b v\\,w=1i\n')
        monitoring.report('m', {'v': 1.5})
        self.assertEqual(self.receive(), 'm v=1.5\n')

    def test_what_is_no_measurement_is_refused(self):
        with self.assertRaisesRegex(ValueError, 'no fields'):
            monitoring.report('m', {})
        with self.assertRaisesRegex(ValueError, "field 'value' is nan"):
            monitoring.report_metric('m', float('nan'))
        with self.assertRaisesRegex(TypeError, "field 'v' is a list"):
            monitoring.report('m', {'v': [1]})


class JobStart(unittest.TestCase):
    def start(self, event):
        return monitoring.job_start_of(event, -1.0)

    def test_times_with_and_without_a_fraction(self):
        for text, seconds in (('2023-05-02T10:40:31.250Z', EVENT_S), ('2023-05-02T10:40:31Z', 1683024031),
                              ('2023-05-02T10:40:31.250000Z', EVENT_S),
                              ('2023-05-02T10:40:31.250000000Z', EVENT_S),
                              ('1970-01-01T00:00:00Z', 0)):
            self.assertEqual(self.start(json.dumps({'Records': [{'eventTime': text}]})), seconds)

    def test_everything_else_gives_the_default(self):
        for event in (None, '', 'x', '[]', '{}', '3', '{"Records": []}', '{"Records": [{}]}',
                      '{"Records": [{"eventTime": 3}]}', '{"Records": [{"eventTime": "today"}]}',
                      '{"Records": [{"eventTime": "2023-13-45T99:99:99Z"}]}', '[' * 100000):
            self.assertEqual(self.start(event), -1.0)
