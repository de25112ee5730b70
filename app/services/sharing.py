"""Sharing: how the bodies that a decision names divide a task, beside those who keep what they did.

A share that is named is that of a line: what a former lead keeps is taken off those who took over from it,
and nobody else has less by that. So a handover moves no figure, whoever stays beside it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple, Self

from app.errors import Invalid
from app.models import Agency, Assignment
from app.rules.vocabulary import Role
from app.services import belonging
from app.services.grounds import is_current
from app.services.holding import Held

ZERO, ALL = Fraction(0), Fraction(1)


class Place(NamedTuple):
    """What a body has in a task: its share, and the group it is there for (None: named itself)."""

    share: Fraction = ZERO
    group: int | None = None


def stated(named: Sequence[tuple[Agency, str | None]]) -> list[tuple[Agency, Fraction]]:
    """Each with its share: as given, or all alike."""
    given = [Fraction(share) for _, share in named if share is not None]
    if len({agency.code for agency, _ in named}) < len(named):
        raise Invalid.at("/leads", "repeated", "Một cơ quan được nêu hai lần", "A body is named twice")
    if given and (len(given) < len(named) or sum(given) != ALL):
        raise Invalid.at(
            "/leads",
            "shares_not_one",
            "Nêu phần của mọi cơ quan, tổng bằng 1; hoặc không nêu phần nào",
            "Give the share of each, summing to 1; or give none",
        )
    return [(agency, Fraction(share) if share else ALL / len(named)) for agency, share in named]


class Division(NamedTuple):
    """A task divided: groups that work through members, with their shares; and every body with its own."""

    heads: dict[int, Fraction]
    places: dict[int, Place]
    members: frozenset[int]

    @classmethod
    def of(cls, held: Held, named: Iterable[tuple[Agency, Fraction]]) -> Self:
        """Groups are resolved into the members they have now."""
        heads: dict[int, Fraction] = {}
        places: dict[int, Place] = {}
        grouped: set[int] = set()
        for agency, share in named:
            members = belonging.members_of(held.draft, agency, held.today)
            grouped |= set(members)
            if members:
                heads[agency.id] = share
            for body in members or [agency.id]:
                before = places.get(body, Place(ZERO, agency.id if members else None))
                part = share / len(members) if members else share
                places[body] = Place(before.share + part, before.group if members else None)
        return cls(heads, places, frozenset(grouped))

    def beside(self, held: Held, after: Mapping[int, Collection[int]], idle: Collection[int]) -> Self:
        """The same where former leads keep theirs: those who left just now, for whom those named in `after`
        answer, and those of earlier decisions. Members of a group have alike: what is taken off one is taken
        off all. Who comes for one that has done all is `idle`: a share of what nobody owes would count for
        nothing, and is left to the others."""
        kept = dict.fromkeys(self.places, ZERO)
        total = ZERO
        for row in held.former():
            if row.agency_id not in self.places:
                total += row.share
                for body, part in self._charged(row.share, self._heirs(held, row, after)):
                    kept[body] += part
        if any(kept[body] for body in self.members):
            kept = dict(self._charged(total, self.places))
        owing = {body: place.share for body, place in self.places.items() if body not in idle}
        own = {body: max(share - kept[body], ZERO) for body, share in owing.items()}
        if not any(own.values()):
            own = owing
        whole = sum(own.values(), ZERO)
        scale = (ALL - total) / whole if whole else ZERO
        places = {
            body: Place(own.get(body, ZERO) * scale, place.group) for body, place in self.places.items()
        }
        alike = next((places[body].share / self.places[body].share for body in self.members), ALL)
        heads = {id_: share * alike for id_, share in self.heads.items()}
        return self._replace(heads=heads, places=places)

    def _heirs(self, held: Held, former: Assignment, after: Mapping[int, Collection[int]]) -> list[int]:
        """Those named whose line it is: who stays in it, and who comes for those of it that leave. Of several
        that left at once the line goes on with those who came at once."""
        found: dict[int, None] = {}
        todo, seen = [former], {former.id}
        while todo:
            one = todo.pop()
            line = held.lines.goes_on(one)
            for row in line:
                here = (row.agency_id,) if is_current(row, held.today) else ()
                found |= dict.fromkeys(after.get(row.id, here))
            if line == [one] and one.id not in after and one.valid_to and not is_current(one, held.today):
                beside = [row for row in held.former() + held.bodies(Role.LEAD) if row.id not in seen]
                todo += [row for row in beside if row.valid_from == one.valid_to + timedelta(1)]
                seen |= {row.id for row in todo}
        return [body for body in found if body in self.places]

    def _charged(self, share: Fraction, heirs: Collection[int]) -> Iterator[tuple[int, Fraction]]:
        """Off whose shares it is taken: off those of its heirs, or off all where it has none."""
        some = heirs or list(self.places)
        whole = sum((self.places[body].share for body in some), ZERO)
        yield from ((body, share * self.places[body].share / whole) for body in some)
