"""What a scenario means, where it is easy to get wrong."""

import pickle

import numpy as np
import pytest

import onelogin_sim
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import LONGEST, deterministic, draw
from onelogin_sim.engines import reference
from onelogin_sim.errors import PlanError
from plans import everything, order, tiny
from scenario_files import write_tiny


def resolved(folder, *, more="", services=None, pathways=""):
    """The tiny scenario with lines added to it, as (plan, order)."""
    file = write_tiny(folder)
    text = file.read_text(encoding="utf-8").replace("pathways:\n", f"pathways:\n{pathways}")
    file.write_text(text + more, encoding="utf-8")
    if services:
        (file.parent / "services.csv").write_text(services, encoding="utf-8")
    scenario = onelogin_sim.load_scenario(file)
    return scenario.plan(), scenario.order()


ENABLER = """\
enablers:
  - {id: shared, name: Shared, department: dep, pathway: long, gates: build}
"""
WAITS = "id,name,department,pathway,needs\none,One,dep,short,shared\n"
LONG = """\
  long:
    - {stage: move, days: 3}
    - {stage: live, days: 1, live: true}
    - {stage: after, days: 10}
"""


def test_an_enabler_is_done_when_its_last_stage_is_even_if_one_is_marked_live(tmp_path):
    plan, served = resolved(tmp_path, more=ENABLER, services=WAITS, pathways=LONG)
    timeline = reference.run(plan, served, deterministic(plan))
    last = plan.tasks_of["shared"][-1]
    build = plan.tasks_of["one"][0]
    assert plan.tasks[last].stage == "after"
    assert timeline.start[0, build] >= timeline.finish[0, last]


def test_a_departments_readiness_holds_its_enablers_and_both_share_the_draw(tmp_path):
    readiness = "readiness:\n  department: {cumulative: [[0, 0.0], [200, 1.0]]}\n"
    plan, _ = resolved(tmp_path, more=ENABLER + readiness, services=WAITS, pathways=LONG)
    earliest = draw(plan, 1, 50).earliest
    assert (earliest[:, plan.item_index["one"]] == earliest[:, plan.item_index["shared"]]).all()
    assert len(np.unique(earliest)) > 20


def test_nothing_overflows_however_slow(tmp_path):
    slow = "pace: {programme: 100, department: 100}\noptimism_bias: {factor: 100, covers: all}\n"
    plan, served = resolved(tmp_path, more=slow)
    draws = draw(plan, 1, 3)
    assert draws.days.max() == LONGEST
    assert (reference.run(plan, served, draws).finish[:, 0] == NEVER).all()


@pytest.mark.parametrize("made", [tiny(), everything()], ids=["tiny", "everything"])
def test_a_plan_is_sent_without_what_it_has_worked_out(made):
    """Else a worker's plan is pickled while another thread adds to it: "dictionary changed size"."""
    before = made.digest
    assert made.predecessors is not None
    assert made.calendars[0].worked_before is not None
    sent = pickle.loads(pickle.dumps(made))
    assert set(vars(sent)) == set(type(made).__dataclass_fields__)
    assert set(vars(sent.calendars[0])) == set(type(made.calendars[0]).__dataclass_fields__)
    assert sent.digest == before


def test_draws_and_orders_of_another_plan_are_refused():
    small, large = tiny(), everything()
    with pytest.raises(PlanError, match="these draws were made for another plan"):
        reference.run(small, order(small), deterministic(large))
    with pytest.raises(PlanError, match="the order 'listed' was made for another plan"):
        reference.run(small, order(large), deterministic(small))
