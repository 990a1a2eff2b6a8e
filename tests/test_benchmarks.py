"""The benchmarks run and their peers simulate what they should. Nothing is timed here."""

import json
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from plans import NEVER, order, plan, stage, worked

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no part of the package

from benchmarks import engines, run, starting
from benchmarks.figure import Figure
from benchmarks.peers import heap_loop, priority_resource
from benchmarks.plans import SERVICES_PER_DEPARTMENT, STAGES, Shape, make
from benchmarks.registry import BENCHMARKS, title
from benchmarks.scale import FULL, QUICK, TINY

from onelogin_sim.draws import draw
from onelogin_sim.engines import reference

needs_a_compiler = pytest.mark.skipif(not heap_loop.is_available(), reason="there is no C compiler")


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name != "compiling"])
def test_every_benchmark_runs(name):
    """All but `compiling`, which has a test of its own below."""
    figures = BENCHMARKS[name](TINY)
    assert figures
    assert len({figure.name for figure in figures}) == len(figures)
    assert all(math.isfinite(value) for figure in figures for value in figure.values)
    assert title(name).endswith(".")


def test_the_sizes_the_project_promises_are_those_measured():
    assert (FULL.services, FULL.forecast, FULL.rerun, FULL.rerun_slow) == (200, 10_000, 1000, 10)
    assert FULL.sizes == (200, 1000, 5000)
    assert (FULL.runs[0], FULL.runs[-1]) == (1000, 100_000)
    assert QUICK.scenario == FULL.scenario
    assert FULL.scenario.is_file()


def test_the_synthetic_plan_has_the_size_the_project_promises():
    made = make(Shape(200))
    between = [arc for arc in made.arcs if made.tasks[arc[0]].item != made.tasks[arc[1]].item]
    assert (len(made.services), len(made.tasks), len(made.resources)) == (200, 1400, 22)
    assert 270 <= len(between) <= 330
    assert {len(task.needs) for task in made.tasks} == {1}
    assert any(before > after for before, after in made.arcs)


def test_resources_grow_with_services():
    small, large = make(Shape(100)), make(Shape(500))
    for made in (small, large):
        departments = math.ceil(len(made.services) / SERVICES_PER_DEPARTMENT)
        pools = {pool for _, pool, _ in STAGES.values() if pool}
        assert len(made.resources) == departments + len(pools)
    units = {made: sum(resource.most for resource in made.resources) for made in (small, large)}
    assert units[large] == pytest.approx(5 * units[small], rel=0.15)


def test_three_stages_of_a_double_plan_need_two_resources():
    made = make(Shape(12, double=True))
    first = [task for task in made.tasks if task.item == made.items[0].id]
    assert [len(task.needs) for task in first] == [1, 1, 2, 1, 2, 2, 1]


@pytest.mark.parametrize(
    "shape", [Shape(40), Shape(40, every_day=False), Shape(40, double=True)], ids=lambda shape: shape.name
)
def test_the_engines_agree_on_the_synthetic_plans(shape):
    assert engines.agreement(shape, TINY).values == (100.0,)


def two_services():
    """Two services that want one team, `b` served first; `c` waits for `a` and has a team of its own."""
    made = plan(
        {"a": [stage(3, team=1)], "b": [stage(2, team=1)], "c": [stage(4, own=1)]},
        arcs=[("a", "c")],
        resources={"team": 1, "own": 1},
        horizon=9,
    )
    return made, order(made, "b a c"), draw(made, 1, 2)


@needs_a_compiler
def test_the_c_loop_by_hand():
    """`c` would finish on day 9, the first outside."""
    start, finish = heap_loop.Model(*two_services()[:2]).run(two_services()[2].days)
    assert start.tolist() == [[2, 0, 5]] * 2
    assert finish.tolist() == [[5, 2, NEVER]] * 2


@needs_a_compiler
def test_the_c_loop_refuses_what_it_cannot_run():
    made = plan({"a": [stage(1, team=1, own=1)]}, resources={"team": 1, "own": 1})
    with pytest.raises(ValueError) as caught:
        heap_loop.Model(made, order(made))
    assert str(caught.value) == "the C loop runs plans in which each task needs one unit of one resource"


def test_the_simpy_model_by_hand():
    made, served, draws = two_services()
    assert priority_resource.Model(made, served).run(draws.days).tolist() == [[5, 2, NEVER]] * 2


def queue_at_a_busy_team():
    """The team is busy to day 5; `b` asks for it on day 1, `c`, served before `b`, on day 2."""
    made = plan(
        {
            "a": [stage(5, team=1)],
            "b": [stage(1, own=1), stage(4, team=1)],
            "c": [stage(2, own=1), stage(3, team=1)],
        },
        resources={"team": 1, "own": 2},
    )
    return made, order(made, "a c b")


def test_the_simpy_model_serves_a_queue_by_rank():
    made, served = queue_at_a_busy_team()
    assert priority_resource.Model(made, served).run(draw(made, 1, 1).days).tolist() == [[5, 1, 12, 2, 8]]


@needs_a_compiler
def test_the_c_loop_serves_a_queue_by_rank():
    made, served = queue_at_a_busy_team()
    start, finish = heap_loop.Model(made, served).run(draw(made, 1, 1).days)
    assert start.tolist() == [[0, 0, 8, 0, 5]]
    assert finish.tolist() == [[5, 1, 12, 2, 8]]


def test_nested_requests_do_not_wait_for_each_other():
    made = engines.case(Shape(40, double=True), 3)
    finish = priority_resource.Model(made.plan, made.order).run(made.draws.days)
    assert finish.max() < NEVER


def test_working_days_become_days():
    """Two working days in a row, then one off: the second one's work ends on the day off."""
    calendar = worked("office", "..##.##.", first=-2)
    start, finish = engines.in_days(calendar, np.array([0, 2, 4, NEVER]), np.array([2, 4, NEVER, NEVER]))
    assert start.tolist() == [0, 3, NEVER, NEVER]
    assert finish.tolist() == [2, 5, NEVER, NEVER]


def test_orders_by_round_are_different_permutations():
    made = make(Shape(12))
    ranks = {engines.rotated(made, places).rank for places in range(4)}
    assert len(ranks) == 4
    assert all(sorted(rank) == list(range(12)) for rank in ranks)


def test_a_second_forecast_compiles_nothing():
    (figure,) = BENCHMARKS["compiling"](TINY)
    assert figure.values == (0.0,)


def test_compiling_is_seen(monkeypatch):
    """The recorder that finds nothing compiled finds it when something is."""
    import numba

    def forecast(*_, **__):
        numba.njit(lambda value: value + 1)(1)

    monkeypatch.setattr("onelogin_sim.study.forecast", forecast)
    assert starting.functions_compiled(TINY.scenario, 1) == 1


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (
            Figure("engine", (580.0, 612.0, 640.0), at_least=400),
            "engine: target >= 400: reached 612 times (580-640)",
        ),
        (
            Figure("sums", (3.0, 2.5, 2.04), at_most=2, note="why"),
            "sums: target <= 2: MISSED, at 2.5 times (2.04-3); why",
        ),
        (Figure("loop", (1.5,), at_least=3), "loop: target >= 3: MISSED, at 1.5 times"),
        (Figure("read", (1234.5,), unit="ms"), "read: 1,234 ms"),
    ],
)
def test_figures_in_words(figure, text):
    assert str(figure) == text


def test_a_figure_as_a_row():
    row = Figure("sums", (3.0, 2.5, 2.04), at_most=2, note="why").as_row()
    assert row == "| sums | <= 2 | 2.5 times (2.04 to 3), **missed** | why |"
    assert Figure("read", (12.0,), unit="ms").as_row() == "| read |  | 12 ms |  |"


def test_the_guide_names_every_benchmark():
    text = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == list(BENCHMARKS)


def test_the_command_prints_and_keeps_what_it_is_asked_for(monkeypatch, capsys, tmp_path):
    kept = tmp_path / "figures.json"
    monkeypatch.setattr(run, "QUICK", TINY)
    monkeypatch.setattr(
        sys, "argv", ["run.py", "--quick", "--only", "double", "--table", "--json", str(kept)]
    )
    run.main()
    printed = capsys.readouterr().out
    written = json.loads(kept.read_text(encoding="utf-8"))
    assert list(written["figures"]) == ["double"]
    assert f"engine '{engines.ENGINE}'" in printed
    for figure in written["figures"]["double"]:
        assert f"  {figure['name']}: " in printed
        assert f"| {figure['name']} | " in printed
    aimed = [figure for figure in written["figures"]["double"] if figure["at_least"] is not None]
    met = [figure for figure in aimed if figure["is_met"]]
    assert f"\n{len(met)} of {len(aimed)} targets reached" in printed


def test_few_replications_equal_the_first_of_many():
    """Agreement is judged on the first replications; they must be the same futures."""
    made = engines.case(Shape(12), TINY.fast)
    few = draw(made.plan, engines.SEED, TINY.slow)
    assert np.array_equal(few.days, made.draws.days[: TINY.slow])
    assert reference.run(made.plan, made.order, few).finish.max() < NEVER
