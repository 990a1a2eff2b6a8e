"""THE recipe of an optimisation: search, prove, compare before and after, and say what it takes."""

from __future__ import annotations

from dataclasses import replace

from onelogin_sim.alternatives import Alternative
from onelogin_sim.comparison import DELTA, Comparison
from onelogin_sim.errors import Finding
from onelogin_sim.optimising.as_kept import as_kept, findings
from onelogin_sim.optimising.convergence import convergence
from onelogin_sim.optimising.front import trade_offs
from onelogin_sim.optimising.judging import Judge
from onelogin_sim.optimising.key_moves import KeyMoves, key_moves
from onelogin_sim.optimising.optimised import Optimised, Question, ReadableRule, Rival
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import KINDS, Checkpoint, Found, Report
from onelogin_sim.orders.search.proof import Proof, prove
from onelogin_sim.orders.search.searching import search
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario import Scenario
from onelogin_sim.study import compare
from onelogin_sim.uniforms import decision_key

#: Futures in which key moves are chosen.
CHOOSING = 400

#: Futures in which the load before and after is told, the first of a forecast's; months and weeks, not single days.
LOADED = 100


def look(
    scenario: Scenario,
    question: Question,
    *,
    workers: int = 1,
    checkpoint: Checkpoint | None = None,
    progress: Report | None = None,
) -> Found:
    """Search for a better order. Interrupted, it returns the best so far.

    Raises
    ------
    PlanError, ValueError
        As `orders.search.searching.search`.
    """
    return search(
        scenario.plan(),
        question.objectives,
        question.limits,
        start=question.start,
        budget=question.budget,
        seed=question.seed,
        workers=workers,
        checkpoint=checkpoint,
        progress=progress,
    )


def judge(scenario: Scenario, question: Question, found: Found, *, workers: int = 1) -> Optimised:
    """Return what may be claimed of what a search found, and what it takes to adopt it.

    Raises
    ------
    ValueError
        When there are too few replications for a proof.
    """
    plan, start = scenario.plan(), question.start
    permitted = Permitted(plan, question.limits)
    proof = prove(
        plan,
        found,
        start,
        question.objectives,
        seed=question.seed,
        replications=question.proved,
        delta=question.delta,
        limits=question.limits,
        rules=[rule(plan) for rule in RULES.values()],
        workers=workers,
    )
    own = proof.nominated.digest == start.digest
    name = start.name if own else new_name(scenario, start)
    nominated = replace(proof.nominated, name=name)
    better = proof.answer.digest != start.digest
    # The futures of the claim, so that every gain told is one of a piece with it.
    telling = Judge(
        plan, question.objectives, question.seed, question.proved[-question.replications :], workers=workers
    )
    return Optimised(
        title=scenario.file.scenario,
        variants=scenario.variants,
        plan=plan,
        question=question,
        name=name,
        found=found,
        proof=proof,
        nominated=nominated,
        comparison=None if own else _before_and_after(scenario, question, nominated),
        rivals=_rivals(permitted, nominated, telling),
        rule=None if own else _rule(found, nominated, telling),
        key_moves=_key_moves(question, nominated, permitted, telling, workers) if better else None,
        curve=convergence(found, start, telling),
        front=trade_offs(
            plan,
            plan.targets[question.target],
            permitted,
            start,
            () if own else (nominated,),
            question.seed,
            question.compared,
            verification=scenario.verification(),
            workers=workers,
        ),
        findings=(*_findings(scenario), *_left_open(plan, question, proof)),
    )


def new_name(scenario: Scenario, start: Order) -> str:
    """Return a name for a found order that no order of the scenario has."""
    taken = {*scenario.file.orders, *RULES, start.name}
    names = ["found", *(f"found-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _findings(scenario: Scenario) -> tuple[Finding, ...]:
    return tuple(Finding("scenario", str(problem)) for problem in scenario.findings)


def _left_open(plan: Plan, question: Question, proof: Proof) -> tuple[Finding, ...]:
    """What the limits leave open under the answer; nothing where that does not keep them."""
    if proof.own_breaks and proof.answer is question.start:
        return ()
    claimed = question.proved[-question.replications :]
    return findings(as_kept(plan, proof.answer, question.limits, seed=question.seed, replications=claimed))


def _before_and_after(scenario: Scenario, question: Question, nominated: Order) -> Comparison:
    """The planner's own order and the nominated one, as `compare` has any two; too little work for processes."""
    pair = [
        Alternative(
            scenario.file.scenario,
            scenario.variants,
            scenario.plan(),
            order,
            _findings(scenario),
            scenario.verification(),
        )
        for order in (question.start, nominated)
    ]
    parts = question.objectives.parts
    in_days = len(parts) == 1 and KINDS[parts[0].kind] == "days"
    return compare(
        pair,
        question.replications,
        question.seed,
        target=scenario.plan().targets[question.target].id,
        # What is too little to act on may be asked for in percent; targets are compared in days all the same.
        delta=question.delta if in_days else DELTA,
        load_replications=LOADED,
    )


def _rivals(permitted: Permitted, nominated: Order, telling: Judge) -> tuple[Rival, ...]:
    """Every known rule as the limits make it: one that breaks them is no rival."""
    rules = [rule(permitted.plan) for rule in RULES.values()]
    kept = [permitted.kept(rule) for rule in rules]
    found = [
        Rival(rule.name, gain, changed=made is not rule)
        for rule, made, gain in zip(rules, kept, telling.gains(nominated, kept), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.gain.value, one.name)))


def _rule(found: Found, nominated: Order, telling: Judge) -> ReadableRule | None:
    if found.rule is None:
        return None
    (loss,) = telling.gains(nominated, [found.rule.order])
    return ReadableRule(found.rule, loss)


def _key_moves(
    question: Question, nominated: Order, permitted: Permitted, telling: Judge, workers: int
) -> KeyMoves:
    seed = decision_key("@key moves", str(question.seed))
    choosing = Judge(permitted.plan, question.objectives, seed, range(CHOOSING), workers=workers)
    return key_moves(question.start, nominated, permitted, choosing, telling)
