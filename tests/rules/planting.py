"""Planted faults: rules that a programmer could have written by mistake, and the laws that must catch each.

A law is a function of the rules it judges and of a sample. One that catches nothing proves nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import find
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from tests.patience import until_found

Fault = TypeVar("Fault")
Sample = TypeVar("Sample")
Planted = Iterable[tuple[Any, Sequence[Any]]]
"""Each fault with the laws that it breaks."""


def own_name(one: Any) -> str:
    """What a function is called."""
    return str(one.__name__)


def each(planted: Planted, named: Callable[[Any], str] = own_name) -> pytest.MarkDecorator:
    """A test for every fault with every law beside it."""
    both = [(fault, law) for fault, laws in planted for law in laws]
    return pytest.mark.parametrize(("fault", "law"), both, ids=named)


def catches(law: Callable[[Fault, Sample], None], fault: Fault, samples: SearchStrategy[Sample]) -> bool:
    """Whether a sample can be found for which the law does not hold of this fault."""

    def falls(sample: Sample) -> bool:
        try:
            law(fault, sample)
        except AssertionError:
            return True
        return False

    try:
        find(samples, falls, settings=until_found)
    except NoSuchExample:
        return False
    return True


def at_work(planted: Planted) -> set[Any]:
    """The laws that catch something."""
    return {law for _, laws in planted for law in laws}
