"""Report measurements to a Telegraf-like collector: one UDP datagram of line protocol each.

The collector is MONIT_HOST:MONIT_PORT (default port 8094) of the environment. Without MONIT_HOST
nothing is sent: there is no network traffic at all. A report never raises for reasons that lie
outside the program (no collector, no such host, a bad port): it returns False, and the first such
failure is logged as a warning of the logger 'aisprint.monitoring'.

Format: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
Units: seconds; times count from 1970-01-01T00:00:00Z.
"""
from __future__ import annotations

import calendar
import json
import logging
import math
import os
import re
import socket
import threading
import time
from typing import Any, Mapping, Optional, Tuple, Union

__all__ = ['report', 'report_execution_time', 'report_metric']

Field = Union[int, float, str, bool]

DEFAULT_PORT = '8094'
_RESOLVE_AGAIN_S = 60.0  # a collector that moves is found again; a wrong name is not asked all day
_SPECIAL = re.compile(r'[,= \n\r\\]')
_EVENT_TIME = re.compile(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?Z?')


def report_execution_time(session_id: str, kubernetes_cluster_id: str, resource_id: str,
                          component_name: str, job_start_time: float, function_start_time: float,
                          job_end_time: float) -> bool:
    """Send the measurement `execution_time` of one item; returns whether it was sent."""
    host = os.environ.get('MONIT_HOST')
    if not host:
        return False
    # once an item: written out, because the general way below takes twice as long
    job, begin, end = float(job_start_time), float(function_start_time), float(job_end_time)
    if not math.isfinite(job + begin + end):
        raise ValueError('times are %r, %r, %r (they must be finite)' % (job, begin, end))
    tags = (_tag('session_id', session_id) + _tag('kubernetes_cluster_id', kubernetes_cluster_id)
            + _tag('resource_id', resource_id) + _tag('component_name', component_name))
    line = ('execution_time%s job_start_time=%r,function_start_time=%r,job_end_time=%r,'
            'function_duration=%r,job_duration=%r,job_overhead=%r\n'
            % (tags, job, begin, end, end - begin, end - job, begin - job))
    return _send(host, line)


def report_metric(name: str, values: Union[Field, Mapping[str, Field]],
                  tags: Optional[Mapping[str, Any]] = None) -> bool:
    """Send a measurement of your own: one value (field `value`) or several by name.

    The tag `component_name` is added from COMPONENT_NAME unless `tags` has it.
    """
    fields = values if isinstance(values, Mapping) else {'value': values}
    all_tags = {'component_name': os.environ.get('COMPONENT_NAME', '')}
    all_tags.update(tags or {})
    return report(name, fields, all_tags)


def report(measurement: str, fields: Mapping[str, Field],
           tags: Optional[Mapping[str, Any]] = None) -> bool:
    """Send one measurement; returns whether it was sent.

    Raises ValueError or TypeError for what is no measurement (no fields, a field that is no number,
    text or truth value): that is a mistake of the caller.
    """
    line = _line(measurement, fields, tags or {})
    host = os.environ.get('MONIT_HOST')
    return _send(host, line) if host else False


def job_start_of(event: Optional[str], default: float) -> float:
    """The time of the first record of a MinIO/S3 event (a JSON text), or `default`."""
    if not event:
        return default
    try:
        text = json.loads(event)['Records'][0]['eventTime']
        found = _EVENT_TIME.fullmatch(text)
        if found is None:
            return default
        seconds = calendar.timegm(tuple(map(int, found.group(1, 2, 3, 4, 5, 6))) + (0, 0, 0))
        return seconds + float(found.group(7) or 0)
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError):
        return default


def _send(host: str, line: str) -> bool:
    port = os.environ.get('MONIT_PORT') or DEFAULT_PORT
    return _collector.send(host, port, line.encode('utf-8', 'backslashreplace'))


def _line(measurement: str, fields: Mapping[str, Field], tags: Mapping[str, Any]) -> str:
    if not fields:
        raise ValueError('measurement %r has no fields' % (measurement,))
    head = _escape(measurement, ', ') + ''.join([_tag(key, value) for key, value in tags.items()])
    texts = ['%s=%s' % (_escape(key), _field(key, value)) for key, value in fields.items()]
    return '%s %s\n' % (head, ','.join(texts))


def _tag(key: str, value: Any) -> str:
    text = '' if value is None else _escape(str(value))
    return ',%s=%s' % (_escape(key), text) if text else ''  # the format has no empty tags


def _escape(text: str, letters: str = ',= ') -> str:
    if _SPECIAL.search(text) is None:
        return text
    # no escape exists for a line's end, nor for a backslash before the separator
    text = text.replace('\n', '\\n').replace('\r', '\\r').rstrip('\\')
    for letter in letters:
        text = text.replace(letter, '\\' + letter)
    return text


def _field(key: str, value: Any) -> str:
    if isinstance(value, str):
        return '"%s"' % value.replace('\\', '\\\\').replace('"', '\\"')
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, int):
        return '%di' % value
    try:
        number = float(value)  # numpy's numbers too
    except (TypeError, ValueError):
        raise TypeError('field %r is a %s (it must be a number, a text or a truth value)'
                        % (key, type(value).__name__)) from None
    if not math.isfinite(number):
        raise ValueError('field %r is %r, which the format cannot hold' % (key, number))
    return repr(number)


def _open(host: str, port: str, old: Optional[socket.socket]) -> socket.socket:
    """A socket connected to the collector: `old` when that is still the right one.

    Another thread may be sending through an old one, so it is closed by its last user's leaving it.
    """
    number = int(port)
    if not 0 < number < 65536:
        raise ValueError('a port is 1 to 65535')
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, number, type=socket.SOCK_DGRAM)[0]
    try:
        if old is not None and old.family == family and old.getpeername() == address:
            return old
    except OSError:
        pass  # somebody closed it: make another
    connection = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


class _Collector:
    """A connected socket, remade when the address in the environment changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: Optional[Tuple[str, str]] = None
        self._socket: Optional[socket.socket] = None
        self._until = 0.0
        self._warned = False

    def send(self, host: str, port: str, line: bytes) -> bool:
        try:
            connection = self._connect(host, port)
            if connection is None:
                return False
            try:
                connection.send(line)
            except ConnectionRefusedError:
                # says that an EARLIER datagram found nobody; this one has not been sent yet
                connection.send(line)
            return True
        except (OSError, ValueError) as error:
            self._warn('cannot report to MONIT_HOST=%r, MONIT_PORT=%r: %s' % (host, port, error))
            return False

    def _connect(self, host: str, port: str) -> Optional[socket.socket]:
        key = (host, port)
        if self._key == key and time.monotonic() < self._until:
            return self._socket
        with self._lock:
            connection = None
            try:
                connection = _open(host, port, self._socket)
            finally:  # a failure is kept too, so that a wrong name does not cost a look-up an item
                self._socket = connection
                self._until = time.monotonic() + _RESOLVE_AGAIN_S
                self._key = key
            return connection

    def _warn(self, text: str) -> None:
        if not self._warned:
            self._warned = True
            logging.getLogger('aisprint.monitoring').warning('%s', text)


_collector = _Collector()
