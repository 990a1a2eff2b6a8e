"""Pathways hang together: milestones, the live stage, repeats."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw


def milestones_need_nothing(facts: Facts) -> Iterator[Flaw]:
    """Refuse needs of a stage of zero days."""
    for path, stage in facts.stages():
        if stage.days.fixed == 0 and stage.needs:
            yield Flaw(
                (*path, "needs"),
                "a milestone of zero days needs nothing",
                "take the needs out, or give it days",
            )


def live_stage_always_happens(facts: Facts) -> Iterator[Flaw]:
    """Require of the live stage that it is one, lasts a day or more, always exists and is not repeated."""
    for name, stages in facts.file.pathways.items():
        marked = [index for index, stage in enumerate(stages) if stage.live]
        for index in marked[1:]:
            yield Flaw(
                ("pathways", name, index, "live"),
                f"'{stages[marked[0]].stage}' is the live stage already",
                "mark one",
            )
        for index in marked:
            stage, path = stages[index], ("pathways", name, index)
            if stage.days.fixed == 0:
                yield Flaw(
                    (*path, "days"),
                    "the live stage lasts at least one day",
                    "mark the stage before it, or give it days",
                )
            for key in ("probability", "when"):
                if getattr(stage, key) is not None:
                    yield Flaw((*path, key), "the live stage always exists", "take it out", key=True)


def repeats_are_apart(facts: Facts) -> Iterator[Flaw]:
    """Require of a repeat that it goes back, does not overlap another, and leaves the live stage alone."""
    for name, stages in facts.file.pathways.items():
        names = [stage.stage for stage in stages]
        taken: dict[int, str] = {}
        for index, stage in enumerate(stages):
            if stage.repeat is None or stage.repeat.from_ not in names:
                continue
            path = ("pathways", name, index, "repeat", "from")
            first = names.index(stage.repeat.from_)
            if first > index:
                yield Flaw(
                    path, f"must not come after '{stage.stage}'", "name the first stage that is done again"
                )
                continue
            span = range(first, index + 1)
            overlap = next((taken[place] for place in span if place in taken), None)
            if overlap is not None:
                yield Flaw(
                    path, f"this repeat overlaps the one of '{overlap}'", "let each stage lie in one repeat"
                )
            live = next((stages[place].stage for place in span if stages[place].live), None)
            if live is not None:
                yield Flaw(path, f"the live stage '{live}' cannot be repeated", "end the repeat before it")
            taken.update(dict.fromkeys(span, stage.stage))
