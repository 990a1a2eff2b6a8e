"""Is the scenario right? Every problem, or what it holds."""

from __future__ import annotations

from onelogin_sim.cli.options import File, Json, Variants
from onelogin_sim.cli.output import plain, print_json


def validate(file: File, variant: Variants = None, json_: Json = False) -> None:
    """Check a scenario and each of its variants; list every problem with file, line and column."""
    from onelogin_sim.report.formats import plural
    from onelogin_sim.scenario import validate_scenario

    scenario = validate_scenario(file, tuple(variant or ()))
    plan = scenario.plan()
    if json_:
        findings = [plain(finding) for finding in scenario.findings]
        print_json({"valid": True, "problems": [], "findings": findings, "digest": plan.digest})
        return
    for finding in scenario.findings:
        print(f"worth a look: {finding}")
    live = sum(service.live_on is not None for service in plan.services)
    counts = (
        plural(len(plan.items) - len(plan.services), "enabler"),
        plural(len(plan.tasks), "task"),
        plural(len(plan.targets), "target"),
        plural(len(scenario.file.variants), "variant"),
    )
    services = f"{plural(len(plan.services), 'service')} ({live} live)"
    print(f"{file}: valid. {', '.join((services, *counts))}. Digest {plan.digest[:12]}.")
