"""What does an answer's code call? Read from the notebook's own text, where nothing can lie.

Foreign code can silence whatever listens to it. So the cells are read as syntax trees, and what an
answer reaches is followed by name: its functions and classes, what those use, and so on.
``certain`` are forbidden functions that are spelled out; ``unclear`` is what hides a name.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

OPEN = {  # modules that an answer may use; what it takes of another one can't be followed
    "torch", "numpy", "math", "cmath", "typing", "collections", "functools", "itertools", "abc",
    "dataclasses", "numbers", "enum", "warnings", "contextlib", "copy", "course_lib", "__future__",
}  # fmt: skip
SYSTEM = {  # reached through another module (warnings.sys), they give everything
    "sys", "os", "builtins", "types", "operator", "inspect", "importlib", "ctypes", "gc", "pickle",
    "threading", "subprocess",
}  # fmt: skip
HIDING = {  # they run or name what no tree shows
    "exec", "eval", "compile", "globals", "locals", "vars", "dir", "__import__", "get_ipython",
    "open", "breakpoint",
}  # fmt: skip
HIDING_ANYWHERE = {"exec", "eval", "compile", "globals", "__import__"}
LOADING = {"ctypes", "gc", "pickle", "marshal", "importlib", "runpy", "subprocess", "inspect"}
BY_NAME = {"getattr", "setattr", "delattr", "hasattr"}  # clear where the name is written out
INNER = (  # parts of libraries that run or find what no tree shows
    "torch.ops", "torch.jit", "torch.library", "torch.fx", "torch.hub", "torch.classes",
    "torch.load", "torch.package", "torch.utils", "torch.export", "torch.compile",
    "torch.overrides",
    "numpy.ctypeslib", "numpy.testing", "numpy.f2py", "numpy.lib", "numpy.load",
    "typing.get_type_hints", "typing.ForwardRef",
)  # fmt: skip
RELATED = {  # what does the same work, by the last part of a forbidden name
    "scaled_dot_product_attention": ("scaled_dot_product", "flash_attention", "flex_attention",
                                     "efficient_attention", "cudnn_attention"),
    "multiheadattention": ("multi_head_attention", "transformer_encoder", "transformer_decoder"),
    "layer_norm": ("group_norm", "instance_norm", "batch_norm"),
    "transformerencoderlayer": ("transformer_encoder", "nn.transformer"),
    "cross_entropy": ("nll", "cross_entropy_loss", "adaptive_log_softmax_with_loss"),
}  # fmt: skip


@dataclass
class Found:
    """What an answer reaches: {forbidden name: the line that says it}, and what hides names."""

    certain: dict[str, str] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)


def found(sources: Sequence[str], answer: str, forbids: Iterable[str]) -> Found:
    """Return what the code of an answer reaches of what is forbidden.

    sources: the notebook's code cells. answer: the name of the function or class. forbids: dotted
    names; those of the course itself are not there to be called, and are passed over here.
    """
    wanted = [name for name in forbids if not name.startswith("course_lib.")]
    told = Found()
    if not wanted:
        return told
    statements = [node for source in sources for node in _statements(plain(source))]
    reached = _reached(statements, answer)
    aliases = _aliases(statements)
    for node in statements:
        _look_anywhere(node, told)
    if not reached:
        told.unclear.append(f"no cell defines {answer} where it can be read")
    for node in reached:
        _look(node, aliases, wanted, told)
    return told


def taken(sources: Sequence[str], answer: str, forbids: Iterable[str]) -> str | None:
    """Return the forbidden name that an answer was imported by, or None if it was made.

    Example:
        >>> taken(["from course_lib.masks import causal_mask"], "causal_mask",
        ...       ["course_lib.masks.causal_mask"])
        'course_lib.masks.causal_mask'
    """
    statements = [node for source in sources for node in _statements(plain(source))]
    spelled = _aliases(statements).get(answer, set())
    return next((name for name in forbids if name in spelled), None)


def plain(source: str) -> str:
    """Return a cell without its magics: what it would run as Python.

    Example:
        >>> plain("%%time\\nx = 1\\n!ls")
        'x = 1'
    """
    lines = [line for line in source.splitlines() if not re.match(r"\s*[%!]", line)]
    return "\n".join(line.rstrip("?") if line.endswith("?") else line for line in lines)


# Which statements make an answer --------------------------------------------------------------


def _statements(source: str) -> Iterator[ast.stmt]:
    """Yield the statements of a cell at its top level, those in its branches and loops too."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):  # it does not run either
        return
    todo = list(reversed(body))
    while todo:
        node = todo.pop()
        yield node
        inner = [
            part for name in ("body", "orelse", "finalbody") for part in getattr(node, name, [])
        ]
        inner += [part for each in getattr(node, "handlers", []) for part in each.body]
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            todo += reversed(inner)


def _binds(node: ast.stmt) -> set[str]:
    """Return the names to which a statement gives a value, or part of one."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    stored = ast.Store | ast.Del
    made = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, stored)
    }
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    made |= {root for target in targets if target is not None and (root := _root(target))}
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call):
        if (
            _root(call.func) in ("setattr", "delattr")
            and call.args
            and (root := _root(call.args[0]))
        ):
            made.add(root)
        elif isinstance(call.func, ast.Attribute) and (root := _root(call.func)):
            made.add(f"{root}.")  # tools.append(…): counts where tools is no module
    return made


def _root(node: ast.AST) -> str | None:
    """Return the name at the beginning of a chain such as ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _reached(statements: Sequence[ast.stmt], answer: str) -> list[ast.stmt]:
    """Return the statements that make an answer, and what it uses."""
    binds = [(node, _binds(node)) for node in statements]
    modules = {
        n for node, names in binds if isinstance(node, ast.Import | ast.ImportFrom) for n in names
    }
    reached: dict[int, ast.stmt] = {}
    todo, known = [answer], {answer}
    while todo:
        name = todo.pop()
        own = {name} if name in modules else {name, f"{name}."}
        for node, names in binds:
            if names & own and id(node) not in reached:
                reached[id(node)] = node
                used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
                todo += used - known
                known |= used
    return list(reached.values())


def _aliases(statements: Sequence[ast.stmt]) -> dict[str, set[str]]:
    """Return {name: the dotted names that it may stand for}."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for each in node.names:
                    dotted = each.name if each.asname else each.name.split(".")[0]
                    found.setdefault(each.asname or dotted, set()).add(dotted)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for each in node.names:
                    dotted = f"{node.module}.{each.name}"
                    found.setdefault(each.asname or each.name, set()).add(dotted)
    for _ in range(3):  # F = torch.nn.functional, and an alias of an alias
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Assign) and len(node.targets) == 1:
                    target = node.targets[0]
                    if isinstance(target, ast.Name) and (spelled := _spelled(node.value, found)):
                        found.setdefault(target.id, set()).update(spelled)
    return found


# What they say ------------------------------------------------------------------------------


def _spelled(node: ast.AST, aliases: dict[str, set[str]]) -> set[str]:
    """Return the dotted names that ``a.b.c`` may be, as far as they begin with an import."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return set()
    return {".".join([start, *parts]) for start in aliases.get(node.id, ())}


def _look_anywhere(node: ast.stmt, told: Found) -> None:
    """Note what could change any name of the notebook, wherever it stands."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in HIDING_ANYWHERE:
            _note(told, part.id, part)
        elif isinstance(part, ast.Import | ast.ImportFrom):
            names = [a.name for a in part.names] if isinstance(part, ast.Import) else [part.module]
            for name in names:
                if (name or "").split(".")[0] in LOADING:
                    _note(told, f"import {name}", part)


def _look(node: ast.stmt, aliases: dict[str, set[str]], wanted: list[str], told: Found) -> None:
    """Note what one statement that makes the answer calls, or hides."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            _look_at_import(part, wanted, told)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            if part.id in HIDING:
                _note(told, part.id, part)
            for dotted in aliases.get(part.id, ()):
                _look_at_name(dotted, part, wanted, told)
        elif isinstance(part, ast.Attribute):
            for dotted in _spelled(part, aliases) or {f".{part.attr}"}:
                _look_at_name(dotted, part, wanted, told)
        elif isinstance(part, ast.Call) and getattr(part.func, "id", None) in BY_NAME:
            _look_at_call(part, wanted, told)


def _look_at_import(node, wanted, told):
    """Note an import of what can't be followed, or of what is forbidden."""
    if isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        names = [alias.name for alias in node.names]
    for name in names:
        if name.split(".")[0] not in OPEN:
            _note(told, f"import {name}", node)
        elif name.endswith(".*") and name.startswith("torch"):
            _note(told, f"from {name[:-2]} import *", node)


def _look_at_call(call, wanted, told):
    """Note ``getattr(torch, …)`` whose name is not written out, or is a forbidden one."""
    name = call.args[1] if len(call.args) > 1 else None
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        _note(told, f"{call.func.id}(…) of a computed name", call)
    else:
        _look_at_name(f"torch.{name.value}", call, wanted, told)


def _look_at_name(dotted: str, node: ast.AST, wanted: list[str], told: Found) -> None:
    """Note one dotted name; it begins with a dot where nobody knows of what it is taken."""
    last = dotted.rpartition(".")[2]
    if re.fullmatch(r"__\w+__", last) and last not in (
        "__init__",
        "__name__",
        "__doc__",
        "__call__",
    ):
        _note(told, dotted.lstrip("."), node)
    private = not dotted.startswith(".") and re.search(r"\._[A-Za-z]", dotted)
    if dotted.startswith(INNER) or private or SYSTEM & set(dotted.split(".")[1 : -1 or None]):
        _note(told, dotted, node)
    for name in wanted:
        if _is_same(dotted, name):
            told.certain.setdefault(name, _line(node))


def _is_same(dotted: str, forbidden: str) -> bool:
    """Say whether a dotted name does the work of a forbidden one."""
    if dotted.startswith("."):  # x.softmax(): a method, if that is what is forbidden
        return forbidden == f"torch.Tensor.{dotted[1:].rstrip('_')}"
    if dotted == forbidden.removesuffix(".__init__"):
        return True
    if not (dotted.startswith("torch.") and forbidden.startswith("torch.")):
        return False
    said = _bare(dotted.rpartition(".")[2])
    last = forbidden.removesuffix(".__init__").rpartition(".")[2]
    kin = next((k for name, k in RELATED.items() if _bare(name) == _bare(last)), ())
    return any(_bare(each) in said for each in (last, *kin))


def _bare(name: str) -> str:
    return name.lower().replace("_", "").removeprefix("nn.")


def _line(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:100]


def _note(told: Found, what: str, node: ast.AST) -> None:
    said = f"`{what}` in `{_line(node)}`" if what not in _line(node) else f"`{_line(node)}`"
    if said not in told.unclear:
        told.unclear.append(said)
