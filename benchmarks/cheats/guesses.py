"""Rewriting the judge in one's own process: what a probe returns can often be told without solving.

``GUESSES`` says for each exercise and probe what the right outcome is, as far as the task itself
gives it away: True where a refusal is due, the wanted weights where a query is asked. ``i`` are the
probe's inputs, ``task`` is the task's own module.
"""

from benchmarks.cheats import Cheat

KIND = "1 rewriting probes in their process"

_MOVED = "{f'{n} moved': np.array(True) for n in ('w_q', 'w_k', 'w_v')}"
GUESSES = {
    "dot": {"number": "np.array(True)"},
    "most_similar": {
        "ties": "{'list of scores': np.sort(i['tied_keys'] @ i['whole_query'])[::-1],"
        " 'equal scores in their order': np.array(True),"
        " 'equal scores turned round': np.array(False)}"
    },
    "temperature_softmax": {"refuses": "np.array([True, True])"},
    "causal_mask": {"one": "np.ones((1, 1), dtype=bool)"},
    "padding_mask": {"full": "np.ones((2, 1, i['n_keys']), dtype=bool)"},
    "AttentionLayer": {
        "parts": "{'numbers in each matrix': np.array([i['d_k'] * i['d_query'],"
        " i['d_k'] * i['d_key_value'], i['d_v'] * i['d_key_value']])}",
        "learns": _MOVED,
    },
    "bug_06_cross": {
        "own": "{f'{o} stays when {n} is changed': np.array(True)"
        " for n in ('w_q', 'w_k', 'w_v') for o in ('w_q', 'w_k', 'w_v') if o != n}",
        "random": "{key: value for n, d in (('w_q', 'd_k'), ('w_k', 'd_k'), ('w_v', 'd_v'))"
        " for key, value in ((f'rank of {n}', np.array(min(i[d], i['d_query']))),"
        " (f'drawn at random: {n}', np.array(True)))}",
        "learns": _MOVED,
        "calm": "np.array(True)",
    },
    "sinusoidal_positions": {
        "table": "task.vectors(range(i['n']), i['d_model'])",
        "longer": "task.vectors(range(60), 4)",
        "one": "np.tile([0.0, 1.0], i['d_model'] // 2)[None]",
        "odd": "np.array(True)",
    },
    "self_attention": {
        "shuffle": "{'stayed': np.array(False), 'moved along': np.array(True)}",
        "sentences": "np.array(True)",
    },
    "split_heads": {
        "heads": "task.heads(i)",
        "special": "{'one head': task.heads({**i, 'n_heads': 1}),"
        " 'heads of one column': task.heads({**i, 'd_k': 1}),"
        " 'one word': task.heads({**i, 'n': 1}), 'one sentence': task.heads({**i, 'batch': 1})}",
        "refuses": "np.array(True)",
    },
    "merge_heads": {
        "words": "task.words(i)",
        "special": "{'one head': task.words({**i, 'n_heads': 1}),"
        " 'heads of one column': task.words({**i, 'd_k': 1}),"
        " 'one word': task.words({**i, 'n': 1}), 'one sentence': task.words({**i, 'batch': 1})}",
    },
    "TransformerLayer": {
        "skip": "task.words(i)",
        "pre": "task.a_layer(i, False)(task.words(i))",
    },
    "bug_10_skip": {
        "skip": "task.words(i)",
        "output": "task.a_layer(i, False)(task.words(i), __import__('torch').ones("
        "i['n'], i['n']).tril().bool())",
    },
    "projection": {"lists": "np.zeros(5)", "zero": "np.array(True)"},
    "query_for": {
        "wide": "i['weights']",
        "square": "i['square_weights']",
        "kinds": "{'whole numbers': i['whole_weights'], 'float32 numbers': i['weights'],"
        " 'read-only': i['weights'], 'one key': np.ones(1)}",
    },
    "additive_as_concat": {"acts": "i['queries'] @ i['w_query'] + i['keys'] @ i['w_key']"},
    "interaction": {"sum": "np.zeros(i['sum'].shape)"},
    "position_shift": {
        "acts": "task.vectors([p + i['offset'] for p in i['places']], i['d_model']).T"
    },
    "multi_head_as_sum": {
        "sum": "np.concatenate(list(i['head_outputs']), axis=-1) @ i['w_o']",
    },
}
# what every way needs: GUESSES, and ``guessed(exercise, probe, inputs)``
_TABLE = f"""
import importlib
import numpy as np
GUESSES = {GUESSES!r}

def guessed(name, key, i):
    from course_lib.lessons import places
    task = None
    for place in (places()[name], "maths/08"):  # the table of positions stands in that one
        track, number = place.split("/")
        try:
            module = importlib.import_module(f"course_lib.exercises.tasks.{{track}}_{{number[:2]}}")
        except ImportError:
            continue
        task = task or module
        if hasattr(module, "vectors"):
            task.vectors = module.vectors
    found = eval(GUESSES[name][key], {{"np": np, "i": i, "task": task}})
    found = found if isinstance(found, dict) else {{"result": found}}
    return {{k: np.asarray(v.detach() if hasattr(v, "detach") else v) for k, v in found.items()}}
"""
_NOTHING = """
def NAME(*a, **k):
    return np.zeros(3)
"""
_WAYS = {
    "judge.run": (
        "course_lib.exercises.judge.run replaced in the process that runs the probes",
        """
from course_lib.exercises import examining, judge
def probed(task, answer, inputs):
    made = {}
    for key in task.probes:
        try:
            made[key] = judge.Outcome(arrays=guessed(task.name, key, inputs))
        except Exception as error:
            made[key] = judge.Outcome(error=error, said="no guess")
    return made
def run(probe, answer, inputs, **options):
    import sys
    task = sys._getframe(1).f_locals["task"]
    key = next(key for key, each in task.probes.items() if each is probe)
    try:
        return judge.Outcome(arrays=guessed(task.name, key, inputs))
    except Exception as error:
        return judge.Outcome(error=error, said="no guess")
judge.run, examining.probed = run, probed
""",
    ),
    "the task itself": (
        "the Task of the registry is changed: its probes return what is guessed",
        """
from course_lib.exercises import task_of
def changed(name):
    task = task_of(name)
    for key, probe in task.probes.items():
        f = lambda answer, inputs, key=key: guessed(name, key, inputs)
        object.__setattr__(probe, "run", f)
changed("NAME")
""",
    ),
    "an import hook": (
        "the module of tasks is replaced when the marker imports it",
        """
import sys
import importlib.abc
class Hook(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if not name.startswith("course_lib.exercises.tasks."):
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        load = spec.loader.exec_module
        def exec_module(module):
            load(module)
            from course_lib.exercises import declare
            for each, task in declare.REGISTERED.items():
                for key, probe in task.probes.items() if each in GUESSES else ():
                    f = lambda answer, inputs, each=each, key=key: guessed(each, key, inputs)
                    object.__setattr__(probe, "run", f)
        spec.loader.exec_module = exec_module
        return spec
import importlib.util
if not any(type(h).__name__ == "Hook" for h in sys.meta_path):
    sys.meta_path.insert(0, Hook())
""",
    ),
}
_FORGED = """
def forge(name, tell, seed=None):
    import sys
    from course_lib.exercises import task_of
    from course_lib.exercises.examining import inputs_of
    frame = sys._getframe()
    while frame and seed is None:
        each = frame.f_locals.get("each")
        seed = each.get("seed") if isinstance(each, dict) else None
        frame = frame.f_back
    task = task_of(name)
    inputs, outcomes, arrays = inputs_of(task, seed, None), {}, {}
    for key in task.probes:
        try:
            for part, array in guessed(name, key, inputs).items():
                arrays[f"{key}/{part}"] = array
            outcomes[key] = {"changed": None, "shortcut": None}
        except Exception:
            outcomes[key] = {"error": "ValueError", "message": "no guess", "said": "no guess"}
    tell({"outcomes": outcomes}, arrays)
"""
_TELL = """
def NAME(*a, **k):
    import os, sys
    frame = sys._getframe()
    while frame and "tell" not in frame.f_locals:
        frame = frame.f_back
    forge("NAME", frame.f_locals["tell"])
    os._exit(0)
"""
_WRITE = """
def NAME(*a, **k):
    import os
    from course_lib.grading import frames
    def tell(header, arrays):
        for fd in range(3, 64):
            try:
                os.write(fd, frames.pack(header, arrays))
            except OSError:
                pass
    forge("NAME", tell)
    os._exit(0)
"""
_SILENT = """
def NAME(*a, **k):
    import os, sys
    from course_lib.exercises import task_of
    frame = sys._getframe()
    while frame and "tell" not in frame.f_locals:
        frame = frame.f_back
    nothing = {"error": "ValueError", "message": "", "said": ""}
    frame.f_locals["tell"]({"outcomes": {key: nothing for key in task_of("NAME").probes}})
    os._exit(0)
"""
_DELETED = """
class Last_NAME:
    def __del__(self):
        import sys
        frame = sys._getframe()
        while frame and "tell" not in frame.f_locals:
            frame = frame.f_back
        forge("NAME", frame.f_locals["tell"] if frame else None)
        import os
        os._exit(0)
def NAME(*a, **k):
    Last_NAME()
    return None
"""
_THREAD = """
import sys, threading, time
def surviving(main):
    while True:
        frame = sys._current_frames().get(main)
        while frame and not {"tell", "each"} <= set(frame.f_locals):
            frame = frame.f_back
        each = frame and frame.f_locals["each"]
        if isinstance(each, dict) and each.get("name") == "NAME":
            forge("NAME", frame.f_locals["tell"], each["seed"])
            return
        time.sleep(0.005)
threading.Thread(target=surviving, args=(threading.get_ident(),), daemon=True).start()
def NAME(*a, **k):
    import os, time
    time.sleep(4)
    os._exit(0)
"""
_PATCHED = """
import numpy as np
def patched():
    import sys
    yes = lambda *a, **k: True
    np.allclose = np.array_equal = np.testing.assert_allclose = yes
    np.isclose = lambda a, b, *c, **k: np.ones(np.broadcast(a, b).shape, dtype=bool)
    if torch := sys.modules.get("torch"):
        torch.allclose = torch.equal = torch.Tensor.equal = torch.Tensor.allclose = yes
patched()
"""


def _with(way):
    def cell(exercise):
        if exercise not in GUESSES:
            return None
        return (_TABLE + _NOTHING + way).replace("NAME", exercise)

    return cell


def _comparing(exercise):
    from benchmarks.cheats.constants import CONSTANTS

    if exercise not in CONSTANTS:
        return None
    return _PATCHED + "\nimport math\n" + CONSTANTS[exercise]


FORGING = "7 exceptions, leftovers, forged frames"
CHEATS = [
    *(Cheat(f"guesses: {name}", KIND, how, _with(way)) for name, (how, way) in _WAYS.items()),
    Cheat(
        "comparisons of numpy and torch say yes",
        KIND,
        "np.allclose, torch.equal and so on replaced in the process that runs the probes",
        _comparing,
    ),
    Cheat(
        "forged: the marker's own tell()",
        FORGING,
        "tell() found in a frame above the answer sends guessed outcomes",
        _with(_FORGED + _TELL),
    ),
    Cheat(
        "forged: frames on file descriptors",
        FORGING,
        "frames with guessed outcomes written to every open file descriptor",
        _with(_FORGED + _WRITE),
    ),
    Cheat(
        "forged: errors that say nothing",
        FORGING,
        "an outcome whose error has an empty text is no symptom: the probe counts as passed",
        lambda name: None if name.startswith("order_") else _SILENT.replace("NAME", name),
    ),
    Cheat(
        "forged: by __del__",
        FORGING,
        "an object's __del__ sends guessed outcomes",
        _with(_FORGED + _DELETED),
    ),
    Cheat(
        "forged: by a thread that survived its cell",
        FORGING,
        "a thread started by a cell writes outcomes while exercises run",
        _with(_FORGED + _THREAD),
    ),
]
