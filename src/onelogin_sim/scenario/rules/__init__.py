"""What must hold between values: one function per rule, all run, all reported together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from onelogin_sim.scenario.rules import (
    capacity,
    check_capacity,
    cycles,
    dates,
    figures,
    ids,
    orders,
    pathways,
    references,
    risks,
    states,
    targets,
    verification,
)
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw

RULES: tuple[Callable[[Facts], Iterator[Flaw]], ...] = (
    ids.ids_are_unique,
    ids.department_team_is_no_resource,
    references.items_name_what_exists,
    references.tables_name_what_exists,
    references.stages_name_what_exists,
    references.risks_name_what_exists,
    references.orders_name_what_exists,
    figures.figures_make_a_distribution,
    dates.horizon_fits,
    dates.what_is_known_is_past,
    dates.departments_come_forward_in_time,
    dates.what_is_to_come_is_not_past,
    dates.capacity_changes_lie_ahead,
    dates.targets_lie_within_the_horizon,
    dates.periods_run_forwards,
    states.states_are_clear,
    states.what_is_not_live_has_work,
    states.running_stages_can_run,
    states.unknown_identity_has_a_share,
    states.nothing_waits_for_itself,
    states.gates_are_on_the_way,
    pathways.milestones_need_nothing,
    pathways.live_stage_always_happens,
    pathways.repeats_are_apart,
    capacity.needs_can_be_met,
    capacity.team_needs_can_be_met,
    check_capacity.check_needs_are_clear,
    check_capacity.enablers_make_no_checks,
    check_capacity.check_needs_can_be_met,
    check_capacity.switched_off_is_at_no_risk,
    targets.targets_say_how_much,
    targets.targets_can_be_reached,
    targets.volumes_are_known,
    targets.volumes_have_units,
    risks.risks_have_one_effect,
    risks.delayed_items_have_the_stage,
    cycles.waits_form_no_cycle,
    orders.orders_are_complete,
    verification.names_exist,
    verification.users_are_people,
    verification.segments_are_whole,
    verification.routes_lead_somewhere,
    verification.stations_have_one_unit,
    verification.stations_open,
    verification.seasons_fit,
    verification.ramps_rise,
)


def flaws(facts: Facts) -> Iterator[Flaw]:
    """Iterate over everything that breaks a rule."""
    for rule in RULES:
        yield from rule(facts)
