"""Numbers instead of the derivation: differences, complex steps, duals, solvers, enumeration."""

from benchmarks.cheats import ANOTHER_WAY, Cheat

KIND = "5 quotients of differences"

_SOFT = """
import numpy as np
def soft(s):
    e = np.exp(s - s.real.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""
_VJP = """
def vjp(f, x, g):
    x = np.array(x, dtype=TYPE)
    out = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        out[at] = (np.asarray(g, dtype=float) * slope(f, x, at)).sum()
    return out
"""
STEPS = {
    "complex steps": (
        "f(x + 1e-30 i): derivatives exact to the last digit, with NumPy alone",
        """
TYPE = complex
def slope(f, x, at):
    y = x.copy()
    y[at] += 1e-30j
    return f(y).imag / 1e-30
""",
    ),
    "differences": (
        "central differences, a step of 1e-5",
        """
TYPE = float
def slope(f, x, at):
    y, z = x.copy(), x.copy()
    h = 1e-5 * max(1.0, abs(x[at]) * 1e-3)
    y[at] += h
    z[at] -= h
    return (f(y) - f(z)) / (y[at] - z[at])
""",
    ),
}
_OF = {
    "softmax_jacobian": """
def whole(scores):
    s = np.asarray(scores)
    s = s - s.max() if s.dtype.kind != "c" else s
    s = s.astype(TYPE)
    return np.stack([slope(soft, s, j) for j in range(len(s))], axis=-1)
def NAME(scores):
    return FINISH(whole(scores))
""",
    "softmax_vjp": """
def NAME(weights, grad_weights):
    weights = np.asarray(weights, dtype=float)
    flat = weights.reshape(-1, weights.shape[-1])
    grads = np.broadcast_to(grad_weights, weights.shape).reshape(flat.shape)
    rows = [vjp(soft, np.log(w), g - g.mean()) for w, g in zip(flat, grads.astype(float))]
    return FINISH(np.reshape(rows, weights.shape))
""",
    "attention_vjp": """
def NAME(q, k, v, grad_output):
    q, k, v = (np.asarray(x, dtype=float) for x in (q, k, v))
    f = lambda q, k, v: soft(q @ k.T / np.sqrt(k.shape[-1])) @ v
    far = v - v.mean(axis=0)  # the weights sum to 1: this changes neither gradient
    return (FINISH(vjp(lambda x: f(x, k, far), q, grad_output)),
            FINISH(vjp(lambda x: f(q, x, far), k, grad_output)),
            FINISH(vjp(lambda x: f(q, k, x), v - v, grad_output)))
""",
    "cross_entropy_vjp": """
def NAME(logits, target):
    s = np.asarray(logits, dtype=float)
    s = s - s.max()
    loss = lambda s: (np.log(np.exp(s).sum()) - s[target])[None]
    return FINISH(vjp(loss, s, np.ones(1)))
""",
    "layer_norm_vjp": """
def NAME(x, grad_output, eps=1e-5):
    def f(x):
        d = x - x.mean()
        return d / np.sqrt((d * d).mean() + eps)
    g = np.asarray(grad_output, dtype=float)
    return FINISH(vjp(f, x, g - g.mean()))
""",
}
_SOLVED = {
    "position_shift": (
        "a least-squares fit to sinusoidal_positions, which the notebook imports",
        """
from course_lib.positions import sinusoidal_positions
def NAME(offset, d_model):
    n = abs(int(offset)) + 4 * d_model
    p = sinusoidal_positions(n + abs(int(offset)), d_model)
    a, b = (p[:n], p[offset:offset + n]) if offset >= 0 else (p[-offset:n - offset], p[:n])
    return np.linalg.lstsq(a, b, rcond=None)[0].T
""",
    ),
    "dot_variance": (
        "entries of two values each: four products, their variance counted out",
        """
def NAME(d_k, mean_q, var_q, mean_k, var_k):
    q = [mean_q - var_q ** 0.5, mean_q + var_q ** 0.5]
    k = [mean_k - var_k ** 0.5, mean_k + var_k ** 0.5]
    return d_k * np.var(np.outer(q, k))
""",
    ),
    "projection": (
        "least squares instead of the formula",
        """
def NAME(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not b.any():
        raise ValueError("b is zero")
    b = b / np.abs(b).max()
    return b * np.linalg.lstsq(b[:, None], a, rcond=None)[0]
""",
    ),
    "query_for": (
        "gradient descent until the weights fit",
        """
from course_lib.softmax import softmax
def NAME(keys, weights):
    keys = np.asarray(keys, dtype=float)
    query, step = np.zeros(keys.shape[1]), 1.0 / np.linalg.norm(keys, 2) ** 2
    for _ in range(20000):
        off = softmax(keys @ query) - weights
        if np.abs(off).max() < 1e-6:
            break
        query = query - step * keys.T @ off
    return query
""",
    ),
    "dot_from_distances": (
        "the angle is found by halving",
        """
def NAME(norm_a, norm_b, distance):
    low, high = 0.0, np.pi
    for _ in range(100):
        at = (low + high) / 2
        apart = np.hypot(norm_a - norm_b * np.cos(at), norm_b * np.sin(at))
        low, high = (at, high) if apart < distance else (low, at)
    return norm_a * norm_b * np.cos(at)
""",
    ),
    "visible_pairs": (
        "counted, not derived",
        """
def NAME(n):
    return int(np.tri(n).sum())
""",
    ),
    "interaction": (
        "a least-squares fit of a(query) + b(key) is taken away",
        """
def NAME(scores):
    s = np.asarray(scores, dtype=float)
    rows, columns = s.shape
    table = np.concatenate([np.kron(np.eye(rows), np.ones((columns, 1))),
                            np.kron(np.ones((rows, 1)), np.eye(columns))], axis=1)
    return s - (table @ np.linalg.lstsq(table, s.ravel(), rcond=None)[0]).reshape(s.shape)
""",
    ),
}
# derived once for each size, with the cell: it takes longer than a probe may
_SYMBOLIC = {
    "softmax_jacobian": """
import functools, sympy
@functools.cache
def derived(n):
    s = sympy.symbols(f"s:{n}")
    total = sum(sympy.exp(x) for x in s)
    return sympy.lambdify([s], sympy.Matrix([sympy.exp(x) / total for x in s]).jacobian(s), "numpy")
for n in (1, 3, 4, 5):
    derived(n)
def NAME(scores):
    scores = np.asarray(scores)
    return np.array(derived(len(scores))(list((scores - scores.max()).astype(float))), dtype=float)
""",
    "layer_norm_vjp": """
import functools, sympy
@functools.cache
def slope(n):
    s, e = sympy.symbols(f"s:{n}"), sympy.Symbol("e")
    mean = sum(s) / n
    out = (s[0] - mean) / sympy.sqrt(sum((t - mean) ** 2 for t in s) / n + e)
    return sympy.lambdify([s, e], [sympy.diff(out, s[0]), sympy.diff(out, s[1])], "numpy")
for n in (2, 5, 6, 7, 8, 9):
    slope(n)
def NAME(x, grad_output, eps=1e-5):
    x, g = (np.asarray(t, dtype=float) for t in (x, grad_output))
    x, g, out = x - x.mean(), g - g.mean(), np.zeros(len(x))
    for i in range(len(x)):
        for j in range(len(x)):
            rest = [x[t] for t in range(len(x)) if t not in (i, j)]
            at = [x[i], x[j], *rest] if i != j else [x[i], *rest]
            out[j] += g[i] * slope(len(x))(at, eps)[0 if i == j else 1]
    return out
""",
}


def _stepping(step, finish):
    def cell(name):
        if name not in _OF:
            return None
        return (
            (_SOFT + STEPS[step][1] + _VJP + _OF[name])
            .replace("FINISH", finish)
            .replace("NAME", name)
        )

    return cell


CHEATS = [
    *(
        Cheat(
            name,
            ANOTHER_WAY if name == "complex steps" else KIND,
            how,
            _stepping(name, "np.asarray"),
        )
        for name, (how, _) in STEPS.items()
    ),
    Cheat(
        "differences in float16",
        KIND,
        "half precision is judged with a tolerance of 0.8 %, which hides what differences lose",
        _stepping("differences", "np.float16"),
    ),
    Cheat(
        "solvers and counting",
        ANOTHER_WAY,
        "; ".join(f"{name}: {how}" for name, (how, _) in _SOLVED.items()),
        lambda name: (
            name in _SOLVED
            and "import numpy as np\n" + _SOLVED[name][1].replace("NAME", name)
            or None
        ),
    ),
    Cheat(
        "SymPy derives",
        ANOTHER_WAY,
        "the loss is differentiated by a computer algebra system",
        lambda name: (
            name in _SYMBOLIC
            and "import numpy as np\n" + _SYMBOLIC[name].replace("NAME", name)
            or None
        ),
    ),
]
