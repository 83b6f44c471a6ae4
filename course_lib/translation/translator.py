"""What every model that translates offers."""

from collections.abc import Iterator
from typing import Any, Protocol

import torch


class Translator(Protocol):
    """A model that reads a source once, and then target words, all at once or one at a time.

    A state is whatever the model needs to know of the source and of the words so far: a recurrent
    model's hidden state, or the words themselves for a Transformer. Nobody else looks into it.
    """

    def start(self, source: torch.Tensor, source_mask: torch.Tensor) -> Any:
        """Read the source and return a state.

        Shapes:
            source (B, n) integers, source_mask (B, n) boolean, True = a word.
        """

    def decode(
        self, state: Any, target_in: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None, Any]:
        """Read target words on; return what may come after each, where it looked, the new state.

        Shapes:
            target_in (B, m) integers -> logits (B, m, n_target), weights (B, m, n) or None.
        """

    def __call__(
        self, source: torch.Tensor, source_mask: torch.Tensor, target_in: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Do both, and return (logits, weights)."""

    def parameters(self) -> Iterator[torch.nn.Parameter]:
        """Yield what is learned."""
