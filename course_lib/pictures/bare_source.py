"""Source code as a lesson shows it: without docstrings and without type hints; comments stay.

What is left looks as the formatter would have left it, had there never been a hint.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

LINE = 100  # columns that the library's source may take
FIELDS = {"dataclass", "NamedTuple", "TypedDict"}  # a class of one of these is nothing without them


def without_docstrings(source: str) -> str:
    """Return the source without the docstrings of its functions and classes.

    Example:
        >>> print(without_docstrings('def twice(x):\\n    "Double x."\\n    return 2 * x'))
        def twice(x):
            return 2 * x
    """
    lines = source.splitlines(keepends=True)
    dropped = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if ast.get_docstring(node) is None or len(node.body) == 1:
            continue
        end = node.body[0].end_lineno
        while not lines[end].strip():  # the blank line after it
            end += 1
        dropped.update(range(node.body[0].lineno - 1, end))
    return "".join(line for number, line in enumerate(lines) if number not in dropped)


def without_hints(source: str, *, line: int = LINE) -> str:
    """Return the source without type hints; a signature that they spread out is one line again.

    Example:
        >>> print(without_hints("def twice(x: float, *, by: float = 2) -> float: return by * x"))
        def twice(x, *, by=2): return by * x
    """
    source = _without_declarations(source)
    place, edits = _Places(source), []  # from where, to where, what stands there instead
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_hinted(node):
            edits += _signature_edits(node, source, place, line)
        for hinted in _hinted_names(node):
            if hinted.value:
                edits.append((place.after(hinted.target), place.after(hinted.annotation), ""))
    for start, end, instead in sorted(edits, reverse=True):
        source = source[:start] + instead + source[end:]
    return re.sub(r" +# (type|ty|pyright|mypy): ?ignore\b[^#\n]*?(?=  #|$)", "", source, flags=re.M)


def _without_declarations(source: str) -> str:
    """Drop lines that say a name's type and nothing else."""
    dropped = set()
    for node in ast.walk(ast.parse(source)):
        bare = [one for one in _hinted_names(node) if not one.value]
        if bare and bare != node.body:  # what is left must be a block
            dropped |= {n for one in bare for n in range(one.lineno, one.end_lineno + 1)}
    kept, after_one = [], False
    for number, text in enumerate(source.splitlines(keepends=True), start=1):
        if number in dropped:
            after_one = True
        elif after_one and not text.strip() and re.search(r"(:\s*|^\s*)$", kept[-1]):
            continue  # the blank line has nothing to part
        else:
            kept.append(text)
            after_one = False
    return "".join(kept)


class _Places:
    """Where the nodes of a source's tree stand in its text: ast counts lines, and bytes in them."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines(keepends=True)

    def before(self, node: ast.AST) -> int:
        return self._place(node.lineno, node.col_offset)

    def after(self, node: ast.AST) -> int:
        return self._place(node.end_lineno, node.end_col_offset)

    def _place(self, number: int, column: int) -> int:
        beside = self.lines[number - 1].encode()[:column].decode()
        return sum(map(len, self.lines[: number - 1])) + len(beside)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple]:
    """Yield each parameter as its stars, its node (none for a bare star) and its default."""
    args = node.args
    before = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(before) - len(args.defaults)) + args.defaults
    for place, (argument, default) in enumerate(zip(before, defaults, strict=True), start=1):
        yield "", argument, default
        if place == len(args.posonlyargs):
            yield "/", None, None
    if args.vararg or args.kwonlyargs:
        yield "*", args.vararg, None
    for argument, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield "", argument, default
    if args.kwarg:
        yield "**", args.kwarg, None


def _is_hinted(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.returns) or any(
        argument and argument.annotation for _, argument, _ in _parameters(node)
    )


def _signature_edits(
    node: ast.FunctionDef | ast.AsyncFunctionDef, source: str, place: _Places, line: int
) -> list[tuple[int, int, str]]:
    """Return the edits that take the hints out of one signature."""
    start = place.before(node)
    end, commented = _end_of_signature(source, start)
    if not commented:
        return [(start, end, _signature(node, source, line))]
    edits = []  # in place: comments hold the lines apart
    for _, argument, default in _parameters(node):
        if argument and argument.annotation:
            name, hint = (
                place.before(argument) + len(argument.arg),
                place.after(argument.annotation),
            )
            equals = re.compile(r"\s*=\s*").match(source, hint)
            edits.append((name, equals.end(), "=") if default and equals else (name, hint, ""))
    if node.returns:
        arrow = source.rindex("->", start, place.before(node.returns))
        edits.append((len(source[:arrow].rstrip()), place.after(node.returns), ""))
    return edits


def _end_of_signature(source: str, start: int) -> tuple[int, bool]:
    """Return where the signature ends, after its colon, and whether it holds comments."""
    text, depth, commented = source[start:], 0, False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        commented |= token.type == tokenize.COMMENT
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and not depth:
                break
    number, column = token.end
    return start + sum(map(len, text.splitlines(True)[: number - 1])) + column, commented


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, source: str, line: int) -> str:
    """Write a signature as the formatter does: on one line, else its names on one, else each."""
    written = []
    for stars, argument, default in _parameters(node):
        name = stars + (argument.arg if argument else "")
        written.append(f"{name}={ast.get_source_segment(source, default)}" if default else name)
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    start, names, indent = f"{kind} {node.name}(", ", ".join(written), " " * node.col_offset
    if len(f"{indent}{start}{names}):") <= line:
        return f"{start}{names}):"
    if len(f"{indent}    {names}") <= line:
        return f"{start}\n{indent}    {names}\n{indent}):"
    return start + "".join(f"\n{indent}    {name}," for name in written) + f"\n{indent}):"


def _hinted_names(node: ast.AST) -> list[ast.AnnAssign]:
    """Return each `name: hint` that stands right in the block, unless they make a class."""
    if isinstance(node, ast.ClassDef) and FIELDS & set(_names(node)):
        return []
    block = getattr(node, "body", [])
    return (
        [one for one in block if isinstance(one, ast.AnnAssign)] if isinstance(block, list) else []
    )


def _names(node: ast.ClassDef) -> list[str]:
    """Return the last names of a class's decorators and bases."""
    written = [ast.unparse(part) for part in [*node.decorator_list, *node.bases]]
    return [text.split("(")[0].split(".")[-1] for text in written]
