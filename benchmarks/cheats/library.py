"""Library calls that are an exercise's answer: for each exercise, code that defines ``found``.

``LISTED`` calls what the task forbids by name; ``COURSE`` what this course has itself; ``UNLISTED``
what no list names. They go through ``call``, so that a way of calling can be put in its place.
"""

import re

PRELUDE = """
import math
import numpy as np

def call(f, *a, **k):
    return f(*a, **k)

def tensors(*arrays):
    return [torch.tensor(np.array(x, dtype=float)) for x in arrays]

def hiding(mask, dtype=None):
    import torch
    if mask is None:
        return None
    return torch.zeros(mask.shape, dtype=dtype or torch.float64).masked_fill(~mask, -math.inf)
"""

_FUSED = """
def fused(q, k, mask=None, scale=None):
    eye = torch.eye(k.shape[-2], dtype=k.dtype).expand(*k.shape[:-1], k.shape[-2])
    f = torch.nn.functional.scaled_dot_product_attention
    return call(f, q, k, eye, attn_mask=mask, scale=scale)
"""
_ARRAYS = """
def attended(q, k, v, mask=None, scale=None):
    q, k = tensors(q, k)
    weights = fused(q, k, None if mask is None else torch.tensor(mask), scale).numpy()
    return weights @ np.asarray(v), weights
"""
_PARTS = """
import torch
from torch import nn

class Parts(nn.Module):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_q = nn.Linear(d_query, d_k, bias=False)
        self.w_k = nn.Linear(d_key_value, d_k, bias=False)
        self.w_v = nn.Linear(d_key_value, d_v, bias=False)
"""
_HEADS = """
import torch
from torch import nn
from torch.nn import functional as F

class found(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias=False))

    def forward(self, x_query, x_key_value, mask=None):
        (B, n, d), m, h = x_query.shape, x_key_value.shape[1], self.n_heads
        if mask is not None:
            mask = mask[:, None] if mask.ndim == 3 else mask
            mask = ~mask.expand(B, h, n, m).reshape(B * h, n, m)
        x, y = x_query.transpose(0, 1), x_key_value.transpose(0, 1)
        rows = torch.cat([self.w_q.weight, self.w_k.weight, self.w_v.weight])
        output, weights = call(
            F.multi_head_attention_forward, x, y, y, d, h, rows, None, None, None, False, 0.0,
            self.w_o.weight, None, attn_mask=mask, average_attn_weights=False)
        return output.transpose(0, 1), weights
"""
_LAYER = """
import torch
from torch import nn

class found(nn.Module):
    def __init__(self, d_model, n_heads, d_ff, norm_first=False):
        super().__init__()
        self.n_heads = n_heads
        self.attention = nn.Module()
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self.attention, name, nn.Linear(d_model, d_model))
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        kind = nn.TransformerEncoderLayer
        self.hidden = [call(kind, d_model, n_heads, d_ff, 0.0, batch_first=True,
                            norm_first=norm_first)]

    def forward(self, x, mask=None):
        part, p = self.attention, dict(self.named_parameters())
        given = {k: v for k, v in p.items() if not k.startswith("attention")}
        for kind in ("weight", "bias"):
            three = [p[f"attention.{name}.{kind}"] for name in ("w_q", "w_k", "w_v")]
            given[f"self_attn.in_proj_{kind}"] = torch.cat(three)
            given[f"self_attn.out_proj.{kind}"] = p[f"attention.w_o.{kind}"]
        if mask is not None:
            (B, n, _), h = x.shape, self.n_heads
            mask = ~mask.expand(B, n, n)[:, None].expand(B, h, n, n).reshape(B * h, n, n)
        layer = self.hidden[0].train()
        return torch.func.functional_call(layer, given, (x,), {"src_mask": mask})
"""
_SCORES = """
def weights_of(scores):
    return call(torch.softmax, scores, -1)
"""
_BACK = """
def gradients(loss, inputs):
    return [g.numpy() for g in call(torch.autograd.grad, loss, inputs)]
"""
_BACKWARD = """
def gradients(loss, inputs):
    engine = torch.autograd.Variable._execution_engine
    engine.run_backward((loss,), (torch.ones_like(loss),), False, False, tuple(inputs),
                        allow_unreachable=True, accumulate_grad=True)
    return [x.grad.numpy() for x in inputs]
"""
_ATTENTION_VJP = """
def found(q, k, v, grad_output):
    q, k, v, g = tensors(q, k, v, grad_output)
    for x in (q, k, v):
        x.requires_grad_()
    weights = (q @ k.T / math.sqrt(k.shape[-1])).softmax(-1)
    return tuple(gradients(((weights @ v) * g).sum(), [q, k, v]))
"""
_NORM_VJP = """
def found(x, grad_output, eps=1e-5):
    x, g = tensors(x, grad_output)
    x.requires_grad_()
    out = (x - x.mean()) / (x.var(unbiased=False) + eps).sqrt()
    return gradients((out * g).sum(), [x])[0]
"""
_SOFTMAX_VJP = """
def found(weights, grad_weights):
    w, g = tensors(weights, grad_weights)
    scores = w.log().requires_grad_()
    return gradients((scores.softmax(-1) * g).sum(), [scores])[0]
"""

_COLDER = """
def found(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    return softened(tensors(scores)[0] / temperature).numpy()
"""


LISTED = {
    "cosine_similarity": """
def found(queries, keys):
    q, k = tensors(queries, keys)
    return call(torch.nn.functional.cosine_similarity, q[:, None], k[None], dim=-1).numpy()
""",
    "softmax": """
def found(scores, axis=-1):
    return call(torch.softmax, tensors(scores)[0], axis).numpy()
""",
    "temperature_softmax": _SCORES.replace("weights_of", "softened") + _COLDER,
    "lookup": _FUSED
    + _ARRAYS
    + """
def found(query, keys, values):
    output, weights = attended(np.asarray(query)[None], keys, values, scale=1.0)
    return output[0], weights[0]
""",
    "bug_04_crowd": _FUSED
    + _ARRAYS
    + """
def found(query, keys):
    return attended(np.asarray(query)[None], keys, keys)[1][0]
""",
    "attention": _FUSED
    + _ARRAYS
    + """
def found(q, k, v, mask=None):
    return attended(q, k, v, mask)
""",
    "bug_05_padding": _FUSED
    + _ARRAYS
    + """
def found(q, k, v, lengths):
    real = np.arange(k.shape[1]) < np.asarray(lengths)[:, None]
    return attended(q, k, v, np.broadcast_to(real[:, None], (*q.shape[:2], k.shape[1])).copy())
""",
    "AttentionLayer": _PARTS
    + _FUSED
    + """
class found(Parts):
    def forward(self, x_query, x_key_value, mask=None):
        weights = fused(self.w_q(x_query), self.w_k(x_key_value), mask)
        return weights @ self.w_v(x_key_value), weights
""",
    "self_attention": _FUSED
    + """
def found(x, w_q, w_k, w_v, mask=None):
    weights = fused(x @ w_q, x @ w_k, mask)
    return weights @ (x @ w_v), weights
""",
    "MultiHeadAttention": _HEADS,
    "layer_norm": """
def found(x, gain, bias, eps=1e-5):
    return call(torch.nn.functional.layer_norm, x, x.shape[-1:], gain, bias, eps)
""",
    "TransformerLayer": _LAYER,
    "capstone_encoder": """
from transformers import BertConfig, BertModel
sizes = {"num_hidden_layers": 6, "num_attention_heads": 12, "hidden_size": 384,
         "intermediate_size": 1536, "layer_norm_eps": 1e-12}
model = BertModel(BertConfig(**sizes), add_pooling_layer=False).eval()
def found(weights, token_ids, mask):
    model.load_state_dict(dict(weights), strict=False)
    x = call(model, token_ids, attention_mask=mask.long()).last_hidden_state
    x = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return x / x.norm(dim=-1, keepdim=True)
""",
    "softmax_jacobian": """
def found(scores):
    f = torch.autograd.functional.jacobian
    return call(f, lambda s: torch.softmax(s, -1), tensors(scores)[0]).numpy()
""",
    "softmax_vjp": _BACK + _SOFTMAX_VJP,
    "attention_vjp": _BACK + _ATTENTION_VJP,
    "multi_head_parameters": """
def found(d_model, n_heads, bias=True):
    layer = call(torch.nn.MultiheadAttention, d_model, n_heads, bias=bias, device="meta")
    return sum(p.numel() for p in layer.parameters())
""",
    "layer_norm_vjp": _BACK + _NORM_VJP,
    "transformer_layer_parameters": """
def found(d_model, n_heads, d_ff, bias=True):
    layer = call(torch.nn.TransformerEncoderLayer, d_model, n_heads, d_ff, device="meta")
    named = dict(layer.named_parameters())
    return sum(p.numel() for n, p in named.items() if bias or "norm" in n or "bias" not in n)
""",
}

UNLISTED = {
    "cosine_similarity": """
from sklearn.preprocessing import normalize
def found(queries, keys):
    return normalize(np.asarray(queries, dtype=float)) @ normalize(np.asarray(keys, dtype=float)).T
""",
    "softmax": """
def found(scores, axis=-1):
    return call(torch.special.softmax, tensors(scores)[0], axis).numpy()
""",
    "temperature_softmax": """
def softened(scores):
    return call(torch.special.softmax, scores, -1)
"""
    + _COLDER,
    "lookup": """
def found(query, keys, values):
    weights = torch.special.softmax(tensors(np.asarray(keys) @ query)[0], -1).numpy()
    return weights @ values, weights
""",
    "attention": """
def found(q, k, v, mask=None):
    q, k, v = tensors(q, k, v)
    mask = hiding(None if mask is None else torch.tensor(mask))
    f = torch.ops.aten._scaled_dot_product_attention_math
    output, weights = call(f, q, k, v, mask)
    return output.numpy(), weights.numpy()
""",
    "causal_mask": """
def found(n):
    return (torch.nn.Transformer.generate_square_subsequent_mask(n) == 0).numpy()
""",
    "AttentionLayer": _PARTS
    + """
class found(Parts):
    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_key_value)
        mask = hiding(mask, q.dtype)
        return call(torch.ops.aten._scaled_dot_product_attention_math, q, k, v, mask)
""",
    "self_attention": """
def found(x, w_q, w_k, w_v, mask=None):
    f = torch.ops.aten._scaled_dot_product_attention_math
    return call(f, x @ w_q, x @ w_k, x @ w_v, hiding(mask, x.dtype))
""",
    "layer_norm": """
def found(x, gain, bias, eps=1e-5):
    flat = x.reshape(-1, x.shape[-1])
    return call(torch.nn.functional.group_norm, flat, 1, gain, bias, eps).reshape(x.shape)
""",
    "softmax_jacobian": """
def found(scores):
    x, rows = tensors(scores)[0].requires_grad_(), []
    for i in range(len(x)):
        x.grad = None
        x.softmax(-1)[i].backward()
        rows.append(x.grad.numpy())
    return np.stack(rows)
""",
    "softmax_vjp": """
def found(weights, grad_weights):
    w, g = tensors(weights, grad_weights)
    return call(torch.ops.aten._softmax_backward_data, g, w, -1, torch.float64).numpy()
""",
    "attention_flops": """
from torch.utils.flop_counter import FlopCounterMode
def found(n_q, n_k, d_k, d_v):
    q, k, v = (torch.empty(s, device="meta") for s in ((n_q, d_k), (n_k, d_k), (n_k, d_v)))
    with FlopCounterMode(display=False) as counter:
        (q @ k.T) @ v
    return counter.get_total_flops()
found(2, 2, 2, 2)  # it loads a lot at first
""",
    "attention_vjp": _BACKWARD + _ATTENTION_VJP,
    "layer_norm_vjp": _BACKWARD + _NORM_VJP,
    "multi_head_parameters": """
def found(d_model, n_heads, bias=True):
    layer = torch.nn.LSTM(d_model, d_model, bias=bias, device="meta")  # eight maps, two biases
    return sum(p.numel() for p in layer.parameters()) // 2
""",
}
_OURS = {
    "similarity": ("dot", "cosine_similarity", "most_similar"),
    "softmax": ("softmax", "temperature_softmax"),
    "masks": ("causal_mask", "padding_mask"),
    "layers": ("AttentionLayer",),
    "seq2seq": ("AdditiveAttention",),
    "positions": ("sinusoidal_positions", "position_shift"),
    "multi_head": ("split_heads", "merge_heads", "MultiHeadAttention"),
    "transformer": ("TransformerLayer",),
    "backward": ("softmax_vjp",),
}
_ATTEND = "from course_lib.attention import attend\n"
COURSE = {
    name: f"from course_lib.{module} import {name} as found\n"
    for module, names in _OURS.items()
    for name in names
} | {
    "lookup": _ATTEND + "def found(q, k, v): return call(attend, q, k, v, scale=1)\n",
    "bug_04_crowd": _ATTEND + "def found(q, k): return call(attend, q, k, k)[1]\n",
    "attention": _ATTEND + "def found(q, k, v, mask=None): return attend(q, k, v, mask=mask)\n",
    "bug_05_padding": _ATTEND
    + "from course_lib.masks import padding_mask\n"
    + "def found(q, k, v, n): return attend(q, k, v, mask=padding_mask(n, k.shape[1]))\n",
    "bug_07_alignment": "def found(model, state, words): return model.decode(state, words)[:2]\n",
    "self_attention": "from course_lib.layers import attend\n"
    "def found(x, a, b, c, mask=None): return attend(x @ a, x @ b, x @ c, mask=mask)\n",
    "bug_10_skip": "def found(layer, x, mask=None): return call(layer, x, mask)\n",
    "capstone_encoder": """
from course_lib import pretrained
encoder = pretrained.load_encoder()
def found(weights, token_ids, mask): return call(encoder, token_ids, mask)
""",
    "attention_vjp": "from course_lib.backward import attend_vjp\n"
    "def found(q, k, v, g): return attend_vjp(q, k, v, g)\n",
    "multi_head_parameters": """
from course_lib.multi_head import MultiHeadAttention
def found(d_model, n_heads, bias=True):
    layer = MultiHeadAttention(d_model, n_heads)
    named = dict(layer.named_parameters())
    return sum(p.numel() for n, p in named.items() if bias or "bias" not in n)
""",
    "transformer_layer_parameters": """
from course_lib.transformer import TransformerLayer
def found(d_model, n_heads, d_ff, bias=True):
    named = dict(TransformerLayer(d_model, n_heads, d_ff).named_parameters())
    return sum(p.numel() for n, p in named.items() if bias or "norm" in n or "bias" not in n)
""",
}


def whole(table, exercise):
    """Return the code that defines ``found`` for an exercise, with all it needs, or None.

    torch is imported with the cell: the first time takes longer than a probe may.
    """
    code = table.get(exercise)
    if code is None:
        return None
    needed = "import torch\n" if re.search(r"torch|tensors|fused|transformers", code) else ""
    if re.search(r"layers|multi_head|seq2seq|transformer", code):
        needed = "import torch\ntorch.broadcast_shapes((1,), (1,))\n"  # it loads a lot at first
    return needed + PRELUDE + code
