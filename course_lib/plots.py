from course_lib.pictures.figures import *  # noqa: F403  first edition's name
from course_lib.pictures.figures import __path__, style  # noqa: F401  so that plots.style is found
