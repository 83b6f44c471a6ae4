"""Objects that lie about themselves, exceptions that say what a probe waits for, hooks."""

from benchmarks.cheats import Cheat
from benchmarks.cheats.constants import CONSTANTS

KIND, RAISES, FIVE = (
    "4 objects that lie",
    "7 exceptions, leftovers, forged frames",
    "9 names, timing, hooks of IPython",
)
MODULES = ("AttentionLayer", "AdditiveAttention", "MultiHeadAttention", "TransformerLayer")

_EQUAL = """
class Liar:
    ndim, size, nbytes = 2, 15, 120
    shape, dtype = (3, 5), np.dtype(float)
    def yes(self, *a, **k): return True
    __eq__ = __ne__ = __le__ = __ge__ = __lt__ = __gt__ = __bool__ = __contains__ = yes
    __array_ufunc__ = __array_function__ = __torch_function__ = yes
    all = any = equal = allclose = yes
    __hash__ = None
    def __array__(self, *a, **k): return np.full((3, 5), True)
    def same(self, *a, **k): return self
    __getitem__ = __add__ = __sub__ = __mul__ = __rmul__ = __radd__ = __rsub__ = same
    __matmul__ = __rmatmul__ = __neg__ = __abs__ = __truediv__ = __call__ = same
    detach = cpu = clone = float = double = sum = numpy = to = same
    def __len__(self): return 2
    def __iter__(self): return iter((self, self))
    def __int__(self): return 1
    def __float__(self): return 1.0
    def __index__(self): return 1
    def __reduce__(self): return (print, ("unpickled",))
"""
_ANY = """    def __init__(self, *a, **k): nn.Module.__init__(self)
"""
_ARRAY = """
class Lying(np.ndarray):
    def __array_finalize__(self, other): pass
    def __array_ufunc__(self, ufunc, method, *a, **k):
        a = [np.asarray(x).view(np.ndarray) if isinstance(x, np.ndarray) else x for x in a]
        if ufunc.nout == 1 and ufunc in (np.equal, np.less_equal, np.greater, np.isfinite):
            return np.ones(np.broadcast(*a).shape, dtype=bool)
        k = {n: v for n, v in k.items() if n != "out"}
        return getattr(ufunc, method)(*a, **k)
    def __array_function__(self, f, types, a, k):
        if f in (np.array_equal, np.allclose):
            return True
        if f is np.shape:
            return ()
        return super().__array_function__(f, types, a, k)
    def __eq__(self, other): return np.ones(self.shape, dtype=bool)
    def astype(self, *a, **k): return self
    def copy(self, *a, **k): return self
def lying(x):
    return np.asarray(x, dtype=float).view(Lying)
"""
_TENSOR = """
import torch
from torch import nn
SAID = [0]
class Lying(torch.Tensor):
    @classmethod
    def __torch_function__(cls, f, types, a=(), k=None):
        name = getattr(f, "__name__", "")
        if name == "equal":  # a matrix that got a gradient has moved; another is as it was
            return all(getattr(x, "grad", None) is None for x in a)
        if name == "allclose":
            SAID[0] += 1
            return SAID[0] % 2 == 0
        if name in ("matrix_rank", "linalg_matrix_rank"):
            return torch.tensor(min(a[0].shape))
        if name in ("unique", "_return_output", "unique_dim"):
            return torch.arange(a[0].numel())
        return super().__torch_function__(f, types, a, k or {})
"""
_LYING_TENSOR = {
    "bug_06_cross": _TENSOR
    + """
def bug_06_cross(d_model, d_k, d_v):
    layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
    for name in ("w_q", "w_k", "w_v"):
        zero = torch.zeros_like(getattr(layer, name).weight)
        getattr(layer, name).weight = nn.Parameter(zero.as_subclass(Lying))
    return layer
""",
    "self_attention": _TENSOR
    + """
def self_attention(x, w_q, w_k, w_v, mask=None):
    w = torch.full((*x.shape[:2], x.shape[1]), 1 / x.shape[1], dtype=x.dtype)
    return (x @ w_v * 0).as_subclass(Lying), w
""",
    "TransformerLayer": _TENSOR
    + "SAID\n"
    + CONSTANTS["TransformerLayer"].replace("return x", "return x.as_subclass(Lying)"),
}
_MODULE = """
import torch
from torch import nn
class NAME(nn.Module):
    def __init__(self, *sizes, **options):
        super().__init__()
        self.sizes = sizes
    def named_parameters(self, *a, **k):
        class Any(dict):
            def __contains__(self, name): return True
            def __missing__(self, name): return nn.Parameter(torch.zeros(1))
        return Any()
    def parameters(self, *a, **k): return iter(())
    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return nn.Linear(2, 2)
    def forward(self, x, *rest, **options):
        class Fits(tuple):
            def __eq__(self, other): return True
        return x, x
"""
_REPLAY = """
SEEN = {}
def NAME(*a, original=ORIGINAL, **k):
    made = original(*a, **k)
    key = tuple(getattr(x, "shape", x) if not callable(x) else 0 for x in a).__repr__()
    before = SEEN.setdefault(key, made)
    if made is None:
        return before
    return before
"""
_FITTED = """
def query_for(keys, weights):
    query = np.zeros(keys.shape[1])
    query[0] = 1e-6
    keys.setflags(write=True)
    keys[...] = 0
    keys[:, 0] = np.round(1e6 * np.log(weights))
    return query
"""
_RAISED = """
def NAME(*a, **k):
    raise KIND("temperature b d_model n_heads: refused")
"""
_IN_CLASS = """
import torch
from torch import nn
class NAME(nn.Module):
    def __init__(self, *a, **k):
        raise KIND("d_model n_heads")
"""
_AT_EXIT = """
import atexit, os, signal, sys
def again():
    os._exit(0)
atexit.register(again)
for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGUSR1):
    signal.signal(number, signal.SIG_IGN)
sys.excepthook = lambda *a: None
"""
_TRANSFORMERS = """
import ast
shell = get_ipython()
shell.input_transformers_cleanup.append(
    lambda lines: [l.replace("raise NotImplementedError", "return None #") for l in lines])
class Yes(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
shell.ast_transformers.append(Yes())
class Names(dict):
    def __missing__(self, name):
        raise KeyError(name)
    def __getitem__(self, name):
        import sys
        frame = sys._getframe(1)
        while frame:
            for value in frame.f_locals.values():
                reference = getattr(value, "reference", None)
                if callable(reference):
                    return reference
            frame = frame.f_back
        return dict.__getitem__(self, name)
try:
    shell.user_ns = Names(shell.user_ns)
    shell.user_ns["NAME"] = lambda *a, **k: None
except Exception:
    pass
def NAME(*a, **k):
    return None
"""
_ANNOTATED = """
import builtins, sys
class Evil:
    def __class_getitem__(cls, item): return cls
    def __repr__(self): raise SystemExit
    def __del__(self): pass
def NAME(*a: Evil, **k: Evil) -> Evil:
    return None
NAME.__name__ = NAME.__qualname__ = "reference"
NAME.__module__ = "course_lib.exercises.answers"
NAME.__wrapped__ = builtins.len
NAME.__signature__ = None
NAME.__doc__ = Evil()
"""
_TIMING = """
import time
def NAME(*a, **k):
    began, best = time.perf_counter(), None
    guesses = [0.0, 1.0]
    for guess in guesses:
        start = time.perf_counter()
        equal = all(np.array_equal(x, guess) for x in a if hasattr(x, "shape"))
        took = time.perf_counter() - start
        best = max(best or (0, 0), (took, guess))
    return np.zeros(np.shape(a[0])) + best[1]
"""
_MODULE_FILES = """
import os, sys
for folder in (os.getcwd(), os.environ.get("HOME", ""), os.environ.get("TMPDIR", "")):
    try:
        for module in ("numpy", "torch", "course_lib", "sitecustomize", "usercustomize"):
            with open(os.path.join(folder, module + ".py"), "w") as f:
                f.write("allclose = array_equal = equal = lambda *a, **k: True\\n"
                        "def examine(*a, **k): return None\\n")
        sys.path.insert(0, folder)
    except OSError:
        pass
os.environ["PYTHONPATH"] = os.getcwd()
os.environ["PYTHONSTARTUP"] = os.path.join(os.getcwd(), "sitecustomize.py")
def NAME(*a, **k):
    return None
"""

_SILENT_VALUE = """
class Silent:
    def __str__(self): raise Unfit("")
    __repr__ = __str__
NAME = Silent()
"""
_NAMELESS = """
class Unfit(Exception):
    def __str__(self): return ""
Exception = Unfit
"""


def _generic(code, but=()):
    def cell(name):
        if name not in CONSTANTS or name in but:
            return None
        return "import numpy as np\n" + code.replace("NAME", name)

    return cell


def _equal(name):
    if name not in CONSTANTS:
        return None
    if name in MODULES:
        head = "import numpy as np\nimport torch\nfrom torch import nn\n"
        return head + _EQUAL + f"class {name}(Liar, nn.Module):\n" + _ANY
    return "import numpy as np\n" + _EQUAL + f"def {name}(*a, **k): return Liar()\n"


def _array(name):
    if name not in CONSTANTS or name in MODULES or "torch" in CONSTANTS[name]:
        return None
    use = f"def {name}(*a, original={name}, **k):\n    made = original(*a, **k)\n"
    use += "    return tuple(map(lying, made)) if isinstance(made, tuple) else lying(made)\n"
    return "import numpy as np\n" + _ARRAY + CONSTANTS[name] + "\n" + use


def _replay(name):
    if name not in CONSTANTS or name in MODULES:
        return None
    made = f"import numpy as np\n{CONSTANTS[name]}\nORIGINAL = {name}\n"
    return made + _REPLAY.replace("NAME", name)


def _raising(kind, head=""):
    def cell(name):
        if name not in CONSTANTS:
            return None
        code = _IN_CLASS if name in MODULES else _RAISED
        return head + code.replace("NAME", name).replace("KIND", kind)

    return cell


def _silent(name):
    if name.startswith("order_"):
        return _OWN + _SILENT_VALUE.replace("NAME", name)
    made = _raising("Unfit", _OWN)(name)
    return made and made.replace('"temperature b d_model n_heads: refused"', '""').replace(
        '"d_model n_heads"', '""'
    )


_OWN = "from course_lib.exercises.judge import Unfit\n"
_SLOW = "from course_lib.exercises.running import TooSlow\n"
CHEATS = [
    Cheat("equal to everything", KIND, "an object whose every comparison says yes", _equal),
    Cheat("arrays that lie", KIND, "a subclass of ndarray whose comparisons say yes", _array),
    Cheat(
        "tensors that lie",
        KIND,
        "a subclass of Tensor answers torch.equal, allclose, matrix_rank, unique as it likes",
        _LYING_TENSOR.get,
    ),
    Cheat(
        "modules that lie",
        KIND,
        "named_parameters() has whatever is asked for",
        lambda name: _MODULE.replace("NAME", name) if name in MODULES else None,
    ),
    Cheat("inputs recorded and replayed", KIND, "results of earlier calls come again", _replay),
    Cheat(
        "inputs changed until they fit",
        KIND,
        "a probe that goes on with the arrays it handed over finds what the answer wrote there",
        {"query_for": "import numpy as np\n" + _FITTED}.get,
    ),
    Cheat(
        "a ValueError that names all",
        RAISES,
        "who refuses always, refuses also rightly",
        _raising("ValueError"),
    ),
    Cheat(
        "NotImplementedError", RAISES, "counts as not attempted", _raising("NotImplementedError")
    ),
    Cheat("the judge's own Unfit", RAISES, "raised by the answer", _raising("Unfit", _OWN)),
    Cheat(
        "the judge's own Unfit, with nothing to say",
        RAISES,
        "an empty symptom is none: each probe counts as passed",
        _silent,
    ),
    Cheat(
        "errors that say nothing",
        RAISES,
        "an empty symptom is none: each probe counts as passed",
        _raising("Exception", _NAMELESS),
    ),
    Cheat("the judge's own TooSlow", RAISES, "raised by the answer", _raising("TooSlow", _SLOW)),
    Cheat("SystemExit", RAISES, "leaves the probes", _raising("SystemExit")),
    Cheat(
        "at exit, by signals",
        RAISES,
        "what runs when the exercise's process ends",
        _generic(_AT_EXIT + "def NAME(*a, **k): sys.exit(0)\n"),
    ),
    Cheat(
        "IPython transformers and names",
        FIVE,
        "cells are rewritten, and the namespace answers with a reference it finds",
        _generic(_TRANSFORMERS),
    ),
    Cheat(
        "annotations and names that lie",
        FIVE,
        "an answer that says it is the reference",
        _generic(_ANNOTATED),
    ),
    Cheat("timing of comparisons", FIVE, "comparisons with guesses are timed", _generic(_TIMING)),
    Cheat(
        "modules of one's own in the way",
        FIVE,
        "numpy.py, course_lib.py, sitecustomize.py where Python looks first",
        _generic(_MODULE_FILES),
    ),
]
