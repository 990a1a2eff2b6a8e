"""The last stage: what was considered along the way meets once more, with the planner's own order.

It meets in futures that were kept for the end: those of the pool come round again and again, and what was found in
them looks better there than it is.

First all of them, then in futures of their own the two that matter: the best, and the rule to beat, latest finish time
first. That gives way only to an order that is better by a standard error (as in the rule of Breiman et al. 1984), so
that a search on a small budget does not end with an order worse than the rule. Which of the other rules is good where
is known from a few futures only, so they must beat it like everybody else.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onelogin_sim.errors import PlanError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.ground import Candidate, Ground
from onelogin_sim.orders.search.keeping import surely_broken
from onelogin_sim.orders.search.permitted import Whole
from onelogin_sim.orders.search.race import TURNS
from onelogin_sim.orders.search.scoring import Outcome

#: How many meet at first, and in how many futures at most; the two that matter meet in twice as many at most.
FINALISTS, ENOUGH = 8, 1000

#: Share of the room that the first round takes, and its futures below which there is but one round.
FIRST, TELLING = 0.4, 8

#: Standard errors of the paired difference by which an order must be better than the rule to beat.
SURE = 1.0

#: Futures below which a share is not judged, unless all are alike.
JUDGED = 20


def meet(ground: Ground, room: int) -> bool:
    """Rank the finalists and value the planner's own order. One step. Returns True: it is done.

    Raises
    ------
    PlanError
        When each of them surely breaks limits that are judged by simulation.
    """
    state = ground.state
    met = _entered(ground)[: min(FINALISTS, max(room - 1, 1))]
    begun = state.spent
    met, rest, used = _first_round(ground, met, room)
    own = next((at for at, one in enumerate(met) if _is_own(ground, one)), None)
    if own is None and ground.scoring.has_luck and _keeps(ground) and len(met) < room:
        # It is valued anyway, and where a limit is a matter of luck it may be the one that keeps it.
        met, own = [*met, Candidate(ground.start.name, ground.start.rank, ground.start.hold_backs)], len(met)
    futures = (room - (state.spent - begun)) // (len(met) + (own is None))
    if futures < 1:
        # A single schedule: nothing was compared, and the incumbent is the planner's own.
        state.start_value = float(ground.scoring.value(_own(ground, ground.unseen(1)))[0])
        state.considered = met
        ground.note(state.start_value)
        return True
    rows = ground.unseen(min(futures, 2 * ENOUGH), after=used)
    outcome = ground.compare(met, rows)
    values = ground.scoring.value(outcome)
    state.start_value = float(values[own] if own is not None else ground.scoring.value(_own(ground, rows))[0])
    broken, ranked = ground.scoring.broken(outcome), _ranked(ground, met, outcome)
    out = _refused(ground, outcome)
    if out.all() and not rest:
        missed = ", ".join(ground.scoring.missed(outcome, ranked[0]))
        raise PlanError(
            f"no order was found that keeps every limit in {ground.scoring.limits.share:.0%} of futures; "
            f"the best does not keep: {missed}"
        )
    least = broken[ranked[0]]
    state.considered = [*(met[at] for at in ranked if broken[at] == least or not out[at]), *rest]
    state.best = met[ranked[0]]
    ground.note(float(values[ranked[0]]))
    return True


def _entered(ground: Ground) -> list[Candidate]:
    """The incumbent, then the known rules that are still considered, the one to beat first, then the latest others."""
    others = [one for one in reversed(ground.state.considered) if one != ground.best]
    return [
        ground.best,
        *sorted(others, key=lambda one: (one.name != TURNS[0], one.name not in RULES)),
    ]


def _first_round(
    ground: Ground, met: list[Candidate], room: int
) -> tuple[list[Candidate], list[Candidate], int]:
    """Return who goes on, the best with the best rule; who is left behind, best first; the futures that took."""
    futures = min(int(FIRST * room) // max(len(met), 1), ENOUGH)
    if len(met) < 3 or futures < TELLING or ground.certain:
        return met, [], 0
    outcome = ground.compare(met, ground.unseen(futures))
    broken, value = ground.scoring.broken(outcome), ground.scoring.value(outcome)
    ranked = sorted(range(len(met)), key=lambda at: (broken[at], value[at], at))
    first = ranked[0]
    second = next((at for at in ranked[1:] if met[at].name == TURNS[0]), ranked[1])
    out = _refused(ground, outcome)
    rest = [met[at] for at in ranked if at not in (first, second) and not out[at]]
    return [met[first], met[second]], rest, futures


def _refused(ground: Ground, outcome: Outcome) -> npt.NDArray[np.bool_]:
    """Bool [order]: who surely breaks a limit; in few futures that are not alike nobody does."""
    if outcome.values.shape[2] >= JUDGED:
        return surely_broken(ground.scoring, outcome)
    out: npt.NDArray[np.bool_] = (ground.scoring.broken(outcome) > 0) & ground.certain
    return out


def _keeps(ground: Ground) -> bool:
    """Whether the planner's own order keeps the limits that are no matter of luck."""
    return ground.permitted.keeps(ground.start.rank, ground.start.hold_backs)


def _own(ground: Ground, rows: Whole) -> Outcome:
    """The planner's own order in some futures, whatever limits it breaks."""
    own = ground.start
    return ground.run(np.array([own.rank]), [own.hold_backs], rows, as_they_are=True)


def _is_own(ground: Ground, candidate: Candidate) -> bool:
    """Whether an order is the planner's own just as it is."""
    made = ground.order(candidate, "own")
    return (made.rank, made.hold_backs) == (ground.start.rank, ground.start.hold_backs)


def _ranked(ground: Ground, met: list[Candidate], outcome: Outcome) -> list[int]:
    """The places of the finalists, best first; the rule to beat before all that are not surely better."""
    broken, value = ground.scoring.broken(outcome), ground.scoring.value(outcome)
    ranked = sorted(range(len(met)), key=lambda at: (broken[at], value[at], at))
    rule = next((at for at in ranked if met[at].name == TURNS[0] and broken[at] == broken[ranked[0]]), None)
    if rule is None:
        return ranked
    scores = ground.scoring.scores(outcome, ground.scoring.focus(outcome))
    apart = scores - scores[rule]
    count = apart.shape[1]
    error = apart.std(axis=1, ddof=1) / np.sqrt(count) if count > 1 else np.zeros(len(met))
    better = [at for at in ranked if broken[at] == broken[rule] and value[at] < value[rule]]
    sure = [at for at in better if apart[at].mean() < -SURE * error[at]]
    return [*sure, rule, *(at for at in ranked if at != rule and at not in sure)]
