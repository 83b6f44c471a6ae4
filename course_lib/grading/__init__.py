"""Mark a class: release a notebook, run what comes back where it can do no harm, judge it here.

``releases`` writes what a class gets; ``submissions`` reads what it hands in; ``servers`` runs
foreign code behind walls (``inside`` is what runs there, ``view`` what it can see); ``marking``
judges the arrays that come back; ``reports`` writes the gradebook and the pages.
"""
