"""The peer on Django REST framework: the same plan and duties, as a careful team would write it."""
