"""Backups: one file that holds a whole database, and a database made from it again.

    whole        a file has its name only when it is whole, and is its owner's alone
    embedded     SQLite, by its own online backup: what `cp` takes of a database in use is not it
    server       PostgreSQL, by the programs that come with it (`programs`)
    keeping      the way of both: what is taken, what is refused, what is brought up to date

What is in a file is told by its first bytes. A file is read to its end before anything is touched.
"""
