"""A year of the real plan, day by day: one script of steps, played over HTTP and recomputed from the model.

    steps.py      what a step can be                     script/       who did what on which day of 2023
    model.py      the plan as the model has it           taking.py     what steps do to it
    things.py     what it is made of                     deciding.py   what decisions do to it
    figures.py    its figures for any day                reading.py    what an agency sees of them
    player.py     plays a step over HTTP                 comparing.py  the service beside the model
    stage.py      the service on a clock that is set     served.py     the same as a process of its own

Everything in the script is made up ("[GIẢ ĐỊNH]"). `python -m tests.year` plays it against a real server and
prints the table of the months.
"""
