"""What can be done: one public function an operation. None commits, none knows HTTP.

`access` is the only door to a writable row and to what a caller may see.
"""
