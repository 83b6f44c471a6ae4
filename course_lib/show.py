from course_lib.pictures import show, show_source, show_table  # noqa: F401  first edition's name
