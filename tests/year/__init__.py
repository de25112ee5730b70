"""A year of the real plan, day by day: one script of steps, played over HTTP and recomputed from the model.

    steps.py      what a step can be                     script/       who did what on which day of 2023
    model.py      the plan as the model has it           deciding.py   what decisions do to it there
    figures.py    its figures for any day                reading.py    what an agency sees of them
    player.py     plays a step over HTTP                 comparing.py  the service's figures beside the model's
    stage.py      the service on a clock that is set     server.py     the same as a process of its own

Everything in the script is made up ("[GIẢ ĐỊNH]"). `python -m tests.year` plays it against a real server and
prints the table of the months.
"""
