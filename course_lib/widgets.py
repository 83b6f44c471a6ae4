from course_lib.pictures.widgets import *  # noqa: F403  first edition's name
from course_lib.pictures.widgets import __path__  # noqa: F401  so that widgets.heads is found
