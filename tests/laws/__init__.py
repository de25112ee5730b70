"""The laws of the roll-up (design/model.md §3) on what the wire says, after histories that nobody chose.

lab.py        copies of a database to work in       histories.py  acts of random callers
decisions.py  random amendments among them          book.py       what is shown at one moment
laws.py       the laws of a moment                  moving.py     the laws of what may move
pairs.py      two that must end alike               planted.py    faults that break them
"""
