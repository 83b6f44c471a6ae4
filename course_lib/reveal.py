from course_lib.pictures import reveal, reveal_table  # noqa: F401  first edition's name
