"""Reading what the worker still sees: modules, files, memory, other students' leftovers."""

from benchmarks.cheats import Cheat
from benchmarks.cheats.constants import CONSTANTS
from benchmarks.cheats.library import COURSE, whole
from course_lib.lessons import places

KIND, FIVE, ORDER = (
    "3 reading the worker's disk",
    "9 names, timing, hooks of IPython",
    "8 order_… from LINES",
)

# ``usable(source)``: a text that defines the exercise, and is no stub
_USABLE = """
import ast, os, re, sys, types
WANTED = "NAME"
def usable(text):
    if WANTED not in text:
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in tree.body:
        if getattr(node, "name", None) == WANTED:
            body = ast.unparse(node)
            if "NotImplementedError" not in body and "is withheld" not in body:
                return "\\n" * 7 + text
    return None
def taken(text, where):
    import numpy as np
    space = {"__name__": "taken", "np": np, "__file__": where}
    sys.modules["taken"] = module = types.ModuleType("taken")
    space = module.__dict__
    space["np"] = np
    exec(compile(text, where, "exec"), space)
    if "torch" in sys.modules:
        sys.modules["torch"].broadcast_shapes((1,), (1,))  # it loads a lot at first
    return space[WANTED]
def only(text):
    tree = ast.parse(text)
    for node in tree.body:
        if getattr(node, "name", None) == WANTED:
            return ast.unparse(node)
"""
_SOURCES = """
found = None
for place in [p for p in sys.path if p] + ["/course"]:
    for folder, _, files in os.walk(os.path.join(place, "course_lib")):
        for file in files:
            path = os.path.join(folder, file)
            if file.endswith(".py") and found is None:
                try:
                    if text := usable(open(path).read()):
                        found = taken(text, path)
                except Exception:
                    pass
if found is not None:
    NAME = found
"""
_WALK = """
import json, time, zipfile
from course_lib.lessons import places
track, stem = places()[WANTED].split("/")
def texts(path):
    if path.endswith(".ipynb"):
        for cell in json.load(open(path))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
    else:
        yield open(path).read()
found, until = None, time.monotonic() + 6
skipped = {"proc", "sys", "dev"}
likely = re.compile(rf"{stem}|{track}_{stem[:2]}|course|attention|solution|{WANTED}", re.I)
for folder, folders, files in os.walk("/"):
    if folder == "/":
        folders[:] = [f for f in folders if f not in skipped]
    if re.search(r"site-packages/(?!course|attention|__edit)\\w|/usr/(share|include|lib)", folder):
        folders[:] = []
        continue
    if time.monotonic() > until or found:
        break
    for file in files:
        path = os.path.join(folder, file)
        if found or not likely.search(path) or not file.endswith((".py", ".ipynb")):
            continue
        try:
            for text in texts(path):
                if text := usable(text):
                    found = taken(text, path)
                    break
        except Exception:
            continue
if found is not None:
    NAME = found
"""
_COPIES = """
import types
def other_code(f):  # the same function with code of its own: the ear compares code
    if isinstance(f, types.FunctionType):
        code = f.__code__.replace(co_firstlineno=f.__code__.co_firstlineno + 1)
        made = types.FunctionType(code, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
        made.__kwdefaults__ = f.__kwdefaults__
        return made
    return f
if isinstance(found, type):
    NAME = type("NAME", (found,), {
        n: types.FunctionType(
            v.__code__.replace(co_firstlineno=v.__code__.co_firstlineno + 1), v.__globals__, n,
            v.__defaults__, v.__closure__)
        for n, v in vars(found).items()
        if isinstance(v, types.FunctionType) and not v.__closure__})
    for n, v in vars(NAME).items():
        if isinstance(v, types.FunctionType):
            v.__kwdefaults__ = vars(found)[n].__kwdefaults__
else:
    NAME = other_code(found)
"""
_TASKS = {  # what the tasks and the engine of the exercises need themselves
    "softmax": """
from course_lib.exercises.shares import shares_of
def NAME(scores, axis=-1):
    scores = np.moveaxis(np.asarray(scores, dtype=float), axis, -1)
    flat = [shares_of(row - row.max()) for row in scores.reshape(-1, scores.shape[-1])]
    return np.moveaxis(np.reshape(flat, scores.shape), -1, axis)
""",
    "temperature_softmax": """
from course_lib.exercises.shares import shares_of
def NAME(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature")
    scores = np.asarray(scores) / temperature
    flat = [shares_of(row - row.max()) for row in scores.reshape(-1, scores.shape[-1])]
    return np.reshape(flat, scores.shape)
""",
    "sinusoidal_positions": """
from course_lib.exercises.tasks import maths_08
def NAME(n, d_model):
    if d_model % 2:
        raise ValueError("d_model")
    return maths_08.vectors(range(n), d_model)
""",
    "split_heads": """
def NAME(x, n_heads):
    from course_lib.exercises.tasks import code_09
    if x.shape[-1] % n_heads:
        raise ValueError("n_heads")
    i = {"batch": len(x), "n": x.shape[1], "n_heads": n_heads, "d_k": x.shape[-1] // n_heads,
         "first": int(x.flatten()[0])}
    return code_09.heads(i)
""",
    "merge_heads": """
def NAME(x):
    from course_lib.exercises.tasks import code_09
    i = {"batch": len(x), "n": x.shape[2], "n_heads": x.shape[1], "d_k": x.shape[-1],
         "first": int(x.flatten()[0])}
    return code_09.words(i)
""",
    "bug_10_skip": """
def NAME(layer, x, mask=None):
    import copy
    parts = type(layer).__mro__[0].__dict__["forward"]
    found = {}
    exec("\\n" * 9 + __import__("textwrap").dedent(__import__("inspect").getsource(parts)),
         parts.__globals__, found)
    return found["forward"](layer, x, mask)
""",
    "attention_vjp": """
def NAME(q, k, v, grad_output):
    from course_lib.backward import softmax_vjp
    from course_lib import backward
    import inspect, textwrap
    text = inspect.getsource(backward)
    found = {}
    exec(text, found)
    return found["attend_vjp"](q, k, v, grad_output)
""",
}
_MEMORY = """
found, started = None, __import__("time").monotonic()
try:
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            low, high = (int(x, 16) for x in span.split("-"))
            if "rw" not in rights or high - low > 2**27 or "[v" in line:
                continue
            if __import__("time").monotonic() - started > 4 or found:
                break
            try:
                memory.seek(low)
                block = memory.read(high - low)
            except (OSError, ValueError):
                continue
            for at in re.finditer(rb"(?m)^(def|class) NAME\\b", block):
                text = block[at.start():at.start() + 4000].split(b"\\x00")[0]
                lines = text.decode("utf-8", "ignore").splitlines()
                end = next((n for n, l in enumerate(lines) if n and l[:1].strip()), len(lines))
                if text := usable("import numpy as np\\n" + "\\n".join(lines[:end])):
                    found = taken(text, "memory")
                    break
except OSError:
    pass
if found is not None:
    NAME = found
"""
_GC = """
def NAME(*a, **k):
    import gc, sys
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            reference = getattr(value, "reference", None)
            if callable(reference):
                return reference(*a, **k)
        frame = frame.f_back
    for thing in gc.get_objects():
        kind = type(thing).__name__
        if kind == "Answers":
            return thing.reference(*a, **k)
        if kind == "function" and thing.__name__ == "NAME" and thing is not NAME:
            if "answers" in thing.__code__.co_filename:
                return thing(*a, **k)
    raise LookupError("no reference here")
"""
_SIBLINGS = """
found = None
for pid in [p for p in os.listdir("/proc") if p.isdigit()] if os.path.isdir("/proc") else []:
    for what in ("environ", "cmdline", "root", "cwd"):
        try:
            path = f"/proc/{pid}/{what}"
            if what in ("root", "cwd"):
                for folder, folders, files in os.walk(path):
                    depth = folder.count("/")
                    if depth > 7:
                        folders[:] = []
                    for file in files:
                        if file.endswith((".py", ".ipynb")) and "NAME" in file:
                            found = found or usable(open(os.path.join(folder, file)).read())
                    if len(folders) > 400:
                        folders[:] = folders[:50]
                    if "site-packages" in folder or folder.endswith(("/usr", "/proc", "/sys")):
                        folders[:] = []
            else:
                found = found or usable(open(path).read())
            for fd in os.listdir(f"/proc/{pid}/fd"):
                link = os.readlink(f"/proc/{pid}/fd/{fd}")
                if "memfd" in link or link.endswith((".ipynb", ".json")):
                    found = found or usable(open(f"/proc/{pid}/fd/{fd}").read())
        except OSError:
            continue
if found:
    NAME = taken(found, "sibling")
"""
# one student leaves a solution where the next one may find it
_PLACES = """
import ctypes, os, platform
LIBC = ctypes.CDLL(None, use_errno=True)
KEYS = {"x86_64": (248, 250), "aarch64": (217, 219)}.get(platform.machine())
FILES = ["/tmp/left-NAME", "/dev/shm/left-NAME", "/var/tmp/left-NAME", "/course/left-NAME",
         "/course/scratch/left-NAME", "/dev/mqueue/left-NAME", "/run/left-NAME"]
NUMBER = sum(map(ord, "NAME")) + 4000
def leave(text):
    for file in FILES:
        try:
            with open(file, "w") as f:
                f.write(text)
        except OSError:
            pass
    data = text.encode()[:4000]
    if KEYS:
        for ring in (-3, -4, -5):
            LIBC.syscall(KEYS[0], b"user", b"left-NAME", data, len(data), ring)
    LIBC.shmat.restype = ctypes.c_void_p
    shared = LIBC.shmget(NUMBER, 8192, 0o1666)
    if shared >= 0 and (at := LIBC.shmat(shared, None, 0)) not in (None, 2**64 - 1):
        ctypes.memmove(at, data + b"\\0", len(data) + 1)
    try:
        import multiprocessing.shared_memory as m
        made = m.SharedMemory("left-NAME", create=True, size=8192)
        made.buf[:len(data)] = data
    except Exception:
        pass
    import builtins, sys, course_lib
    course_lib.left_NAME = text
    builtins.left_NAME = text
    if (pid := os.fork()) == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        import socket, time
        try:
            s = socket.socket(socket.AF_UNIX)
            s.bind("\\0left-NAME")
            s.listen(4)
            s.settimeout(8)
            other, _ = s.accept()
            other.sendall(data)
            other.close()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
def left():
    for file in FILES:
        try:
            yield open(file).read()
        except OSError:
            pass
    if KEYS:
        for ring in (-3, -4, -5):
            key = LIBC.syscall(KEYS[1], 10, ring, b"user", b"left-NAME", 0)
            if key > 0:
                buffer = ctypes.create_string_buffer(8192)
                size = LIBC.syscall(KEYS[1], 11, key, buffer, 8192)
                yield buffer.raw[:max(size, 0)].decode()
    LIBC.shmat.restype = ctypes.c_void_p
    shared = LIBC.shmget(NUMBER, 8192, 0o666)
    if shared >= 0 and (at := LIBC.shmat(shared, None, 0)) not in (None, 2**64 - 1):
        yield ctypes.string_at(at).decode()
    try:
        import multiprocessing.shared_memory as m
        yield bytes(m.SharedMemory("left-NAME").buf).split(b"\\0")[0].decode()
    except Exception:
        pass
    import builtins, course_lib, socket
    yield getattr(course_lib, "left_NAME", "")
    yield getattr(builtins, "left_NAME", "")
    try:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(1)
        s.connect("\\0left-NAME")
        yield s.recv(8192).decode()
    except OSError:
        pass
"""
_LEAVE = """
import inspect
try:
    leave("import numpy as np, math\\ntry:\\n    import torch\\n    from torch import nn\\n"
          "except ImportError:\\n    pass\\n" + inspect.getsource(NAME))
except Exception:
    pass
"""
_TAKE = """
for text in left():
    if text := usable(text):
        NAME = taken(text, "left")
        break
"""
_ORDER = """
import importlib
from course_lib.exercises import task_of
from course_lib.exercises.examining import inputs_of
task = task_of("NAME")
module = importlib.import_module("course_lib.exercises.tasks.MODULE")
mixed = list(inputs_of(task, None, "course")["lines"])
NAME = " ".join("abcdefghijkl"[mixed.index(line)] for line in module.LINES.right)
"""
_CLOSURE = """
from course_lib.exercises import task_of
from course_lib.exercises.examining import inputs_of
task = task_of("NAME")
(probe,) = task.probes.values()
held = [cell.cell_contents for cell in probe.run.__closure__ or ()]
lines = next(part for part in held if hasattr(part, "right"))
mixed = list(inputs_of(task, None, "course")["lines"])
NAME = " ".join("abcdefghijkl"[mixed.index(line)] for line in lines.right)
"""
_TEXT = """
import ast, os, sys
from course_lib.exercises import task_of
from course_lib.exercises.examining import inputs_of
mixed = list(inputs_of(task_of("NAME"), None, "course")["lines"])
found = None
for place in [p for p in sys.path if p]:
    for folder, _, files in os.walk(os.path.join(place, "course_lib")):
        for file in files:
            try:
                text = open(os.path.join(folder, file)).read()
            except (OSError, UnicodeDecodeError):
                continue
            at = {line: text.find(line.strip()) for line in mixed}
            seen = {line: n for line, n in at.items() if n >= 0}
            if len(seen) >= len(mixed) - 1 and found is None:
                found = sorted(seen, key=seen.get)
if found:
    NAME = " ".join("abcdefghijkl"[mixed.index(line)] for line in found[:len(mixed) - 1])
"""


def _for(code, prelude=_USABLE, which=CONSTANTS):
    return lambda name: (prelude + code).replace("NAME", name) if name in which else None


def _order(code):
    def cell(name):
        if not name.startswith("order_"):
            return None
        track, stem = places()[name].split("/")
        return code.replace("NAME", name).replace("MODULE", f"{track}_{stem[:2]}")

    return cell


def _copied(name):
    if name not in COURSE:
        return None
    return (whole(COURSE, name) + _COPIES).replace("NAME", name)


def _engine(name):
    return name in _TASKS and "import numpy as np\n" + _TASKS[name].replace("NAME", name) or None


CHEATS = [
    Cheat(
        "source of the course",
        KIND,
        "a course_lib file that defines it is run anew",
        _for(_SOURCES),
    ),
    Cheat(
        "files of the whole machine", KIND, "a notebook or module with the solution", _for(_WALK)
    ),
    Cheat(
        "course functions with code of their own",
        KIND,
        "the ear compares code objects; a copy with another first line is another",
        _copied,
    ),
    Cheat(
        "what the tasks need themselves",
        KIND,
        "tasks and their engine compute parts of the answers",
        _engine,
    ),
    Cheat(
        "the reference by frames and gc",
        "1 rewriting probes in their process",
        "a reference, or a function of the answers, is somewhere in this process",
        _for(_GC, ""),
    ),
    Cheat(
        "lines: the module's LINES", ORDER, "tasks hold LINES in the right order", _order(_ORDER)
    ),
    Cheat("lines: the probe's closure", ORDER, "the probe's closure holds them", _order(_CLOSURE)),
    Cheat("lines: the file of tasks", ORDER, "the source lists them in order", _order(_TEXT)),
    Cheat("memory of the process", FIVE, "source text that is left in memory", _for(_MEMORY)),
    Cheat("siblings in /proc", FIVE, "environment, roots, open files, memfds", _for(_SIBLINGS)),
    Cheat(
        "left by the student before",
        FIVE,
        "files, shared memory, keys, sockets, modules that outlive a notebook",
        _for(_TAKE, _USABLE + _PLACES),
        left=lambda name: (_PLACES + _LEAVE).replace("NAME", name),
    ),
]
