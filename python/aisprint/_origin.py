"""Where a value that cannot travel enters: its place in the source that a segment was made from."""
from __future__ import annotations

import ast
import re
from types import FrameType
from typing import Iterator, List, Optional, Tuple

# The first line of a segment, and the line that imports aisprint.segment: both are added by design.
_MADE = re.compile(r'# Segment \d+ of \d+ of (.+), made by aisprint design\.\s*$')
_IMPORT = re.compile(r'from aisprint import segment( as \w+)?\s*$')


def find(frame: FrameType, key: str, is_entry: bool) -> str:
    """'main.py:12:5: ' for the place at which `key` enters the dictionary, or the variable `key` is made.

    `frame` is that of the component's function, where it writes what the next segment needs.
    """
    path = frame.f_code.co_filename
    try:
        with open(path, encoding='utf-8-sig', newline='') as file:
            lines = file.read().splitlines()
        tree = ast.parse('\n'.join(lines))
    except (OSError, SyntaxError, ValueError):
        return '%s:%d: ' % (path, frame.f_lineno)
    name, added = path, []
    for number, line in enumerate(lines, 1):
        made = _MADE.match(line)
        if made is not None:
            name = made.group(1)
        if made is not None or _IMPORT.match(line):
            added.append(number)
    places = [place for place in _places(tree, key, is_entry) if place.lineno < frame.f_lineno]
    if not places:
        return '%s:%d: ' % (name, _original(frame.f_lineno - 1, added))
    last = max(places, key=lambda place: (place.lineno, place.col_offset))
    before = lines[last.lineno - 1].encode()[:last.col_offset].decode()
    return '%s:%d:%d: ' % (name, _original(last.lineno, added), len(before) + 1)


def _original(line: int, added: List[int]) -> int:
    return line - sum(1 for number in added if number < line)


def _places(tree: ast.Module, key: str, is_entry: bool) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if not is_entry:
            yield from _bindings(node, key)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and any(_is_item(target, key) for target in targets):
                yield node.value
        elif isinstance(node, ast.Dict):
            for name, value in zip(node.keys, node.values):
                if name is not None and _is_text(name, key):
                    yield value
        elif isinstance(node, ast.Call):
            yield from (word.value for word in node.keywords if word.arg == key)
            if len(node.args) == 2 and _is_text(node.args[0], key):  # setdefault('key', value)
                yield node.args[1]


def _bindings(node: ast.AST, name: str) -> Iterator[ast.expr]:
    parts: List[Tuple[Optional[ast.expr], Optional[ast.expr]]] = []
    if isinstance(node, ast.Assign):
        parts = [(target, node.value) for target in node.targets]
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        parts = [(node.target, node.value)]
    elif isinstance(node, (ast.For, ast.AugAssign)):
        parts = [(node.target, None)]
    elif isinstance(node, ast.withitem):
        parts = [(node.optional_vars, node.context_expr)]
    for target, value in parts:
        for leaf in ast.walk(target) if target is not None else ():
            if isinstance(leaf, ast.Name) and leaf.id == name:
                yield value if value is not None and leaf is target else leaf


def _is_item(target: ast.expr, key: str) -> bool:
    return isinstance(target, ast.Subscript) and _is_text(target.slice, key)


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text
