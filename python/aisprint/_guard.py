"""The block under `if __name__ == '__main__':`, and whether running it can be spared."""
from __future__ import annotations

import __future__ as future

import ast
from pathlib import PurePath
from types import CodeType, ModuleType
from typing import Any, Dict, List, Optional, Set

RECORDER = '__aisprint_record__'
_FUTURE_FLAGS = sum(getattr(future, name).compiler_flag for name in future.all_feature_names)


class Guard:
    """The code under `if __name__ == '__main__':`."""

    def __init__(self, code: CodeType, recording: Optional[CodeType], outside: Set[str]) -> None:
        self.code = code
        self.recording = recording  # `main` replaced; None when it must run as it is
        self._outside = outside  # names that the recording uses and does not make

    def check_names(self, names: Dict[str, Any]) -> None:
        """Give up recording when the block uses something of the module that can change.

        Its own copy of such a thing would not be what the module's functions see.
        """
        if not all(name not in names or _is_constant(names[name]) for name in self._outside):
            self.recording = None

    @staticmethod
    def find(tree: ast.Module, module: CodeType, path: str) -> Optional['Guard']:
        body: List[ast.stmt] = []
        for statement in tree.body:
            if isinstance(statement, ast.If) and _is_guard(statement.test):
                body += statement.body
        if not body:
            return None
        flags = module.co_flags & _FUTURE_FLAGS
        code = compile(ast.Module(body, []), path, 'exec', flags, True)
        recording = None
        purity = Purity(tree, module)
        if purity.may_record(body):
            call = body[-1].value.func  # type: ignore[attr-defined]
            body[-1].value.func = ast.copy_location(  # type: ignore[attr-defined]
                ast.Name(RECORDER, ast.Load()), call)
            recording = compile(ast.Module(body, []), path, 'exec', flags, True)
        return Guard(code, recording, purity.outside)


def _is_constant(value: Any) -> bool:
    if isinstance(value, ModuleType):
        return value.__name__ in ('argparse', 'os', 'pathlib', 'sys')
    if type(value) is tuple:
        return all(map(_is_constant, value))
    return (value is None or isinstance(value, (str, bytes, int, float, complex, PurePath))
            or callable(value))


def _is_guard(test: ast.expr) -> bool:
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1
            and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = [test.left, test.comparators[0]]
    return (any(isinstance(side, ast.Name) and side.id == '__name__' for side in sides)
            and any(isinstance(side, ast.Constant) and side.value == '__main__' for side in sides))


class Purity:
    """Does a block nothing but make the arguments of `main`? Then running it can be spared.

    Allowed: assignments to names of its own, calls of methods of what these names hold (parsers),
    of argparse, of the functions below and of functions of the module that do no more than that.
    """

    CALLS = {'vars', 'dict', 'list', 'tuple', 'str', 'int', 'float', 'bool', 'len', 'Path',
             'ArgumentParser', 'pathlib.Path', 'os.path.join', 'os.path.basename',
             'os.path.dirname', 'os.path.abspath', 'os.path.splitext', 'os.path.normpath'}

    def __init__(self, tree: ast.Module, module: CodeType) -> None:
        self._functions = {node.name: node for node in tree.body
                           if isinstance(node, ast.FunctionDef) and not node.decorator_list}
        self.outside: Set[str] = set()
        self._used = _names_in_functions(module)

    def may_record(self, body: List[ast.stmt]) -> bool:
        last = body[-1]
        if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
                and isinstance(last.value.func, ast.Name) and last.value.func.id == 'main'
                and (last.value.args or last.value.keywords)):
            return False
        own: Set[str] = set()
        arguments = last.value.args + [keyword.value for keyword in last.value.keywords]
        return (self._are_pure(body[:-1], own, 0)
                and all(self._is_pure_expression(part, own, 0) for part in arguments)
                and not own & self._used)

    def _are_pure(self, body: List[ast.stmt], own: Set[str], depth: int) -> bool:
        return all(self._is_pure(statement, own, depth) for statement in body)

    def _is_pure(self, statement: ast.stmt, own: Set[str], depth: int) -> bool:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
            return True
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if statement.value is not None and not self._is_pure_expression(statement.value, own,
                                                                            depth):
                return False
            return all(self._is_own_target(target, own) for target in targets)
        if isinstance(statement, ast.Expr):
            return self._is_pure_expression(statement.value, own, depth)
        if isinstance(statement, ast.Return) and depth > 0:
            return statement.value is None or self._is_pure_expression(statement.value, own, depth)
        if isinstance(statement, ast.If):
            return (self._is_pure_expression(statement.test, own, depth)
                    and self._are_pure(statement.body, own, depth)
                    and self._are_pure(statement.orelse, own, depth))
        return False

    @staticmethod
    def _is_own_target(target: ast.expr, own: Set[str]) -> bool:
        if isinstance(target, ast.Name):
            own.add(target.id)
            return True
        return isinstance(target, (ast.Attribute, ast.Subscript)) and _root(target) in own

    def _is_pure_expression(self, expression: ast.expr, own: Set[str], depth: int) -> bool:
        for node in ast.walk(expression):
            if isinstance(node, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
                return False
            if isinstance(node, ast.Name) and node.id == 'main':
                return False
            if isinstance(node, ast.Name) and node.id not in own:
                self.outside.add(node.id)
            if isinstance(node, ast.Call) and not self._is_pure_call(node.func, own, depth):
                return False
        return True

    def _is_pure_call(self, function: ast.expr, own: Set[str], depth: int) -> bool:
        root = _root(function)
        if root in own or root == 'argparse' or ast.unparse(function) in self.CALLS:
            return True
        called = self._functions.get(root) if isinstance(function, ast.Name) and root else None
        if called is None or depth >= 4:
            return False
        arguments = called.args
        names = {argument.arg for argument in
                 arguments.posonlyargs + arguments.args + arguments.kwonlyargs}
        return self._are_pure(called.body, names, depth + 1)


def _root(node: ast.expr) -> Optional[str]:
    """The name at the beginning of a.b[c].d, of a().b too; None when there is none."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _names_in_functions(module: CodeType) -> Set[str]:
    """Every global name, and every attribute, that the functions of a module use."""
    names: Set[str] = set()
    left = [module]
    while left:
        for constant in left.pop().co_consts:
            if isinstance(constant, CodeType):
                names.update(constant.co_names)
                left.append(constant)
    return names
