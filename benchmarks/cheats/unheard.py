"""Ways to call a library so that nobody hears it. Each turns ``found`` into the answer."""

import base64

from benchmarks.cheats import Cheat
from benchmarks.cheats.library import COURSE, LISTED, UNLISTED, whole
from course_lib.lessons import places

KIND = "2 unheard library calls"

# a class is built and called; a function only called: ``quiet(f)`` does f so that nobody hears
_USE = """
if isinstance(found, type):
    class NAME(found):
        __init__ = quiet(found.__init__)
        forward = quiet(found.forward)
else:
    NAME = quiet(found)
"""
_CHILD = """
import pickle, sys
read, write = sys.stdin.buffer, sys.stdout.buffer
exec(pickle.load(read))
pickle.dump("ready", write)  # to import torch takes longer than a probe may
write.flush()
while True:
    a, k = pickle.load(read)
    try:
        came = found(*a, **k)
    except Exception as error:
        came = error
    pickle.dump(came, write)
    write.flush()
"""
WAYS = {
    "plainly": ("whoever forbids it has to hear or see it", "quiet = lambda f: f"),
    "ear off": (
        "sys.setprofile(None) first: the ear that runs in the student's process is gone",
        """
def quiet(f):
    def g(*a, **k):
        import sys
        sys.setprofile(None)
        return f(*a, **k)
    return g
""",
    ),
    "ear off by ctypes": (
        "PyEval_SetProfile(NULL) through ctypes",
        """
def quiet(f):
    def g(*a, **k):
        import ctypes
        ctypes.pythonapi.PyEval_SetProfile(None, None)
        return f(*a, **k)
    return g
""",
    ),
    "another thread": (
        "sys.setprofile hears one thread only",
        """
def quiet(f):
    def g(*a, **k):
        import threading
        box = []
        def work():
            try:
                box.append((f(*a, **k), None))
            except Exception as error:
                box.append((None, error))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if box[0][1]:
            raise box[0][1]
        return box[0][0]
    return g
""",
    ),
    "from C": (
        "map() calls it from C, which the ear does not hear",
        """
import functools
def call(f, *a, **k):
    return next(map(functools.partial(f, **k), *[[x] for x in a]))
quiet = lambda f: f
""",
    ),
    "ear replaced": (
        "course_lib.exercises.running.Calls.heard replaced in the student's process",
        """
quiet = lambda f: f
from course_lib.exercises import running
running.Calls.heard = lambda *_: None
""",
    ),
    "hidden in pickle": (
        "the code reaches the process as pickled bytes: no syntax tree shows what it calls",
        """
def quiet(f):
    def g(*a, **k):
        import sys
        getattr(sys, "set" + "profile")(None)
        return f(*a, **k)
    return g
""",
    ),
}
_PICKLED = """
import base64, io, pickle, struct
text = base64.b64decode(TEXT)
SPACE = globals()
class Reader(pickle.Unpickler):
    def persistent_load(self, pid):
        return SPACE
size = struct.pack("<I", len(text))  # written by hand: exec, (text, the notebook's names), call
Reader(io.BytesIO(b"c__builtin__\\nexec\\n(X" + size + text + b"P0\\ntR.")).load()
"""
_SUBPROCESS = """
import base64, pickle, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=-1, stdout=-1)
pickle.dump(base64.b64decode(TEXT).decode(), child.stdin)
child.stdin.flush()
pickle.load(child.stdout)
def NAME(*a, child=child, **k):
    pickle.dump((a, k), child.stdin)
    child.stdin.flush()
    came = pickle.load(child.stdout)
    if isinstance(came, Exception):
        raise came
    return came
"""
_DECOY = """
def NAME(*a, **k):
    total = 0
    for x in a:
        total = total + np.exp(x) / np.exp(x).sum()
    return total
"""

# where a lesson does without torch, each notebook loads it anew: one exercise stands for all
RARE = ("ear off by ctypes", "another thread", "from C", "ear replaced", "subprocess")


def _source(table, exercise, way):
    lesson, alone = places()[exercise], ("softmax", "softmax_vjp")
    if way in RARE and not "code/06" <= lesson < "maths" and exercise not in alone:
        return None
    code = whole(table, exercise)
    if code is None:
        return None
    if way == "subprocess":
        if exercise[0].isupper() or exercise in ("bug_07_alignment", "bug_10_skip"):
            return None  # a class does not travel
        text = base64.b64encode(code.encode()).decode()
        made = _SUBPROCESS.replace("CHILD", repr(_CHILD)).replace("TEXT", repr(text))
        return made.replace("NAME", exercise)
    quiet = WAYS[way][1]
    if way == "hidden in pickle":
        source = code + quiet + _USE.replace("NAME", "hidden")
        text = base64.b64encode(source.encode()).decode()
        decoy = "" if "class found" in code else _DECOY
        made = f"import numpy as np\n{decoy}{_PICKLED}globals()['NAME'] = hidden\n"
        return made.replace("TEXT", repr(text)).replace("NAME", exercise)
    made = code + quiet + _USE
    return made.replace("NAME", exercise)


def _cheats():
    tables = {"what is forbidden": LISTED, "the course's own": COURSE, "unlisted names": UNLISTED}
    for what, table in tables.items():
        ways = [*WAYS, "subprocess"] if table is not UNLISTED else ["plainly", "ear off"]
        for way in ways:
            how = WAYS[way][0] if way in WAYS else "a Python of its own computes: nobody hears it"
            yield Cheat(
                f"{what}: {way}",
                KIND,
                f"{what}; {how}",
                lambda exercise, table=table, way=way: _source(table, exercise, way),
            )


CHEATS = list(_cheats())
