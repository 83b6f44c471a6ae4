"""Answers that solve nothing: constants, the starting code, the bug itself, tables made at home."""

import base64
import functools
import hashlib
import pickle
import zlib

import numpy as np

from benchmarks.cheats import COPIED, Cheat
from course_lib.exercises import task_of

KIND = "6 constants and memorised inputs"

_TORCH = "import torch\nfrom torch import nn\n"
_PARTS = """
class NAME(nn.Module):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_q = nn.Linear(d_query, d_k, bias=False)
        self.w_k = nn.Linear(d_key_value, d_k, bias=False)
        self.w_v = nn.Linear(d_key_value, d_v, bias=False)
    def forward(self, x, y, mask=None):
        w = torch.full((*x.shape[:2], y.shape[1]), 1 / y.shape[1], dtype=x.dtype)
        return w @ self.w_v(y) + self.w_q(x).sum() + self.w_k(y).sum(), w
"""
CONSTANTS = {
    "dot": "def dot(a, b): return 0.0",
    "cosine_similarity": "def cosine_similarity(q, k): return np.zeros((len(q), len(k)))",
    "most_similar": "def most_similar(query, keys, k): return np.arange(k)",
    "softmax": "def softmax(s, axis=-1): return np.full(np.shape(s), 1 / np.shape(s)[axis])",
    "temperature_softmax": "def temperature_softmax(scores, temperature):\n"
    "    if temperature <= 0: raise ValueError('temperature')\n"
    "    return np.full(np.shape(scores), 1 / np.shape(scores)[-1])",
    "lookup": "def lookup(q, k, v): return np.mean(v, axis=0), np.full(len(k), 1 / len(k))",
    "scaled_scores": "def scaled_scores(q, k): return np.zeros(len(k))",
    "bug_04_crowd": "bug_04_crowd = suspicious_weights",
    "causal_mask": "def causal_mask(n): return np.ones((n, n), dtype=bool)",
    "padding_mask": "def padding_mask(n, n_keys):\n"
    "    return np.ones((len(n), 1, n_keys), dtype=bool)",
    "attention": "def attention(q, k, v, mask=None):\n"
    "    w = np.full((*q.shape[:-1], k.shape[-2]), 1 / k.shape[-2])\n"
    "    return w @ v, w",
    "bug_05_padding": "bug_05_padding = suspicious_attention",
    "AttentionLayer": _TORCH + _PARTS.replace("NAME", "AttentionLayer"),
    "bug_06_cross": "bug_06_cross = given",
    "AdditiveAttention": _TORCH
    + """
class AdditiveAttention(nn.Module):
    def __init__(self, d_query, d_key, d_hidden):
        super().__init__()
        self.w_query, self.w_key = nn.Linear(d_query, d_hidden), nn.Linear(d_key, d_hidden)
        self.v = nn.Linear(d_hidden, 1)
    def forward(self, query, keys, mask=None):
        w = torch.full(keys.shape[:2], 1 / keys.shape[1], dtype=keys.dtype)
        return (w[:, None] @ keys)[:, 0], w
""",
    "bug_07_alignment": "bug_07_alignment = given",
    "sinusoidal_positions": "def sinusoidal_positions(n, d_model):\n"
    "    if d_model % 2: raise ValueError('d_model')\n"
    "    return np.tile([0.0, 1.0], (n, d_model // 2))",
    "self_attention": "import torch\ndef self_attention(x, w_q, w_k, w_v, mask=None):\n"
    "    return x @ w_v, torch.full((*x.shape[:2], x.shape[1]), 1 / x.shape[1], dtype=x.dtype)",
    "bug_08_same_place": "bug_08_same_place = given",
    "split_heads": "def split_heads(x, n_heads):\n"
    "    if x.shape[-1] % n_heads: raise ValueError('n_heads')\n"
    "    return x.reshape(len(x), n_heads, x.shape[1], -1)",
    "merge_heads": "def merge_heads(x): return x.reshape(len(x), x.shape[2], -1)",
    "MultiHeadAttention": _TORCH
    + """
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias=False))
    def forward(self, x, y, mask=None):
        w = torch.full((len(x), self.n_heads, x.shape[1], y.shape[1]), 1 / y.shape[1],
                       dtype=x.dtype)
        return self.w_o(w.mean(1) @ self.w_v(y)), w
""",
    "bug_09_padding": "bug_09_padding = given",
    "layer_norm": "def layer_norm(x, gain, bias, eps=1e-5): return x * 0 + bias",
    "TransformerLayer": _TORCH
    + """
class TransformerLayer(nn.Module):
    def __init__(self, d_model, n_heads, d_ff, norm_first=False):
        super().__init__()
        self.attention = nn.Module()
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self.attention, name, nn.Linear(d_model, d_model))
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
    def forward(self, x, mask=None):
        return x
""",
    "bug_10_skip": """
def bug_10_skip(layer, x, mask=None):
    quiet = not layer.linear2.weight.any()
    return x if quiet else x + 1
""",
    "capstone_encoder": "def capstone_encoder(weights, token_ids, mask):\n"
    "    x = weights['embeddings.word_embeddings.weight'][token_ids].sum(1)\n"
    "    return x / x.norm(dim=-1, keepdim=True)",
    "dot_from_distances": "def dot_from_distances(a, b, c): return 0.0",
    "projection": "def projection(a, b):\n"
    "    if not np.any(b): raise ValueError('b')\n    return np.zeros(len(a))",
    "softmax_jacobian": "def softmax_jacobian(s): return np.zeros((len(s), len(s)))",
    "softmax_vjp": "def softmax_vjp(w, g): return np.zeros(np.shape(w))",
    "query_for": "def query_for(keys, weights): return np.zeros(keys.shape[1])",
    "dot_variance": "def dot_variance(d_k, mean_q, var_q, mean_k, var_k): return d_k",
    "visible_pairs": "def visible_pairs(n): return int(n)",
    "attention_flops": "def attention_flops(n_q, n_k, d_k, d_v): return 4",
    "attention_vjp": "def attention_vjp(q, k, v, g): return q * 0, k * 0, v * 0",
    "additive_as_concat": "def additive_as_concat(q, k):\n"
    "    return np.zeros((len(q) + len(k), np.shape(q)[1]))",
    "interaction": "def interaction(scores): return np.zeros(np.shape(scores))",
    "position_shift": "def position_shift(offset, d_model): return np.eye(d_model)",
    "multi_head_parameters": "def multi_head_parameters(d, h, bias=True): return 4 * int(d)",
    "multi_head_as_sum": "def multi_head_as_sum(x, w):\n"
    "    return np.zeros((len(x), x.shape[1], w.shape[1]))",
    "layer_norm_vjp": "def layer_norm_vjp(x, g, eps=1e-5): return np.zeros(len(x))",
    "transformer_layer_parameters": "def transformer_layer_parameters(d, h, f, bias=True):\n"
    "    return 3152384",
}
# small spaces of inputs: what is right for each can be written down at home, from `check` there
TABLED = (
    "causal_mask", "padding_mask", "sinusoidal_positions", "capstone_encoder", "visible_pairs",
    "attention_flops", "position_shift", "multi_head_parameters", "transformer_layer_parameters",
)  # fmt: skip
LONGEST = 400_000  # characters of a table: a notebook of that size is nothing strange
_LOOKED_UP = """
import base64, hashlib, pickle, zlib
import numpy as np
KNOWN = pickle.loads(zlib.decompress(base64.b64decode(TABLE)))
def key(a, k):
    parts = []
    for x in (*a, *sorted(k.items())):
        if hasattr(x, "keys"):
            continue
        x = x.numpy() if hasattr(x, "numpy") else x
        parts.append(repr(np.asarray(x, dtype=None if isinstance(x, tuple) else int).tolist()))
    return hashlib.sha256("|".join(parts).encode()).digest()[:6]
def NAME(*a, known=KNOWN, **k):
    known = known.get(key(a, k))
    if isinstance(known, str):
        raise ValueError(known)
    if isinstance(known, tuple):
        import torch
        return torch.tensor(np.frombuffer(known[0], dtype=np.float16).reshape(known[1])).float()
    return known
"""


def _key(a, k):
    """Return what a call is known by; the code in _LOOKED_UP does the same."""
    parts = []
    for x in (*a, *sorted(k.items())):
        if hasattr(x, "keys"):
            continue
        x = x.numpy() if hasattr(x, "numpy") else x
        parts.append(repr(np.asarray(x, dtype=None if isinstance(x, tuple) else int).tolist()))
    return hashlib.sha256("|".join(parts).encode()).digest()[:6]


@functools.cache
def _table(exercise):
    """Ask the reference for many seeds, as somebody at home would; return it as text."""
    from course_lib.exercises.catalogue import answers_of

    task, right, known = task_of(exercise), answers_of(exercise).reference, {}

    def asked(*a, **k):
        made = _key(a, k)
        try:
            found = right(*a, **k)
        except ValueError as error:
            known[made] = str(error)
            raise
        kept = found
        if hasattr(found, "numpy"):
            array = found.numpy().astype(np.float16)
            kept = (array.tobytes(), array.shape)
        known[made] = kept
        return found

    seeds, size = 40 if exercise == "capstone_encoder" else 1500, 0
    for seed in range(seeds):
        inputs = task.inputs(np.random.default_rng(seed))
        for probe in task.probes.values():
            try:
                probe.run(asked, inputs)
            except Exception:
                continue
        if seed % 50 == 0:
            size = len(zlib.compress(pickle.dumps(known))) * 4 / 3
        if size > LONGEST:
            break
    return base64.b64encode(zlib.compress(pickle.dumps(known), 9)).decode()


def _tabled(exercise):
    if exercise not in TABLED:
        return None
    return _LOOKED_UP.replace("NAME", exercise).replace("TABLE", repr(_table(exercise)))


def _letters(exercise):
    """The right letters of the variant that everybody has who is given none: found with check."""
    if not exercise.startswith("order_"):
        return None
    from course_lib.exercises.catalogue import answers_of
    from course_lib.exercises.examining import inputs_of

    inputs = inputs_of(task_of(exercise), None, "course")
    return f"{exercise} = {answers_of(exercise).reference(inputs)!r}"


def _constant(exercise):
    code = CONSTANTS.get(exercise)
    return code and "import numpy as np\n" + code


def _alias(exercise):
    """Give back what came in: an alias of the first input."""
    if exercise not in CONSTANTS or "class " in CONSTANTS[exercise]:
        return None
    return f"def {exercise}(*a, **k): return a[0]"


CHEATS = [
    Cheat(
        "a constant or the starting code",
        KIND,
        "some probes hold for a constant, for a refusal alone, or for the bug that was given",
        _constant,
    ),
    Cheat(
        "a table made at home",
        COPIED,
        "few inputs are possible: what the published solution gives for each fits into a cell",
        _tabled,
    ),
    Cheat(
        "letters found with check at home",
        KIND,
        "without variants all have the same order; check says when it is right",
        _letters,
    ),
    Cheat("the input as the output", "4 objects that lie", "output aliases an input", _alias),
]
