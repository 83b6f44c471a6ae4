"""The functions behind the course on attention, one idea a file, in the order of the lessons.

===============  =======  =====================================================================
module           lesson   what it holds
===============  =======  =====================================================================
examples         all      the running example: four words, a query, keys and values
similarity       01       dot product, cosine similarity, the most similar items
softmax          02       scores become shares, at any temperature
attention        03-05    ``attend``: scores, scale, mask, shares, mixture (NumPy)
masks            05       who may look where: causal and padding masks
online           05       the same attention without its table of weights
layers           06       attention in torch, and the layer that learns
backward         06       the gradients of attention, derived by hand
toy_tasks        06       tasks whose right attention is known beforehand
training         06       train a model, and watch it while it learns
seq2seq          07       translators of 2014: with one fixed vector, and with additive attention
translation      07, 10   sentences to translate, training, translating, scores by length
positions        08       where a word stands: sines and cosines, and rotary positions
multi_head       09       several readers side by side
transformer      10       the Transformer's layer and encoder (2017)
encoder_decoder  10     a translator without recurrence, out of these layers
pretrained       10       a real sentence encoder running in these layers
tokens           10       sentences become tokens, and tokens numbers
lessons          all      the registry: which lessons there are, and where their files lie
pictures         all      figures, tables, sources and pictures to drag, as a notebook shows them
exercises        all      the exercises and how an answer is judged
practice         all      tasks drawn anew, by the same engine
files            all      notebooks and tables as files
learner          all      a learner's own copies, checked and counted
grading          all      for teachers: release a notebook to a class, and mark it
publishing       all      for authors: what is made from the notebooks and the registry
===============  =======  =====================================================================

Import the module that you need: ``from course_lib.softmax import softmax``. Importing
``course_lib`` itself loads nothing else. Of these, ``layers``, ``toy_tasks``, ``training``,
``seq2seq``, ``translation``, ``multi_head``, ``transformer``, ``encoder_decoder``, ``pretrained``,
``tokens`` and ``writing`` need torch.
"""

__version__ = "0.2.0"
