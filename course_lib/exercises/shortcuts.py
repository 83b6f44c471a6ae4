"""Calls that would be an exercise itself: what tasks forbid, by their dotted names.

An answer may call nothing of what its task ``forbids``; whoever does is told so, and gets no point.
"""

SOFTMAXES = (
    "scipy.special.softmax",
    "torch.softmax",
    "torch.nn.functional.softmax",
    "torch.Tensor.softmax",
    "torch.nn.Softmax",
)
ATTENDS = (
    "course_lib.attention.attend",
    "course_lib.layers.attend",
    "course_lib.online.attend_online",
)
FUSED = ("torch.nn.functional.scaled_dot_product_attention", "torch.nn.MultiheadAttention")
FUSED_HEADS = (FUSED[0], "torch.nn.functional.multi_head_attention_forward", FUSED[1])
LAYERS = (
    "course_lib.layers.AttentionLayer",
    "course_lib.layers.attend",
    "course_lib.attention.attend",
    *FUSED_HEADS,
)
