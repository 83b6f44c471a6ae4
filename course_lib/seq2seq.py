"""Lesson 07: translate with recurrent networks, through one fixed vector or with attention.

Both models are trained and asked in the same way, which ``course_lib.translation`` describes:
``start`` reads the source, ``decode`` reads target words and says what comes after each.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_lib.layers import Mask, mask_tensor


class AdditiveAttention(nn.Module):
    """Let a small network judge how well each key fits the query; return the keys, mixed.

    score_j = v . tanh(W_query query + W_key key_j). Without the tanh (``attention.tanh =
    nn.Identity()``) the query adds the same number to each score, and the softmax cancels it.
    W_key key_j does not depend on the query: whoever asks many times about the same keys computes
    ``projected = attention.w_key(keys)`` once and hands it over.

    Shapes:
        query (B, d_query), keys (B, n, d_key), mask boolean (B, n), True = may look, projected
        (B, n, d_hidden)
        -> context (B, d_key), weights (B, n).

    Raises:
        ValueError: a width is below 1, shapes don't fit, or the mask is not boolean or hides every
            key of a sentence.

    Source:
        Bahdanau, Cho & Bengio 2014, arXiv 1409.0473, section 3.1 and appendix A.1.2.

    Example:
        >>> attention = AdditiveAttention(d_query=4, d_key=6, d_hidden=5)
        >>> context, weights = attention(torch.randn(2, 4), torch.randn(2, 3, 6))
        >>> context.shape, weights.shape
        (torch.Size([2, 6]), torch.Size([2, 3]))
    """

    def __init__(self, d_query: int, d_key: int, d_hidden: int) -> None:
        super().__init__()
        for name, size in {"d_query": d_query, "d_key": d_key, "d_hidden": d_hidden}.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1; it is {size}.")
        self.w_query = nn.Linear(d_query, d_hidden)
        self.w_key = nn.Linear(d_key, d_hidden, bias=False)
        self.tanh = nn.Tanh()
        self.v = nn.Linear(d_hidden, 1, bias=False)

    def forward(
        self,
        query: torch.Tensor,
        keys: torch.Tensor,
        mask: Mask | None = None,
        *,
        projected: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        self._check(query, keys)
        projected = self.w_key(keys) if projected is None else projected  # (B, n, d_hidden)
        asked = self.w_query(query)[:, None, :]  # (B, 1, d_hidden)
        scores = self.v(self.tanh(asked + projected)).squeeze(-1)  # (B, n)
        if mask is not None:
            scores = scores.masked_fill(~_checked_mask(mask, scores), -torch.inf)
        weights = scores.softmax(dim=-1)  # (B, n)  each row sums to 1
        context = (weights[:, None, :] @ keys).squeeze(1)  # (B, d_key)
        return context, weights

    def _check(self, query, keys):
        d_query, d_key = self.w_query.in_features, self.w_key.in_features
        if query.ndim != 2 or query.shape[1] != d_query:
            raise ValueError(f"query must be (B, {d_query}); its shape is {tuple(query.shape)}.")
        if keys.ndim != 3 or keys.shape[2] != d_key or len(keys) != len(query):
            raise ValueError(
                f"keys must be (B, n, {d_key}) with B = {len(query)}, as many as queries; "
                f"their shape is {tuple(keys.shape)}."
            )
        if keys.shape[1] == 0:
            raise ValueError("keys must hold at least one item to look at; n is 0.")


def _checked_mask(mask, scores):
    mask = mask_tensor(mask, scores.device)
    if mask.shape != scores.shape:
        raise ValueError(
            f"mask must be (B, n) = {tuple(scores.shape)}; its shape is {tuple(mask.shape)}."
        )
    hidden = ~mask.any(dim=1)
    if hidden.any():
        raise ValueError(
            f"mask hides every key from query {int(hidden.nonzero()[0])}; "
            "each query must be allowed to look at one key at least."
        )
    return mask


class Encoder(nn.Module):
    """Read a sentence from both ends; each word's annotation knows what stands before and after.

    The padding is packed away before the network reads: no state ever sees it.

    Shapes:
        source (B, n) integers, source_mask (B, n) boolean, True = a word, False = padding
        -> annotations (B, n, 2 d_hidden), 0 at the padding; last (2, B, d_hidden): the forward
        state at the last word and the backward state at the first.

    Raises:
        ValueError: the mask doesn't fit, or a sentence is empty or padded in front.

    Source:
        Bahdanau et al. 2014, section 3.2; the units (GRU): Cho et al. 2014, arXiv 1406.1078.

    Example:
        >>> encoder = Encoder(n_tokens=9, d_embedding=4, d_hidden=5)
        >>> source = torch.tensor([[3, 4, 5], [6, 0, 0]])
        >>> annotations, last = encoder(source, source > 0)
        >>> annotations.shape, last.shape
        (torch.Size([2, 3, 10]), torch.Size([2, 2, 5]))
    """

    def __init__(self, n_tokens: int, d_embedding: int, d_hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, d_embedding)
        self.gru = nn.GRU(d_embedding, d_hidden, batch_first=True, bidirectional=True)

    def forward(
        self, source: torch.Tensor, source_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        lengths = _lengths(source, source_mask)  # (B,)
        words = self.embedding(source)  # (B, n, d_embedding)
        packed = pack_padded_sequence(words, lengths, batch_first=True, enforce_sorted=False)
        packed, last = self.gru(packed)  # last (2, B, d_hidden)
        annotations, _ = pad_packed_sequence(
            packed, batch_first=True, total_length=source.shape[1]
        )  # (B, n, 2 d_hidden)
        return annotations, last


def _lengths(source, source_mask):
    """Return how many words each sentence has, (B,), after refusing what is no padding mask."""
    if source.ndim != 2 or source_mask.shape != source.shape:
        raise ValueError(
            "source and source_mask must have one shape (B, n); they have "
            f"{tuple(source.shape)} and {tuple(source_mask.shape)}."
        )
    lengths = mask_tensor(source_mask).sum(dim=1).cpu()  # (B,)
    first = torch.arange(source.shape[1]) < lengths[:, None]  # (B, n)
    if not (lengths > 0).all() or not torch.equal(first, source_mask.cpu()):
        raise ValueError(
            "source_mask must be True at the words, one at least, and then False to the end of "
            f"the row; it is True {lengths.tolist()} times."
        )
    return lengths


class Readout(nn.Module):
    """Say from what the decoder has at hand how likely each target token comes next.

    Shapes:
        any number of (..., d) whose widths sum up to d_input -> logits (..., n_tokens).

    Example:
        >>> Readout(d_input=7, d_hidden=5, n_tokens=9)(torch.randn(2, 3), torch.randn(2, 4)).shape
        torch.Size([2, 9])
    """

    def __init__(self, d_input: int, d_hidden: int, n_tokens: int) -> None:
        super().__init__()
        self.mix = nn.Linear(d_input, d_hidden)
        self.score = nn.Linear(d_hidden, n_tokens)

    def forward(self, *at_hand: torch.Tensor) -> torch.Tensor:
        mixed = torch.tanh(self.mix(torch.cat(at_hand, dim=-1)))  # (..., d_hidden)
        return self.score(mixed)  # (..., n_tokens)


class OneVector(NamedTuple):
    """All that the decoder without attention has: where it is, and the sentence as one vector."""

    hidden: torch.Tensor  # (B, d_decoder)
    sentence: torch.Tensor  # (B, d_decoder)


class RNNEncoderDecoder(nn.Module):
    """Translate through one fixed vector: the whole sentence must fit into it.

    The vector starts the decoder and is handed to it again at each step. The encoder reads both
    ways here, as RNNSearch's does (in 2014 it read forwards only): the one thing in which
    the two differ is what the decoder may see of the source.

    Shapes:
        source (B, n) and target_in (B, m) integers, source_mask (B, n) boolean
        -> logits (B, m, n_target), None (there are no weights).

    Raises:
        ValueError: the mask doesn't fit the source.

    Source:
        Cho et al. 2014, arXiv 1406.1078, section 2 and appendix A ("RNN encoder-decoder").

    Example:
        >>> model = RNNEncoderDecoder(n_source=9, n_target=7)
        >>> source, target_in = torch.tensor([[3, 4, 5]]), torch.tensor([[1, 2]])
        >>> logits, _ = model(source, source > 0, target_in)
        >>> logits.shape
        torch.Size([1, 2, 7])
    """

    def __init__(
        self,
        n_source: int,
        n_target: int,
        *,
        d_embedding: int = 64,
        d_encoder: int = 64,
        d_decoder: int = 128,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(n_source, d_embedding, d_encoder)
        self.squeeze = nn.Linear(2 * d_encoder, d_decoder)
        self.first_state = nn.Linear(d_decoder, d_decoder)
        self.embedding = nn.Embedding(n_target, d_embedding)
        self.gru = nn.GRU(d_embedding + d_decoder, d_decoder, batch_first=True)
        self.readout = Readout(d_decoder + d_decoder + d_embedding, d_decoder, n_target)

    def start(self, source: torch.Tensor, source_mask: torch.Tensor) -> OneVector:
        """Read the source: everything that the decoder will have of it."""
        _, (forwards, backwards) = self.encoder(source, source_mask)  # (B, d_encoder) each
        ends = torch.cat([forwards, backwards], dim=-1)  # (B, 2 d_encoder)
        sentence = torch.tanh(self.squeeze(ends))  # (B, d_decoder)  the fixed vector
        return OneVector(torch.tanh(self.first_state(sentence)), sentence)

    def decode(
        self, state: OneVector, target_in: torch.Tensor
    ) -> tuple[torch.Tensor, None, OneVector]:
        """Read target words on; return what may come after each, no weights, and the new state."""
        words = self.embedding(target_in)  # (B, m, d_embedding)
        sentence = state.sentence[:, None, :].expand(-1, words.shape[1], -1)  # (B, m, d_decoder)
        hidden, last = self.gru(torch.cat([words, sentence], dim=-1), state.hidden[None])
        logits = self.readout(hidden, sentence, words)  # (B, m, n_target)
        return logits, None, state._replace(hidden=last[0])

    def forward(
        self, source: torch.Tensor, source_mask: torch.Tensor, target_in: torch.Tensor
    ) -> tuple[torch.Tensor, None]:
        logits, weights, _ = self.decode(self.start(source, source_mask), target_in)
        return logits, weights


class Annotated(NamedTuple):
    """All that the decoder with attention has: where it is, and an annotation for each word."""

    hidden: torch.Tensor  # (B, d_decoder)
    annotations: torch.Tensor  # (B, n, 2 d_encoder)
    projected: torch.Tensor  # (B, n, d_score)  computed once a sentence, used at each step
    mask: torch.Tensor  # (B, n)


class RNNSearch(nn.Module):
    """Translate with attention: before each word, look again at the words of the source.

    Step i, in the paper's order: the state before it, s_(i-1), asks; the context c_i that comes
    back enters the network's step together with the word written last; the new state s_i, the
    context and that word choose the next one. s_0 = tanh(W <-h_1), from the backward state at the
    first word.

    Shapes:
        source (B, n) and target_in (B, m) integers, source_mask (B, n) boolean
        -> logits (B, m, n_target), weights (B, m, n).

    Raises:
        ValueError: the mask doesn't fit the source.

    Source:
        Bahdanau, Cho & Bengio 2014, arXiv 1409.0473, section 3 ("RNNsearch").

    Example:
        >>> model = RNNSearch(n_source=9, n_target=7)
        >>> source, target_in = torch.tensor([[3, 4, 5]]), torch.tensor([[1, 2]])
        >>> logits, weights = model(source, source > 0, target_in)
        >>> logits.shape, weights.shape
        (torch.Size([1, 2, 7]), torch.Size([1, 2, 3]))
    """

    def __init__(
        self,
        n_source: int,
        n_target: int,
        *,
        d_embedding: int = 64,
        d_encoder: int = 80,
        d_decoder: int = 112,
        d_score: int = 80,
    ) -> None:
        super().__init__()
        d_key = 2 * d_encoder
        self.encoder = Encoder(n_source, d_embedding, d_encoder)
        self.first_state = nn.Linear(d_encoder, d_decoder)
        self.attention = AdditiveAttention(d_decoder, d_key, d_score)
        self.embedding = nn.Embedding(n_target, d_embedding)
        self.cell = nn.GRUCell(d_embedding + d_key, d_decoder)
        self.readout = Readout(d_decoder + d_key + d_embedding, d_decoder, n_target)

    def start(self, source: torch.Tensor, source_mask: torch.Tensor) -> Annotated:
        """Read the source: everything that the decoder will have of it."""
        annotations, (_, backwards) = self.encoder(source, source_mask)  # (B, n, 2 d_encoder)
        hidden = torch.tanh(self.first_state(backwards))  # (B, d_decoder)  s_0
        return Annotated(hidden, annotations, self.attention.w_key(annotations), source_mask)

    def look(self, state: Annotated) -> tuple[torch.Tensor, torch.Tensor]:
        """Ask with the state; return what was found in the source, and where it looked."""
        return self.attention(
            state.hidden, state.annotations, state.mask, projected=state.projected
        )

    def decode(
        self, state: Annotated, target_in: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, Annotated]:
        """Read target words on; return what may come after each, where it looked, the new state."""
        words = self.embedding(target_in)  # (B, m, d_embedding)
        hidden, contexts, weights = [], [], []
        for word in words.unbind(dim=1):  # (B, d_embedding)
            context, looked = self.look(state)  # (B, 2 d_encoder), (B, n)
            step = self.cell(torch.cat([word, context], dim=-1), state.hidden)  # (B, d_decoder)
            state = state._replace(hidden=step)
            hidden.append(step)
            contexts.append(context)
            weights.append(looked)
        hidden, contexts, weights = (torch.stack(x, dim=1) for x in (hidden, contexts, weights))
        return self.readout(hidden, contexts, words), weights, state  # (B, m, n_target), (B, m, n)

    def forward(
        self, source: torch.Tensor, source_mask: torch.Tensor, target_in: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        logits, weights, _ = self.decode(self.start(source, source_mask), target_in)
        return logits, weights
