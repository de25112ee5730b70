"""What was done on which day of 2023, and of January 2024. All of it is made up: no body did or decided this.

A line says who and what; where it has to be refused, also with which status and for which reason. Every text
goes out with "[GIẢ ĐỊNH]" before it.
"""

from tests.year.script import autumn, spring, summer, winter
from tests.year.steps import Days

YEAR: Days = {**winter.DAYS, **spring.DAYS, **summer.DAYS, **autumn.DAYS}
