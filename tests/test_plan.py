"""A Plan is valid when it exists, has one digest, and an Order is a permutation of its items."""

from dataclasses import fields, is_dataclass, replace
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

import strategies
from onelogin_sim.distributions import Distribution
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import (
    Barrier,
    CapacityLoss,
    Delay,
    Department,
    Gate,
    NotBefore,
    Order,
    Resource,
    Risk,
    Target,
)
from plans import every_day, everything, order, plan, stage, tiny, worked


def refusal(make, *arguments, **keywords):
    """The text of the PlanError."""
    with pytest.raises(PlanError) as caught:
        make(*arguments, **keywords)
    return str(caught.value)


# -- validity: one test per rule, with its exact text -------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["items", "departments", "calendars", "resources", "barriers", "risks", "targets"]
)
def test_ids_are_unique(kind):
    full = everything()
    entries = getattr(full, kind)
    text = refusal(replace, full, **{kind: (entries[0], *entries)})
    assert text == f"{kind}: '{entries[0].id}' is there twice"


@pytest.mark.parametrize("kind", ["items", "departments", "calendars", "resources", "barriers", "risks"])
def test_everything_is_in_the_order_of_its_ids(kind):
    full = everything()
    text = refusal(replace, full, **{kind: tuple(reversed(getattr(full, kind)))})
    assert text == f"{kind} must be in the order of their ids"


def test_targets_stay_in_the_planners_order():
    """The first target is the headline."""
    full = everything()
    assert replace(full, targets=full.targets[::-1]).targets == full.targets[::-1]


def change_task(full, index, **changes):
    return replace(
        full,
        tasks=tuple(replace(task, **changes) if at == index else task for at, task in enumerate(full.tasks)),
    )


def test_everything_named_exists():
    full = everything()
    somewhere = "gateway.migrate: "
    assert refusal(change_task, full, 0, calendar="ofice") == (
        somewhere + "'ofice' is not among the calendars; did you mean 'office'?"
    )
    assert refusal(change_task, full, 0, needs=(("pannel", 1),)) == (
        somewhere + "'pannel' is not among the resources; did you mean 'panel'?"
    )
    assert refusal(change_task, full, 0, slowed_by=("money",)) == (
        somewhere + "'money' is not among the barriers; known: legacy, skills"
    )
    assert refusal(change_task, full, 0, item="gatway") == (
        "gatway.migrate: 'gatway' is not among the items; did you mean 'gateway'?"
    )
    assert refusal(replace, full, items=(replace(full.items[0], department="hmtc"), *full.items[1:])) == (
        "gateway: 'hmtc' is not among the departments; did you mean 'hmrc'?"
    )


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        (CapacityLoss("pane", 1, 5, 0, 9), "r9: 'pane' is not among the resources; did you mean 'panel'?"),
        (NotBefore(("mott",), 0, 9), "r9: 'mott' is not among the items; did you mean 'mot'?"),
        (
            Delay("build", ("xyz",), Distribution("fixed", (1.0,))),
            "r9: 'xyz' is not among the items; known: gateway, mot, passport, pension, tax",
        ),
    ],
)
def test_what_a_risk_touches_exists(effect, text):
    assert refusal(replace, everything(), risks=(Risk("r9", "", 0.5, effect),)) == text


def test_calendars_cover_every_day():
    """From the oldest start to the horizon: a day outside would be read from the other end of the array."""
    text = "calendar 'every_day' covers days {} to {}, the plan needs {} to {}"
    assert refusal(plan, {"a": [stage(3, since=-61)]}) == text.format(-60, 99, -61, 99)
    assert refusal(plan, {"a": [3]}, first=1) == text.format(1, 99, 0, 99)
    assert refusal(replace, tiny(), horizon=21) == text.format(-60, 19, 0, 20)
    assert refusal(replace, tiny(), horizon=19) == text.format(-60, 19, 0, 18)


def test_tasks_follow_their_items():
    small = tiny()
    assert refusal(replace, small, tasks=small.tasks[::-1]) == "tasks must be in the order of their items"


def test_an_item_has_tasks_exactly_when_it_is_not_live():
    text = "{}: an item has tasks exactly when it is not live yet"
    assert refusal(plan, {"a": [1], "b": []}) == text.format("b")
    assert refusal(plan, {"a": [1]}, details={"a": {"live_on": -3}}) == text.format("a")


def test_only_the_first_task_may_be_running():
    text = "a.{}: only an item's first task may be running, since day 0 or earlier"
    assert refusal(plan, {"a": [2, stage(3, since=-1)]}) == text.format("s1")
    assert refusal(plan, {"a": [stage(3, since=1)]}) == text.format("s0")
    assert plan({"a": [stage(3, since=0), 2]}).tasks[0].since == 0


def test_what_is_running_exists_and_takes_time():
    text = "a.s0: what is running exists and takes time"
    assert refusal(plan, {"a": [stage(0, since=-1), 1]}) == text
    assert refusal(plan, {"a": [stage(2, since=-1, gates=(Gate("g", 0.5),)), 1]}) == text


def test_milestones_take_nothing():
    text = "a.s0: a stage of zero days takes no resource and is not the live stage"
    assert refusal(plan, {"a": [stage(0, team=1)]}, resources={"team": 1}) == text
    assert refusal(plan, {"a": [stage(0, live=True)]}) == text


def test_the_live_stage_always_exists():
    text = "a.s0: the live stage always exists"
    assert refusal(plan, {"a": [stage(2, live=True, gates=(Gate("g", 0.5),))]}) == text


def test_a_need_above_every_capacity_ever_is_refused():
    """Four of a team that grows to three; three is fine although there is only one at first."""
    resources = {"team": [(0, 1), (9, 3), (20, 2)]}
    assert plan({"a": [stage(2, team=3)]}, resources=resources)
    assert refusal(plan, {"a": [stage(2, team=4)]}, resources=resources) == (
        "a.s0: needs 4 of 'team', which never has more than 3"
    )
    assert refusal(plan, {"a": [stage(2, team=0)]}, resources=resources) == (
        "a.s0: needs 0 of 'team', which never has more than 3"
    )


def test_a_cycle_is_shown_as_a_path():
    text = refusal(plan, {"a": [1, 1], "b": [1], "c": [1]}, arcs=[("a", "b"), ("b", "c"), ("c", "a")])
    assert text == "cycle: a.s0 → a.s1 → b.s0 → c.s0 → a.s0"
    assert refusal(plan, {"a": [1]}, arcs=[("a", "a")]) == "cycle: a.s0 → a.s0"


def test_arcs_join_tasks_that_exist():
    for arcs in (((0, 9),), ((-1, 1),)):
        assert refusal(replace, tiny(), arcs=arcs) == "arcs name tasks that do not exist"


def test_a_plan_without_items_is_valid():
    """Nothing to do is not a contradiction."""
    assert plan({}).services == ()


@given(strategies.plans())
def test_the_strategy_makes_valid_plans(made):
    """And every look-up of a valid plan works."""
    assert len(made.calendar_of) == len(made.needs_of) == len(made.predecessors) == len(made.tasks)
    assert sorted(index for span in made.tasks_of.values() for index in span) == list(range(len(made.tasks)))
    assert len(made.services) == len(made.users) == len(made.department_of)
    assert set(made.go_live_task) == {service.id for service in made.services if service.live_on is None}
    assert len(made.digest) == 64


# -- look-ups -----------------------------------------------------------------------------------------------


def test_capacity_by_day():
    """Steps take effect on their day; before day 0 the first counts."""
    resource = Resource("team", "Team", ((0, 2), (10, 0), (15, 4)))
    assert [resource.capacity(day) for day in (-5, 0, 9, 10, 14, 15, 99)] == [2, 2, 2, 0, 0, 4, 4]
    assert resource.most == 4


def test_look_ups_by_hand():
    full = everything()
    assert [service.id for service in full.services] == ["mot", "passport", "pension", "tax"]
    spans = {item: (span.start, span.stop) for item, span in full.tasks_of.items() if span}
    assert spans == {"gateway": (0, 1), "mot": (1, 9), "passport": (9, 11), "pension": (11, 13)}
    assert full.tasks_of["tax"] == range(0)
    assert full.go_live_task == {"mot": (7, True), "passport": (10, True), "pension": (12, False)}
    assert full.users.tolist() == [300, 500, 200, 1000]
    assert full.department_of.tolist() == [0, 1, 1, 1]
    assert full.needs_of[2] == ((0, 1), (2, 1))  # crew and team, by resource index
    assert full.predecessors[6] == (0, 5)  # "agreed" waits for the gateway and for its own check
    assert full.predecessors[0] == ()
    assert full.predecessors[11] == (10,)


def test_the_graph_is_between_items_and_names_the_gated_stage():
    graph = everything().graph()
    assert set(graph.nodes) == {"gateway", "mot", "passport", "pension", "tax"}
    assert list(graph.edges(data="stage")) == [("gateway", "mot", "agreed"), ("passport", "pension", "find")]
    assert graph.nodes["gateway"] == {"name": "Gateway", "department": "hmrc", "kind": "enabler"}


# -- digest -------------------------------------------------------------------------------------------------


def test_display_names_are_not_in_the_digest():
    full = everything()
    renamed = replace(
        full,
        **{
            kind: tuple(replace(entry, name="New " + entry.name) for entry in getattr(full, kind))
            for kind in ("items", "departments", "resources", "risks", "targets")
        },
    )
    assert renamed.digest == full.digest


def test_equal_plans_made_apart_have_one_digest():
    assert everything().digest == everything().digest
    assert len({everything().digest, tiny().digest}) == 2
    small = tiny()
    assert replace(small, arcs=small.arcs[::-1]).digest == small.digest


def variants_of(value):
    """Every value reachable by changing one leaf, as (path, changed value)."""
    if is_dataclass(value):
        for field in fields(value):
            for path, changed in variants_of(getattr(value, field.name)):
                yield (
                    f"{type(value).__name__}.{field.name}{path}",
                    lambda v=value, f=field.name, c=changed: replace(v, **{f: c() if callable(c) else c}),
                )
    elif isinstance(value, tuple):
        for place, entry in enumerate(value):
            for path, changed in variants_of(entry):
                yield (
                    path,
                    lambda v=value, p=place, c=changed: (*v[:p], c() if callable(c) else c, *v[p + 1 :]),
                )
    elif isinstance(value, bool):
        yield "", not value
    elif isinstance(value, int):
        yield "", value + 1
    elif isinstance(value, float):
        yield "", value * 1.01 + 0.001
    elif isinstance(value, Fraction):
        yield "", value / 2
    elif isinstance(value, str):
        yield "", value + "x"
    elif value is None:
        yield "", 1
    elif isinstance(value, np.ndarray):
        other = value.copy()
        other[-1] = not other[-1]
        yield "", other


def test_any_other_value_changes_the_digest():
    """Every leaf of the plan with every feature, changed alone: a valid result is another plan."""
    full = everything()
    seen, unnoticed = set(), []
    for path, make in variants_of(full):
        try:
            changed = make()
        except (PlanError, TypeError, AttributeError):
            continue  # not a plan any more
        if path.endswith(".name") or path == "Plan.illustrative":
            continue  # words and a stamp: they change no number
        seen.add(path)
        if changed.digest == full.digest:
            unnoticed.append(path)
    assert unnoticed == []
    for expected in (
        "Plan.strict",
        "Plan.itemsItem.users",
        "Plan.itemsItem.readinessDistribution.parameters",
        "Plan.tasksTask.durationDistribution.parameters",
        "Plan.tasksTask.needs",
        "Plan.tasksTask.gatesGate.probability",
        "Plan.tasksTask.since",
        "Plan.arcs",
        "Plan.calendarsCalendar.working",
        "Plan.calendarsCalendar.frozen",
        "Plan.resourcesResource.steps",
        "Plan.risksRisk.effectCapacityLoss.units",
        "Plan.targetsTarget.share",
        "Plan.pacePace.optimism_biasDistribution.parameters",
    ):
        assert expected in seen


def test_the_horizon_is_in_the_digest():
    """Calendars change with it, so it cannot be changed alone."""
    assert plan({"a": [1]}, horizon=10).digest != plan({"a": [1]}, horizon=11).digest


def test_the_kind_of_a_risk_is_in_the_digest():
    """A loss and a not-before with the same numbers are not the same."""
    full = everything()
    held = replace(full, risks=(Risk("r", "", 0.5, NotBefore((), 1, 2)),))
    other = replace(full, risks=(Risk("r", "", 0.5, NotBefore((), 1, 3)),))
    assert held.digest != other.digest


def test_a_plan_is_frozen():
    with pytest.raises(AttributeError):
        tiny().horizon = 3


# -- orders -------------------------------------------------------------------------------------------------


def needy():
    """`pay` and `tax` wait for `gate`, which waits for `base`; `spare` is an enabler nobody needs."""
    return plan(
        {"base": [1], "gate": [1], "spare": [1], "alone": [1], "pay": [1, 1], "tax": [1]},
        arcs=[("base", "gate"), ("gate", "pay.s1"), ("gate", "tax")],
        enablers=["base", "gate", "spare"],
        live={"done": -4},
    )


def test_an_unlisted_enabler_comes_just_before_the_first_service_that_needs_it():
    made = needy()
    assert order(made, "alone tax pay").ids(made) == ("alone", "base", "gate", "tax", "pay", "done", "spare")
    assert order(made, "pay alone tax").ids(made) == ("base", "gate", "pay", "alone", "tax", "done", "spare")


def test_a_listed_enabler_stays_where_it_is_listed():
    made = needy()
    assert order(made, "alone tax gate pay spare").ids(made)[:6] == (
        "alone",
        "base",
        "tax",
        "gate",
        "pay",
        "spare",
    )


def test_live_services_may_be_listed():
    made = needy()
    assert order(made, "done alone tax pay").ids(made)[:2] == ("done", "alone")


def test_enablers_needed_at_once_come_by_precedence_then_id():
    made = plan(
        {"a": [1], "x": [1], "y": [1], "z": [1]},
        arcs=[("z", "x"), ("x", "a"), ("y", "a")],
        enablers=["x", "y", "z"],
    )
    assert order(made, "a").ids(made) == ("y", "z", "x", "a")


def test_ranks_are_places_in_the_list():
    made = tiny()
    assert order(made, "c a b").rank == (1, 2, 0)
    assert order(made, "c a b").ids(made) == ("c", "a", "b")
    assert order(made, "c a b").name == "listed"
    assert Order.of(made, ["c", "a", "b"], name="mine").name == "mine"


@given(strategies.plans().flatmap(lambda made: strategies.orders(made).map(lambda it: (made, it))))
def test_an_order_is_a_permutation_and_comes_back_from_its_ids(case):
    made, drawn = case
    assert sorted(drawn.rank) == list(range(len(made.items)))
    again = Order.of(
        made,
        drawn.ids(made),
        hold_backs=[(made.items[held].id, made.items[until].id) for held, until in drawn.hold_backs],
    )
    assert again == drawn


def test_what_is_done_has_no_turn_and_holds_nobody_back():
    """By index: a 0, b 1, old 2, which is live; b first, then a, which waits for b on purpose."""
    made = plan({"a": [1], "b": [1]}, live={"old": -5})
    one = Order.of(made, ["old", "b", "a"], hold_backs=[("a", "b"), ("a", "old")])
    other = Order.of(made, ["b", "a", "old"], hold_backs=[("a", "b"), ("old", "b")])
    assert one.digest != other.digest
    assert one.turns(made) == other.turns(made) == ((1, 0), ((0, 1),))
    assert Order.of(made, ["b", "a"]).turns(made) == ((1, 0), ())


@given(strategies.plans())
def test_listing_services_alone_puts_each_enabler_before_who_needs_it(made):
    """Just before: no other service lies between an enabler and the first service that needs it."""
    services = [service.id for service in made.services if service.live_on is None]
    ids = Order.of(made, services).ids(made)
    graph = made.graph()
    for enabler in (item.id for item in made.items if item.kind == "enabler"):
        needing = [name for name in services if enabler in nx.ancestors(graph, name)]
        if needing:
            between = ids[ids.index(enabler) + 1 : ids.index(needing[0])]
            assert not set(between) & set(services)
    assert [name for name in ids if name in services] == services


def test_missing_repeated_and_unknown_services_are_named():
    made = needy()
    assert refusal(order, made, "alone") == "order: services missing: pay, tax"
    assert refusal(order, made, "alone pay tax pay alone") == "order: listed more than once: alone, pay"
    assert refusal(order, made, "alone paye tax") == (
        "order: 'paye' is not an item of the plan; did you mean 'pay'?"
    )


def test_hold_backs():
    made = needy()
    held = order(made, "alone pay tax", hold_backs=[("tax", "alone"), ("alone", "done")])
    index = made.item_index
    assert held.hold_backs == tuple(sorted([(index["tax"], index["alone"]), (index["alone"], index["done"])]))


def test_hold_backs_and_dependencies_may_not_form_a_cycle():
    made = needy()
    assert refusal(order, made, "alone pay tax", hold_backs=[("gate", "tax")]) == (
        "hold-backs and dependencies form a cycle: gate → tax → gate"
    )
    both = [("alone", "pay"), ("pay", "alone")]
    assert refusal(order, made, "alone pay tax", hold_backs=both) == (
        "hold-backs and dependencies form a cycle: alone → pay → alone"
    )
    assert refusal(order, made, "alone pay tax", hold_backs=[("pay", "pay")]) == (
        "hold-backs and dependencies form a cycle: pay → pay"
    )


def test_a_hold_back_names_items_of_the_plan():
    made = needy()
    for pair in (("payy", "tax"), ("tax", "payy")):
        assert refusal(order, made, "alone pay tax", hold_backs=[pair]) == (
            "order: 'payy' is not an item of the plan; did you mean 'pay'?"
        )


def test_builders_make_what_they_say():
    """The builders are code too: a calendar drawn as text, and every day worked from long ago."""
    calendar = worked("c", "#.x", first=-1)
    assert (calendar.working.tolist(), calendar.frozen.tolist()) == (
        [True, False, False],
        [False, False, True],
    )
    assert every_day(9).horizon == 9
    full = everything()
    assert Department("dvla", "DVLA", ("legacy",)) in full.departments
    assert {type(risk.effect) for risk in full.risks} == {Delay, CapacityLoss, NotBefore}
    assert isinstance(full.barriers[0], Barrier)
    assert isinstance(full.targets[0], Target)
