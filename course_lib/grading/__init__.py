"""Mark a class: release a notebook, run what comes back where it can do no harm, judge it here.

``releases`` writes what a class gets; ``submissions`` finds what it hands in (``archives``: in
zips; ``times``: when), ``owners`` says whose it is, ``choosing`` which file counts, ``reading``
makes a notebook of it. ``servers`` runs foreign code behind walls (``inside`` is what runs there,
``view`` what it can see), ``judging`` makes a ``Mark`` (``marks``) of the arrays that come back. A
``Run`` (``runs``) is one marking of a class, which ``marking`` does, side by side or on a
``cluster``, and ``finished`` keeps its marks. ``reports`` writes them: ``gradebook`` as tables,
``pages`` to read (``texts``: what an exercise asks), with a teacher's ``overrides``.
"""
