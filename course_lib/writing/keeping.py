"""Keep a writer on disk, and bring it back: numbers and texts only, no program."""

import json
from os import PathLike
from pathlib import Path

import torch

from course_lib.writing.model import CausalLanguageModel
from course_lib.writing.pieces import Pieces

WEIGHTS, SIZES, PIECES = "weights.pt", "sizes.json", "pieces.json"


def save(folder: str | PathLike[str], model: CausalLanguageModel, pieces: Pieces) -> None:
    """Write a model and its pieces into a folder, which is made if it is not there.

    Raises:
        ValueError: the model does not have as many tokens as there are pieces.
    """
    if model.tokens.num_embeddings != len(pieces):
        raise ValueError(
            "model must have a token for each piece; it has "
            f"{model.tokens.num_embeddings}, the pieces are {len(pieces)}."
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / WEIGHTS)
    (folder / SIZES).write_text(json.dumps(sizes(model)), encoding="utf-8")
    (folder / PIECES).write_text(pieces.to_json(), encoding="utf-8")


def load(folder: str | PathLike[str]) -> tuple[CausalLanguageModel, Pieces]:
    """Return the model and the pieces that ``save`` wrote; the model is ready to write.

    Raises:
        ValueError: a file is missing.
    """
    folder = Path(folder)
    for name in (WEIGHTS, SIZES, PIECES):
        if not (folder / name).exists():
            raise ValueError(f"folder must hold what save() wrote; {folder / name} is missing.")
    pieces = Pieces.from_json((folder / PIECES).read_text(encoding="utf-8"))
    model = CausalLanguageModel(**json.loads((folder / SIZES).read_text(encoding="utf-8")))
    model.load_state_dict(torch.load(folder / WEIGHTS, weights_only=True, map_location="cpu"))
    return model.eval(), pieces


def sizes(model: CausalLanguageModel) -> dict[str, float]:
    """Return what CausalLanguageModel is to be called with for such a model.

    Example:
        >>> sizes(CausalLanguageModel(9, 8, 2, 1, n_places=5))["n_places"]
        5
    """
    return {
        "n_tokens": model.tokens.num_embeddings,
        "d_model": model.tokens.embedding_dim,
        "n_heads": model.n_heads,
        "n_layers": len(model.layers),
        "n_places": model.places.num_embeddings,
        "dropout": model.dropout.p,
    }
