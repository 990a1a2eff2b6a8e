"""The last stage: what was considered along the way meets once more, in fresh futures, with the planner's own order."""

from __future__ import annotations

import numpy as np

from onelogin_sim.errors import PlanError
from onelogin_sim.orders.search.ground import Candidate, Ground

#: How many meet, and in how many futures at most.
FINALISTS, ENOUGH = 7, 2000

#: Futures below which a share is not judged.
JUDGED = 20


def meet(ground: Ground, room: int) -> bool:
    """Rank the finalists and value the planner's own order. One step. Returns True: it is done.

    Raises
    ------
    PlanError
        When none of them keeps the limits that are judged by simulation.
    """
    state = ground.state
    latest = [one for one in reversed(state.considered) if one != ground.best]
    met = [ground.best, *latest][: min(FINALISTS, max(room - 1, 1))]
    futures = min(room // (len(met) + 1), ENOUGH)
    rows = ground.fresh(max(futures, 1))
    own = Candidate("your own", ground.start.rank, ground.start.hold_backs)
    start = ground.run(np.array([own.rank]), [own.hold_backs], rows, as_they_are=True)
    state.start_value = float(ground.scoring.value(start)[0])
    if futures < 1:
        # A single schedule: nothing was compared, and the incumbent is the planner's own.
        state.considered = met
        ground.note(state.start_value)
        return True
    outcome = ground.compare(met, rows)
    value, broken = ground.scoring.value(outcome), ground.scoring.broken(outcome)
    ranked = sorted(range(len(met)), key=lambda at: (broken[at], value[at], at))
    if broken[ranked[0]] > 0 and futures >= JUDGED:
        missed = ", ".join(ground.scoring.missed(outcome, ranked[0]))
        raise PlanError(
            f"no order was found that keeps every limit in {ground.scoring.limits.share:.0%} of futures; "
            f"the best does not keep: {missed}"
        )
    least = broken[ranked[0]]
    state.considered = [met[at] for at in ranked if broken[at] == least]
    state.best = met[ranked[0]]
    ground.note(float(value[ranked[0]]))
    return True
