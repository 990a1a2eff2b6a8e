"""Every kind of bad input, each with the exact text a planner is shown.

A case is one edit of a valid scenario: file, text replaced (None: the whole file), replacement, message.
"""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from onelogin_sim import errors
from onelogin_sim.scenario import load_scenario, validate_scenario
from onelogin_sim.scenario.evidence import numbers
from scenario_files import FULL_SERVICES, TINY, edit, write_full, write_tiny

# fmt: off
CASES = [
    pytest.param(
        write_full, "scenario.yaml",
        "resources:\n",
        "resorces:\n",
        "scenario.yaml:19:1: resorces: is not a known key; did you mean 'resources'?",
        id="unknown key",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacty: 2",
        "scenario.yaml:20:24: resources.panel.capacty: is not a known key; did you mean 'capacity'?",
        id="unknown key inside",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hand_out: strict",
        "handout: strict",
        "scenario.yaml:6:1: handout: is not a known key; did you mean 'hand_out'?",
        id="unknown key of the planner's own kind",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep",
        "two,Two,dpe",
        "services.csv:3:9: services.two.department: is not a known department (found 'dpe'); did you mean 'dep'?",
        id="unknown department",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "trade,3,Trade,law,,,,,,,2024-03-01,8000,transactions,yes,none,full",
        "trade,3,Trade,law,,,,,,,2024-03-01,8000,transactions,yes,none,ful",
        "tables/services.csv:4:63: services.trade.pathway: is not a known pathway (found 'ful'); did you mean 'full'?",
        id="unknown pathway",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "law,,discovery,",
        "law,,discovry,",
        "tables/services.csv:3:20: services.court.stage: is not a known stage of the pathway 'full' (found 'discovry'); did you mean 'discovery'?",
        id="unknown running stage",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court:build;begun",
        "cort:build;begun",
        "tables/services.csv:2:67: services.pay.needs: is not a known service or enabler (found 'cort'); did you mean 'court'?",
        id="unknown need",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court:build;begun",
        "court:bild;begun",
        "tables/services.csv:2:67: services.pay.needs: is not a known stage of the pathway 'full' (found 'bild'); did you mean 'build'?",
        id="unknown stage of a need",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court:build;begun,hub",
        "court:build;begun,hubb",
        "tables/services.csv:2:85: services.pay.fronted_by: is not a known service (found 'hubb'); did you mean 'hub'?",
        id="unknown hub",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "Old gate;Paper",
        "Old gate;Papyrus",
        "tables/services.csv:2:98: services.pay.sign_in: is not in the sign-ins table (found 'Papyrus'); did you mean 'Paper'?",
        id="unmapped sign-in",
    ),
    pytest.param(
        write_full, "tables/sign_ins.csv",
        "Old gate,move-old",
        "Old gate,move-odl",
        "tables/sign_ins.csv:2:10: sign_ins.Old gate.enablers: is not a known enabler (found 'move-odl'); did you mean 'move-old'?",
        id="unknown enabler",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "pathway: shared, gates: migrate",
        "pathway: shared, gates: migrat",
        "scenario.yaml:15:82: enablers.move-old.gates: is not a known stage (found 'migrat'); did you mean 'migrate'?",
        id="unknown gate",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "winter,legacy",
        "wintr,legacy",
        "tables/departments.csv:2:45: departments.tax.freezes: is not a known freeze (found 'wintr'); did you mean 'winter'?",
        id="unknown freeze",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "winter,legacy",
        "winter,legcy",
        "tables/departments.csv:2:52: departments.tax.barriers: is not a known barrier (found 'legcy'); did you mean 'legacy'?",
        id="unknown barrier of a department",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "needs: {panel: 1}\n      assumption: A-NEEDS\n    - stage: build",
        "needs: {panl: 1}\n      assumption: A-NEEDS\n    - stage: build",
        "scenario.yaml:27:15: pathways.full.discovery.needs.panl: is not a known resource (found 'panl'); did you mean 'panel'?",
        id="unknown resource",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slowed_by: [legacy]",
        "slowed_by: [legacies]",
        "scenario.yaml:32:19: pathways.full.build.slowed_by: is not a known barrier (found 'legacies'); did you mean 'legacy'?",
        id="unknown barrier of a stage",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "from: migrate, at_most",
        "from: migrte, at_most",
        "scenario.yaml:42:40: pathways.full.assurance.repeat.from: is not a known stage of the pathway 'full' (found 'migrte'); did you mean 'migrate'?",
        id="unknown stage of a repeat",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "stages: [live]",
        "stages: [liv]",
        "scenario.yaml:49:88: freezes.winter.stages: is not a known stage (found 'liv'); did you mean 'live'?",
        id="unknown stage of a freeze",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "delay: {stage: migrate",
        "delay: {stage: migrte",
        "scenario.yaml:64:65: risks.R-1.delay.stage: is not a known stage (found 'migrte'); did you mean 'migrate'?",
        id="unknown stage of a risk",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "items: [pay, trade]",
        "items: [pay, trad]",
        "scenario.yaml:64:87: risks.R-1.delay.items: is not a known service or enabler (found 'trad'); did you mean 'trade'?",
        id="unknown item of a risk",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "department_team:law",
        "department_team:lwa",
        "scenario.yaml:65:66: risks.R-2.capacity.resource: is not a known resource (found 'department_team:lwa'); did you mean 'department_team:law'?",
        id="unknown resource of a risk",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "as_planned: [pay, court, trade, hub]",
        "as_planned: [pay, court, trade, hub, xyz]",
        "scenario.yaml:68:40: orders.as_planned: is not a known service or enabler (found 'xyz'); known: begun, court, done-already, hub, move-old, new-screen, pay, seen, trade",
        id="unknown item of an order",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "rule: biggest-first",
        "rule: bigest-first",
        "scenario.yaml:70:25: orders.biggest_first.rule: is not a known rule (found 'bigest-first'); did you mean 'biggest-first'?",
        id="unknown rule",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hold_back: {pay: court}",
        "hold_back: {pya: court}",
        "scenario.yaml:69:59: orders.backwards.hold_back.pya: is not a known service or enabler (found 'pya'); did you mean 'pay'?",
        id="unknown item held back",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hold_back: {pay: court}",
        "hold_back: {pay: curt}",
        "scenario.yaml:69:64: orders.backwards.hold_back.pay: is not a known service or enabler (found 'curt'); did you mean 'court'?",
        id="unknown item waited for",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "services: {trade: 4}",
        "services: {trde: 4}",
        "scenario.yaml:62:44: volumes.uses_per_person.services.trde: is not a known service (found 'trde'); did you mean 'trade'?",
        id="unknown service of volumes",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "covers: What plans leave out, assumption: A-BIAS",
        "covers: What plans leave out, assumption: A-BIS",
        "scenario.yaml:55:97: optimism_bias.assumption: is not a known assumption (found 'A-BIS'); did you mean 'A-BIAS'?",
        id="unknown assumption",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "A-FLIGHT",
        "A-FLIHGT",
        "tables/services.csv:3:42: services.court.since_assumption: is not a known assumption (found 'A-FLIHGT'); did you mean 'A-FLIGHT'?",
        id="unknown assumption of a row",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity: 1, source: team}",
        "slots: {capacity: 1, assumption: A-DAYS}",
        "scenario.yaml:21:36: resources.slots.assumption: covers duration, and is cited for capacity (by resources.slots.capacity) (found 'A-DAYS'); cite one that covers it, or give the number its own",
        id="assumption of another kind",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity: 1, source: team}",
        "slots: {capacity: 1}",
        "scenario.yaml:21:21: resources.slots.capacity: has no source and no assumption (found 1); add one beside it, or around it",
        id="number without evidence",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court,2,Court,law,,discovery,2023-12-18,,A-FLIGHT,,,300,organisations,yes,unknown,full,,,,log,",
        "court,2,Court,law,,discovery,2023-12-18,,A-FLIGHT,,,300,organisations,yes,unknown,full,,,,,",
        "tables/services.csv:3:53: services.court.users: has no source and no assumption (found 300); add one beside it, or around it",
        id="cell without evidence",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "resources.panel.capacity: 4",
        "resources.panle.capacity: 4",
        "scenario.yaml:91:54: variants.more-panel.set.resources.panle.capacity: 'panle' is not there in 'resources'; did you mean 'panel'?",
        id="unknown path of a variant",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "resources.panel.capacity: 4",
        "resources.panel.capcity: 4",
        "scenario.yaml:91:54: variants.more-panel.set.resources.panel.capcity: 'capcity' is not there in 'resources.panel'; did you mean 'capacity'?",
        id="unknown key of a variant",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "remove: [risks.R-1",
        "remove: [risks.R-9",
        "scenario.yaml:92:54: variants.no-risk.remove: 'R-9' is not there in 'risks' (found 'risks.R-9'); did you mean 'R-3'?",
        id="unknown path to remove",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "resources.panel.capacity: 4",
        "variants.no-risk.why: 4",
        "scenario.yaml:91:54: variants.more-panel.set.variants.no-risk.why: a variant cannot change variants; give several --variant instead",
        id="variant that changes variants",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "resources.panel.capacity: 4",
        "resources.panel: {capacity: 3, source: x}, resources.panel.capacity: 4",
        "scenario.yaml:91:97: variants.more-panel.set.resources.panel.capacity: another path of this variant lies within this one; set each value once",
        id="variant with overlapping paths",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hand_out: strict",
        "hand_out: strict\nhand_out: passing",
        "scenario.yaml:7:1: the key 'hand_out' is there already, in line 6; keep one of them",
        id="repeated key",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity: 1,",
        "slots: {capacity: 1, capacity: 2,",
        "scenario.yaml:21:24: the key 'capacity' is there already, in line 21; keep one of them",
        id="repeated key inside",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two",
        "one,Two",
        "services.csv:3:1: services.one.id: is there already, at services.csv:2 (found 'one'); give each its own name",
        id="repeated service",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "enablers:\n",
        "enablers:\n  - {id: hub, name: Hub, department: tax, pathway: shared, gates: build}\n",
        "scenario.yaml:15:10: enablers.hub.id: is there already, at tables/services.csv:5 (found 'hub'); give each its own name",
        id="service and enabler of one name",
    ),
    pytest.param(
        write_tiny, "departments.csv",
        "dep,Department,1",
        "dep,Department,1\ndep,Again,2",
        "departments.csv:3:1: departments.dep.id: is there already, at departments.csv:2 (found 'dep'); give each its own name",
        id="repeated department",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{id: some,",
        "{id: all,",
        "scenario.yaml:9:10: targets.all.id: is there already, at scenario.yaml:8 (found 'all'); give each its own name",
        id="repeated target",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "stage: live",
        "stage: build",
        "scenario.yaml:12:15: pathways.short.build.stage: is there already, at scenario.yaml:11 (found 'build'); give each its own name",
        id="repeated stage",
    ),
    pytest.param(
        write_full, "tables/sign_ins.csv",
        "Paper,,",
        "Paper,,\nPaper,,",
        "tables/sign_ins.csv:4:1: sign_ins.Paper.sign_in: is there already, at tables/sign_ins.csv:3 (found 'Paper'); give each its own name",
        id="repeated sign-in",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity: 1, source: team}",
        "slots: {capacity: 1, source: team}\n  department_team: {capacity: 1, source: x}",
        "scenario.yaml:22:3: resources.department_team: this name is kept for the departments' own teams; give their number in the departments table, or choose another name",
        id="department_team as a resource",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: two",
        "scenario.yaml:20:34: resources.panel.capacity: must be a whole number (found 'two')",
        id="text for a number",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: '2'",
        "scenario.yaml:20:34: resources.panel.capacity: must be a whole number (found '2'); take out the quotes",
        id="quoted number",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: 2.5",
        "scenario.yaml:20:34: resources.panel.capacity: must be a whole number (found 2.5)",
        id="fraction for a whole number",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: 2.0",
        "scenario.yaml:20:34: resources.panel.capacity: must be a whole number (found 2.0); write it in full: 2",
        id="whole number with a point",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: true",
        "scenario.yaml:20:34: resources.panel.capacity: must be a whole number (found true)",
        id="yes for a number",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "scenario: Full",
        "scenario: 2025",
        "scenario.yaml:1:11: scenario: must be text (found 2025); put it in quotes",
        id="number for text",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "enabled: false",
        "enabled: 0",
        "scenario.yaml:66:54: risks.R-3.enabled: must be true or false (found 0); write false",
        id="number for yes or no",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "enabled: false",
        "enabled: no",
        "scenario.yaml:66:54: risks.R-3.enabled: must be true or false (found 'no'); write false",
        id="word for yes or no",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slowed_by: [legacy]",
        "slowed_by: legacy",
        "scenario.yaml:32:18: pathways.full.build.slowed_by: must be a list (found 'legacy'); write [one, two], or one entry a line, each after a hyphen",
        id="value for a list",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "pace:\n  programme: {p10: 0.9, p50: 1, p90: 1.3, assumption: A-PACE}\n  department: {p10: 0.8, p50: 1, p90: 1.4, assumption: A-PACE}",
        "pace: 1",
        "scenario.yaml:52:7: pace: must have keys of its own (found 1); write `key: value` lines, indented under it",
        id="value for keys",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "days: {low: 5, mode: 10, high: 20, assumption: A-DAYS}",
        "days: ten",
        "scenario.yaml:26:13: pathways.full.discovery.days: must be a number, a list or a distribution (found 'ten'); for example {p10: 10, p50: 20, p90: 45}",
        id="word for a distribution",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hand_out: strict",
        "hand_out:",
        "scenario.yaml:7:1: hand_out: is empty; give it a value or take the key out",
        id="empty value",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "name: Late part",
        "name: ''",
        "scenario.yaml:64:21: risks.R-1.name: must not be empty (found '')",
        id="empty text",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hand_out: strict",
        "hand_out: strickt",
        "scenario.yaml:6:11: hand_out: must be passing or strict (found 'strickt'); did you mean 'strict'?",
        id="unknown word of a choice",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "Northern Ireland",
        "North Ireland",
        "tables/departments.csv:3:9: departments.law.nation: must be England, Wales, Scotland or Northern Ireland (found 'North Ireland'); did you mean 'Northern Ireland'?",
        id="unknown word of a cell",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{id: R-3,",
        "{id: R 3,",
        "scenario.yaml:66:10: risks.R 3.id: must be an id: letters, digits, hyphens and underscores, beginning with a letter or digit (found 'R 3')",
        id="bad id",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity",
        "'the slots': {capacity",
        (
            "scenario.yaml:21:3: resources.the slots: must be an id: letters, digits, hyphens and underscores, beginning with a letter or digit (found 'the slots')\n"
            "scenario.yaml:40:25: pathways.full.assurance.needs.slots: is not a known resource (found 'slots'); did you mean 'the slots'?"
        ),
        id="bad id as a key",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two",
        "@two,Two",
        "services.csv:3:1: services.@two.id: must be an id: letters, digits, hyphens and underscores, beginning with a letter or digit (found '@two')",
        id="at sign in an id",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "items: [pay, trade]",
        "items: pay",
        "scenario.yaml:64:81: risks.R-1.delay.items: must be a list of ids, or 'all' (found 'pay')",
        id="items neither list nor all",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "probability: 0.9",
        "probability: .nan",
        "scenario.yaml:33:20: pathways.full.build.probability: must be a finite number (found .nan)",
        id="NaN",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "probability: 0.9",
        "probability: .inf",
        "scenario.yaml:33:20: pathways.full.build.probability: must be a finite number (found .inf)",
        id="infinity",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "probability: 0.9",
        "probability: 1e999",
        "scenario.yaml:33:20: pathways.full.build.probability: must be a finite number (found 1e999)",
        id="a number too large to be one",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: -2",
        "scenario.yaml:20:34: resources.panel.capacity: must not be negative (found -2)",
        id="negative",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "8000,transactions",
        "-8000,transactions",
        "tables/services.csv:4:36: services.trade.users: must not be negative (found -8000)",
        id="negative cell",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "- {stage: aftercare, days: 10",
        "- {stage: aftercare, days: -10",
        "scenario.yaml:45:32: pathways.full.aftercare.days: must not be negative (found -10)",
        id="negative days",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "probability: 0.9",
        "probability: 1.5",
        "scenario.yaml:33:20: pathways.full.build.probability: must lie between 0 and 1 (found 1.5)",
        id="probability above one",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "share: 0.5, assumption: A-SHARE",
        "share: -0.1, assumption: A-SHARE",
        "scenario.yaml:51:33: barriers.legacy.share: must lie between 0 and 1 (found -0.1)",
        id="probability below zero",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "probability: 0.9",
        "probability: 90%",
        "scenario.yaml:33:20: pathways.full.build.probability: must be a number (found '90%'); write it as a share: 0.9",
        id="percentage",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "share: 0.8, by",
        "share: 0, by",
        "scenario.yaml:10:47: targets.users.share: must be above 0 and at most 1 (found 0)",
        id="share of zero",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: 2000000",
        "scenario.yaml:20:34: resources.panel.capacity: must be at most 1,000,000 (found 2000000)",
        id="capacity beyond all bounds",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "from: migrate, at_most: 2",
        "from: migrate, at_most: 0",
        "scenario.yaml:42:58: pathways.full.assurance.repeat.at_most: must be at least 1 (found 0)",
        id="repeat no time at all",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity: 1, source: team}",
        "slots: {capacity: 1, source: team}\n  sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss: {capacity: 1, source: team}",
        "scenario.yaml:22:3: resources.sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss: must be at most 100 characters long (found 'sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss')",
        id="id too long",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "about: Every feature once.",
        "about: [Every, feature]",
        "scenario.yaml:2:8: about: must be text",
        id="list for text",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "observed: [3, 4, 9]",
        "observed: [3, four, 9]",
        "scenario.yaml:39:28: pathways.full.assurance.days.observed: must be a number (found 'four')",
        id="text in a list of numbers",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "panel: {name: Panel, capacity: 2",
        "panel: {name: Panel, capacity: [2]",
        "scenario.yaml:20:34: resources.panel.capacity: must be a whole number",
        id="list for a number",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "p10: 10, p50: 20, p90: 45",
        "p10: 10, p50: 20, p90: .inf",
        "scenario.yaml:30:37: pathways.full.build.days.p90: must be a finite number (found .inf)",
        id="infinity in a distribution",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "barriers:\n  legacy: {name: Legacy, share: 0.5, ",
        "barriers:\n  legacy: {name: Legacy, ",
        "scenario.yaml:51:11: barriers.legacy.share: is missing",
        id="missing key",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "status_date: 2024-01-01\n",
        "",
        "scenario.yaml:1:1: status_date: is missing",
        id="missing top-level key",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "targets:\n  - {id: all, measure: services, share: 1.0, by: 2024-06-28}",
        "targets: []",
        "scenario.yaml:5:10: targets: must have at least one entry",
        id="empty list",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "by: 2024-06-28",
        "by: 2024-06-31",
        "scenario.yaml:6:50: targets.all.by: must be a date (found '2024-06-31'); there is no such day",
        id="no such day",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "by: 2024-06-28",
        "by: 28/06/2024",
        "scenario.yaml:6:50: targets.all.by: must be a date (found '28/06/2024'); write year-month-day (in Excel, give the column the format yyyy-mm-dd)",
        id="day first",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "by: 2024-06-28",
        "by: 2024-06-28 12:00:00",
        "scenario.yaml:6:50: targets.all.by: must be a date (found '2024-06-28 12:00:00'); leave out the time of day: 2024-06-28",
        id="date with a time",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "by: 2024-06-28",
        "by: '2024-06-28'",
        "scenario.yaml:6:50: targets.all.by: must be a date (found '2024-06-28'); take out the quotes",
        id="quoted date",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "2024-09-30",
        "30/09/2024",
        "tables/services.csv:2:31: services.pay.planned_live: must be a date (found '30/09/2024'); write year-month-day (in Excel, give the column the format yyyy-mm-dd)",
        id="day first in a cell",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "changes: {2024-07-01: 3}",
        "changes: {July: 3}",
        "scenario.yaml:20:47: resources.panel.changes.July: must be a date (found 'July'); write year-month-day",
        id="word for the date of a change",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "2024-06-03=3",
        "2024-06-03=three",
        "tables/departments.csv:2:19: departments.tax.team_changes.2024-06-03: must be a whole number (found 'three')",
        id="text for the units of a change",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "2024-06-03=3",
        "2024-06-03",
        "tables/departments.csv:2:19: must be DATE=units (found '2024-06-03'); for example 2025-07-01=3; separate several by semicolons",
        id="change without units",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "2025-01-06=1",
        "2024-06-03=1",
        "tables/departments.csv:2:32: the date is there already in this cell (found '2024-06-03=1'); keep one of them",
        id="change given twice",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "measure: services",
        "measure: annual_users",
        "services.csv:2:1: services.one.users: is missing (and 1 more), and a target counts annual users; give the volume, or volumes.unknown_users as a stand-in",
        id="target in users of nobody",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "share: 0.8, by: 2025-06-30",
        "share: 0.8, by: 2023-06-30",
        "scenario.yaml:10:56: targets.users.by: must not be before the status date 2024-01-01 (found 2023-06-30)",
        id="target before the status date",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "2024-03-01,8000",
        "2023-03-01,8000",
        "tables/services.csv:4:25: services.trade.not_before: must not be before the status date 2024-01-01 (found 2023-03-01)",
        id="release before the status date",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "window: {from: 2024-02-01, to: 2024-05-31}",
        "window: {from: 2023-02-01, to: 2024-05-31}",
        "scenario.yaml:65:124: risks.R-2.capacity.window.from: must not be before the status date 2024-01-01 (found 2023-02-01)",
        id="risk before the status date",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "2023-10-02",
        "2024-10-02",
        "tables/services.csv:6:17: services.seen.live_on: must not be after the status date 2024-01-01 (found 2024-10-02)",
        id="live after the status date",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "discovery,2023-12-18",
        "discovery,2024-12-18",
        "tables/services.csv:3:30: services.court.since: must not be after the status date 2024-01-01 (found 2024-12-18)",
        id="running since after the status date",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "discovery,2023-12-18",
        "discovery,1923-12-18",
        "tables/services.csv:3:30: services.court.since: must lie within the holiday table, which begins on 2015-01-01 (found 1923-12-18)",
        id="running since before the holiday table",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{id: A-BIAS, covers: optimism_bias, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01",
        "{id: A-BIAS, covers: optimism_bias, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2024-01-02",
        "scenario.yaml:82:131: assumptions.A-BIAS.date: must not be after the status date 2024-01-01 (found 2024-01-02)",
        id="assumption after the status date",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{id: A-BIAS, covers: optimism_bias, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01, valid_until: 2024-12-01",
        "{id: A-BIAS, covers: optimism_bias, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01, valid_until: 2023-11-01",
        "scenario.yaml:82:156: assumptions.A-BIAS.valid_until: must not be before its date 2023-12-01 (found 2023-11-01)",
        id="assumption out of date at once",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "changes: {2024-07-01: 3}",
        "changes: {2024-01-01: 3}",
        "scenario.yaml:20:47: resources.panel.changes.2024-01-01: must be after the status date 2024-01-01 (found 2024-01-01)",
        id="capacity change on the status date",
    ),
    pytest.param(
        write_full, "tables/departments.csv",
        "2024-06-03=3",
        "2023-06-03=3",
        "tables/departments.csv:2:19: departments.tax.team_changes.2023-06-03: must be after the status date 2024-01-01 (found 2023-06-03)",
        id="team change before the status date",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "horizon: 2025-01-01",
        "horizon: 2023-01-01",
        "scenario.yaml:3:10: horizon: must be after the status date 2024-01-01 (found 2023-01-01)",
        id="horizon before the status date",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "horizon: 2025-01-01",
        "horizon: 2044-01-02",
        "scenario.yaml:3:10: horizon: must be at most 20 years after the status date 2024-01-01 (found 2044-01-02)",
        id="horizon too far",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "status_date: 2024-01-01",
        "status_date: 1924-01-01",
        "scenario.yaml:2:14: status_date: must lie within the holiday table, 2015-01-01 to 2040-12-31 (found 1924-01-01)",
        id="status date without holidays",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "by: 2024-06-28",
        "by: 2025-01-01",
        "scenario.yaml:6:50: targets.all.by: must be before the horizon 2025-01-01 (found 2025-01-01); move the horizon further out",
        id="target beyond the horizon",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{from: 2024-12-16, to: 2025-01-06}",
        "{from: 2025-12-16, to: 2025-01-06}",
        "scenario.yaml:49:49: freezes.winter.periods.1.from: must not be after 'to', 2025-01-06 (found 2025-12-16)",
        id="freeze backwards",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "window: {from: 2024-03-01, to: 2024-04-30}",
        "window: {from: 2024-03-01, to: 2024-02-28}",
        "scenario.yaml:66:101: risks.R-3.not_before.window.from: must not be after 'to', 2024-02-28 (found 2024-03-01)",
        id="window backwards",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "low: 5, mode: 10, high: 20",
        "low: 15, mode: 10, high: 20",
        "scenario.yaml:26:19: pathways.full.discovery.days.low: low > mode: must not be above 10 (found 15)",
        id="low above mode",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "low: 5, mode: 10, high: 20",
        "low: 5, mode: 30, high: 20",
        "scenario.yaml:26:28: pathways.full.discovery.days.mode: mode > high: must not be above 20 (found 30)",
        id="mode above high",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "p10: 10, p50: 20, p90: 45",
        "p10: 30, p50: 20, p90: 45",
        "scenario.yaml:30:19: pathways.full.build.days.p10: p10 > p50: must not be above 20 (found 30)",
        id="p10 above p50",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "median: 10, p90: 20",
        "median: 30, p90: 20",
        "scenario.yaml:37:22: pathways.full.migrate.days.median: median > p90: must not be above 20 (found 30)",
        id="median above p90",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "p10: 10, p50: 20, p90: 45",
        "p10: 10, p90: 45",
        "scenario.yaml:30:13: pathways.full.build.days: is incomplete: p50 missing; give p10, p50 and p90",
        id="incomplete distribution",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "p10: 10, p50: 20, p90: 45",
        "p10: 10, mode: 20, p90: 45",
        "scenario.yaml:30:13: pathways.full.build.days: must be exactly one of: fixed; low, mode and high; p10, p50 and p90; median and p90; observed; cumulative (found mode, p10, p90)",
        id="mixed distribution",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "days: {low: 5, mode: 10, high: 20, assumption: A-DAYS}",
        "days: {assumption: A-DAYS}",
        "scenario.yaml:26:13: pathways.full.discovery.days: must be exactly one of: fixed; low, mode and high; p10, p50 and p90; median and p90; observed; cumulative",
        id="empty distribution",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "median: 10, p90: 20",
        "median: 10, p90: 20, shape: pert",
        "scenario.yaml:37:42: pathways.full.migrate.days.shape: is only for low, mode and high (found 'pert'); take it out",
        id="shape without a mode",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "p10: 10, p50: 20, p90: 45",
        "p10: 0, p50: 20, p90: 45",
        "scenario.yaml:30:19: pathways.full.build.days.p10: must be above 0, at least 0.001 (found 0)",
        id="percentile of zero",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "low: 5, mode: 10, high: 20",
        "low: -5, mode: 10, high: 20",
        "scenario.yaml:26:19: pathways.full.discovery.days.low: must not be negative (found -5)",
        id="negative low",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "factor: {p10: 1, p50: 1.1, p90: 1.4}",
        "factor: 0",
        "scenario.yaml:55:25: optimism_bias.factor: must be above 0: it is a factor (found 0)",
        id="factor of zero",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "- {stage: aftercare, days: 10",
        "- {stage: aftercare, days: 10.5",
        "scenario.yaml:45:32: pathways.full.aftercare.days: must be a whole number of working days (found 10.5)",
        id="half a day",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "observed: [3, 4, 9]",
        "observed: [3, 4.5, 9]",
        "scenario.yaml:39:28: pathways.full.assurance.days.observed: must be a whole number of working days (found 4.5)",
        id="half a day observed",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "- {stage: aftercare, days: 10",
        "- {stage: aftercare, days: 1000000",
        "scenario.yaml:45:32: pathways.full.aftercare.days: must be at most 100,000 working days (found 1000000)",
        id="days beyond all bounds",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "p10: 10, p50: 20, p90: 45",
        "p10: 10, p50: 20, p90: 45000",
        "scenario.yaml:30:13: pathways.full.build.days: reaches beyond 100,000 working days in one case of ten thousand; bring the high figure nearer",
        id="a tail without end",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "[[0, 0.3], [200, 1]]",
        "[[300, 0.3], [200, 1]]",
        "scenario.yaml:57:28: readiness.department.cumulative: the values must rise from pair to pair",
        id="cumulative that falls",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "[[0, 0.3], [200, 1]]",
        "[[0, 1.3], [200, 1]]",
        "scenario.yaml:57:28: readiness.department.cumulative: the shares must rise from pair to pair, from 0 on",
        id="cumulative shares that fall",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "[[0, 0.3], [200, 1]]",
        "[[0, 0.3], [200, 0.9]]",
        "scenario.yaml:57:28: readiness.department.cumulative: the last share must be 1, and is 0.9",
        id="cumulative without an end",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "[[0, 0.3], [200, 1]]",
        "[[0], [200, 1]]",
        "scenario.yaml:57:28: readiness.department.cumulative: must be pairs [value, share reached by then]",
        id="cumulative of single numbers",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "unknown_users: {p10: 100,",
        "unknown_users: {p10: 2000,",
        "scenario.yaml:61:24: volumes.unknown_users.p10: p10 > p50: must not be above 1000 (found 2000)",
        id="volumes out of order",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "share: 0.8, by: 2025-06-30",
        "by: 2025-06-30",
        "scenario.yaml:10:5: targets.users: needs exactly one of share and count: neither is given",
        id="target without a measure of success",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "count: 2, by",
        "count: 2, share: 0.5, by",
        "scenario.yaml:9:5: targets.some: needs exactly one of share and count: both are given",
        id="target with two",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "count: 2, by",
        "count: 3, by",
        "scenario.yaml:9:45: targets.some.count: cannot be reached: there are only 2 departments in scope (found 3)",
        id="count above scope",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "measure: services, share: 1.0",
        "measure: services, count: 6",
        "scenario.yaml:8:59: targets.all.count: cannot be reached: there are only 5 services in scope (found 6)",
        id="count above the services in scope",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "2024-03-01,8000",
        "2025-09-01,8000",
        (
            "scenario.yaml:8:68: targets.all.by: cannot be reached: without trade there are 4 services, and 5 are needed (found 2025-06-30); their not_before lies after it\n"
            "scenario.yaml:10:56: targets.users.by: cannot be reached: without trade there are 6300 annual users, and 6640 are needed (found 2025-06-30); their not_before lies after it"
        ),
        id="released too late for a target",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "law,,discovery,",
        "law,2023-11-01,discovery,",
        "tables/services.csv:3:19: services.court.live_on: is given together with a running stage (found 2023-11-01); keep live_on, or stage and since",
        id="live and running",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "discovery,2023-12-18,,A-FLIGHT",
        "discovery,,,",
        "tables/services.csv:3:30: services.court.since: is missing: when did the running stage begin?",
        id="stage without since",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "discovery,2023-12-18",
        '"",2023-12-18',
        "tables/services.csv:3:20: services.court.stage: is missing: which stage has been running since then?",
        id="since without stage",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "A-FLIGHT,,,300",
        "A-FLIGHT,,2024-02-01,300",
        "tables/services.csv:3:52: services.court.not_before: cannot hold back what is running already (found 2024-02-01); take it out",
        id="running and held back",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "2023-10-02,,,,,,",
        "2023-10-02,,,,,2024-10-01,",
        "tables/services.csv:6:32: services.seen.planned_live: has no use: it is live since 2023-10-02 (found 2024-10-01); take it out",
        id="planned although live",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep,short",
        "two,Two,dep,",
        "services.csv:3:13: services.two.pathway: is missing: what is not live needs a pathway; give it, or live_on",
        id="no pathway",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "{stage: build, days: 5, needs: {department_team: 1}}\n    - {stage: live, days: 1, live: true}",
        "{stage: build, days: 5, when: identity}",
        (
            "services.csv:2:13: services.one.pathway: has only stages for services that check identity, and this one checks none (found 'short')\n"
            "services.csv:3:13: services.two.pathway: has only stages for services that check identity, and this one checks none (found 'short')"
        ),
        id="only stages for others",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "law,,discovery,",
        "law,,kickoff,",
        "tables/services.csv:3:20: services.court.stage: is a milestone of zero days, and cannot be running (found 'kickoff'); name the stage after it",
        id="a milestone cannot run",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court,2,Court,law,,discovery,2023-12-18,,A-FLIGHT,,,300,organisations,yes,unknown",
        "court,2,Court,law,,assurance,2023-12-18,,A-FLIGHT,,,300,organisations,yes,none",
        "tables/services.csv:3:20: services.court.stage: is only for services that check identity, and this one checks none (found 'assurance')",
        id="running stage for others",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "law,,discovery,",
        "law,,aftercare,",
        "tables/services.csv:3:20: services.court.stage: comes after the live stage, so it is live already (found 'aftercare'); give live_on instead",
        id="running after the go-live",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "unknown_identity: {share: 0.4, assumption: A-IDENTITY}\n",
        "",
        "tables/services.csv:3:75: services.court.identity: needs unknown_identity: the pathway 'full' asks who checks identity (found 'unknown'); add unknown_identity with a share",
        id="unknown identity without a share",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "  unknown_users: {p10: 100, p50: 1000, p90: 9000, assumption: A-VOLUME}\n",
        "",
        "tables/services.csv:5:21: services.hub.users: is missing, and a target counts annual users; give the volume, or volumes.unknown_users as a stand-in",
        id="unknown users without a stand-in",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "  uses_per_person: {default: 2, services: {trade: 4}, assumption: A-USES}\n",
        "",
        "tables/services.csv:4:41: services.trade.users_unit: needs volumes.uses_per_person to turn transactions into users (found 'transactions'); add volumes.uses_per_person with a default",
        id="transactions without uses per person",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "300,organisations",
        "300,",
        "tables/services.csv:3:57: services.court.users_unit: is missing: people, organisations or transactions?",
        id="users without a unit",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court:build;begun",
        "pay:build;begun",
        "tables/services.csv:2:67: services.pay.needs: an item cannot wait for itself (found 'pay:build'); take it out",
        id="waits for itself",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "court:build;begun,hub",
        "court:build;begun,pay",
        "tables/services.csv:2:85: services.pay.fronted_by: a service cannot stand behind itself (found 'pay'); take it out",
        id="behind itself",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hold_back: {pay: court}",
        "hold_back: {pay: pay}",
        "scenario.yaml:69:64: orders.backwards.hold_back.pay: an item cannot wait for itself (found 'pay'); take it out",
        id="held back for itself",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "name: Begun, department: law, pathway: shared, gates: build",
        "name: Begun, department: law, pathway: shared, gates: work",
        "tables/services.csv:2:79: services.pay.needs: 'begun' gates the stage 'work', which the pathway 'full' does not have (found 'begun'); choose a pathway that has it, or name the stage that waits in needs as id:stage",
        id="gate that is not on the way",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "id,name,department,pathway\none,One,dep,short\ntwo,Two,dep,short",
        "id,name,department,pathway,needs\none,One,dep,short,two\ntwo,Two,dep,short,one",
        "services.csv:2:19: services.one.needs: these wait for one another: one → two → one (found 'two'); take one of them out",
        id="cycle of two",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "gates: migrate}",
        "gates: migrate, needs: [new-screen]}",
        "scenario.yaml:15:99: enablers.move-old.needs: these wait for one another: move-old → new-screen → move-old (found 'new-screen'); take one of them out",
        id="cycle through an enabler",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "hub,,Hub,tax,,,,,,,,,,,P1,full,,",
        "hub,,Hub,tax,,,,,,,,,,,P1,full,pay,",
        "tables/services.csv:5:32: services.hub.needs: these wait for one another: hub → pay → hub (found 'pay'); take one of them out",
        id="cycle through a hub",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hold_back: {pay: court}",
        "hold_back: {hub: pay}",
        "scenario.yaml:69:64: orders.backwards.hold_back.hub: these wait for one another: hub → pay → hub (found 'pay'); take one of them out",
        id="cycle through a hold-back",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{stage: kickoff, days: 0,",
        "{stage: kickoff, days: 0, needs: {slots: 1},",
        "scenario.yaml:24:40: pathways.full.kickoff.needs: a milestone of zero days needs nothing; take the needs out, or give it days",
        id="milestone with needs",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "days: 1, live: true",
        "days: 0, live: true",
        "scenario.yaml:12:27: pathways.short.live.days: the live stage lasts at least one day (found 0); mark the stage before it, or give it days",
        id="live stage of no days",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "days: 1, live: true",
        "days: 1, probability: 0.5, live: true",
        "scenario.yaml:12:30: pathways.short.live.probability: the live stage always exists; take it out",
        id="live stage that may not exist",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "days: 1, live: true",
        "days: 1, when: identity, live: true",
        "scenario.yaml:12:30: pathways.short.live.when: the live stage always exists; take it out",
        id="live stage for some",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "{stage: build, days: 5,",
        "{stage: build, days: 5, live: true,",
        "scenario.yaml:12:36: pathways.short.live.live: 'build' is the live stage already (found true); mark one",
        id="two live stages",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "from: migrate, at_most",
        "from: live, at_most",
        "scenario.yaml:42:40: pathways.full.assurance.repeat.from: must not come after 'assurance' (found 'live'); name the first stage that is done again",
        id="repeat from a later stage",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "days: {median: 10, p90: 20, assumption: A-DAYS}",
        "days: {median: 10, p90: 20, assumption: A-DAYS}\n      repeat: {probability: 0.1, from: discovery, assumption: A-REWORK}",
        "scenario.yaml:43:40: pathways.full.assurance.repeat.from: this repeat overlaps the one of 'migrate' (found 'migrate'); let each stage lie in one repeat",
        id="repeats that overlap",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "- {stage: aftercare, days: 10,",
        "- {stage: aftercare, days: 10, repeat: {probability: 0.1, from: live, assumption: A-REWORK},",
        "scenario.yaml:45:69: pathways.full.aftercare.repeat.from: the live stage 'live' cannot be repeated (found 'live'); end the repeat before it",
        id="repeat of the live stage",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "needs: {panel: 1}\n      assumption: A-NEEDS\n    - stage: build",
        "needs: {panel: 4}\n      assumption: A-NEEDS\n    - stage: build",
        "scenario.yaml:27:22: pathways.full.discovery.needs.panel: never finishes: needs 4 of 'panel', which never has more than 3; add capacity or lower the need",
        id="need above all capacity",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "needs: {department_team: 1}",
        "needs: {department_team: 2}",
        "scenario.yaml:31:32: pathways.full.build.needs.department_team: never finishes: needs 2 of 'department_team', and 'law' never has more than 1; add teams or lower the need",
        id="need above a department's teams",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "not_before: {items: all, window: {from: 2024-03-01, to: 2024-04-30}}, ",
        "",
        "scenario.yaml:66:5: risks.R-3: needs exactly one of delay, capacity and not_before (found none)",
        id="risk without an effect",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "enabled: false, not_before",
        "enabled: false, delay: {stage: live, items: all, days: 5}, not_before",
        "scenario.yaml:66:5: risks.R-3: needs exactly one of delay, capacity and not_before (found delay and not_before)",
        id="risk with two effects",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "items: [pay, trade]",
        "items: [pay, begun]",
        "scenario.yaml:64:87: risks.R-1.delay.items: has no stage 'migrate': its pathway is 'shared' (found 'begun')",
        id="risk to a stage not passed",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "biggest_first: {rule: biggest-first}",
        "biggest_first: {}",
        "scenario.yaml:70:18: orders.biggest_first: needs exactly one of rule and list (found neither)",
        id="order with neither",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "{list: [hub, trade, court, pay],",
        "{rule: as-listed, list: [hub, trade, court, pay],",
        "scenario.yaml:69:14: orders.backwards: needs exactly one of rule and list (found both)",
        id="order with both",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "as_planned: [pay, court, trade, hub]",
        "as_planned: [pay, hub]",
        "scenario.yaml:68:15: orders.as_planned: services missing: court, trade; list every service that is not live yet",
        id="order with missing services",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "as_planned: [pay, court, trade, hub]",
        "as_planned: [pay, court, trade, hub, pay, hub]",
        "scenario.yaml:68:15: orders.as_planned: listed more than once: hub, pay; keep one of each",
        id="order with repeated services",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "id,name,department,pathway",
        "id,name,departmnet,pathway",
        "services.csv:1:9: is not a known column (found 'departmnet'); did you mean 'department'?",
        id="unknown column",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "id,name,department,pathway\none,One,dep,short\ntwo,Two,dep,short",
        "id,name,department,pathway,name\none,One,dep,short,\ntwo,Two,dep,short,",
        "services.csv:1:28: the column is there already, at column 4 of the line (found 'name'); keep one of them",
        id="repeated column",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "id,name,department,pathway\none,One,dep,short\ntwo,Two,dep,short",
        "id,name,department,pathway,\none,One,dep,short,\ntwo,Two,dep,short,",
        "services.csv:1:28: a column has no name; name it or take it out",
        id="column without a name",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep,short",
        "two,Two",
        "services.csv:3:5: the row has 2 cells, the header 4: too few (found 'two'); a blank cell still needs its comma",
        id="too few cells",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep,short",
        "two,Two, the second,dep,short",
        "services.csv:3:25: the row has 5 cells, the header 4: too many (found 'two'); put text with a comma in double quotes",
        id="too many cells",
    ),
    pytest.param(
        write_tiny, "departments.csv",
        "id,name,teams\ndep,Department,1",
        "id;name;teams\ndep;Department;1",
        "departments.csv:1:1: the columns are separated by semicolons, not commas; save the table again with commas between the columns",
        id="semicolons for commas",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep",
        'two,"Two,dep',
        'services.csv:3:5: the quotes opened here are not closed; add the closing "',
        id="quotes not closed",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep",
        'two,"Two" again,dep',
        'services.csv:3:10: there is text after the closing quotes; quotes inside a cell are written twice: ""',
        id="text after quotes",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "8000,transactions",
        "8000 ,transactions",
        "tables/services.csv:4:36: services.trade.users: must be a whole number (found '8000 '); take out the spaces around it",
        id="number with a space",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "8000,transactions",
        '"8,000",transactions',
        "tables/services.csv:4:36: services.trade.users: must be a whole number (found '8,000'); write it without separators: 8000",
        id="number with a separator",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "8000,transactions",
        "8e3,transactions",
        "tables/services.csv:4:36: services.trade.users: must be a whole number (found '8e3'); write it in full: 8000",
        id="number with an exponent",
    ),
    pytest.param(
        write_tiny, "services.csv",
        "two,Two,dep",
        "two,,dep",
        "services.csv:3:5: services.two.name: is missing",
        id="missing cell",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "services: services.csv",
        "services: ../services.csv",
        "scenario.yaml:7:11: services: lies outside the scenario's folder (found '../services.csv'); put the table beside the scenario file",
        id="table outside the folder",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "services: services.csv",
        "services: /services.csv",
        "scenario.yaml:7:11: services: lies outside the scenario's folder (found '/services.csv'); put the table beside the scenario file",
        id="table by an absolute path",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "services: services.csv",
        "services: servces.csv",
        "scenario.yaml:7:11: services: there is no such file (found 'servces.csv'); check the name and the folder",
        id="missing table",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "services: services.csv",
        "services: .",
        "scenario.yaml:7:11: services: is a folder, not a file (found '.'); name the file in it",
        id="folder for a table",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "services: services.csv",
        "services: []",
        "scenario.yaml:7:11: services: must be the name of a CSV file; for example services.csv",
        id="list for a table",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: &name Tiny\nabout: *name",
        (
            "scenario.yaml:1:11: an anchor (&name) is not allowed; write the value out where it is needed\n"
            "scenario.yaml:2:8: an alias (*name) is not allowed; write the value out"
        ),
        id="anchor and alias",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: !!python/object:os.system Tiny",
        "scenario.yaml:1:11: a tag (!!python/object:os.system) is not allowed; write the plain value",
        id="tag",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "targets:\n",
        "targets: !mine\n",
        "scenario.yaml:5:10: a tag (!mine) is not allowed; write the plain value",
        id="tag on a list",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "status_date: 2024-01-01",
        "---\nstatus_date: 2024-01-01",
        "scenario.yaml:2:1: a second document begins here; keep one scenario in a file",
        id="several documents",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "  short:\n",
        "\tshort:\n",
        "scenario.yaml:10:1: a tab does not fit here; indent with spaces",
        id="tab for indentation",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "slots: {capacity: 1, source: team}",
        "slots: {capacity: 1, source: team, 2024-07-01: 3}",
        "scenario.yaml:21:38: resources.slots.2024-07-01: is not a known key; known: assumption, capacity, changes, enabled, name, source, unit_size",
        id="date for a key",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "hand_out: strict",
        "7: strict",
        "scenario.yaml:6:1: 7: is not a known key; known: about, assumptions, barriers, departments, enablers, evidence, freezes, hand_out, horizon, optimism_bias, orders, pace and 13 more",
        id="number for a key",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: @Tiny",
        "scenario.yaml:1:11: text cannot begin with this character; put it in quotes",
        id="at sign in YAML",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: %Tiny",
        "scenario.yaml:1:11: text cannot begin with this character; put it in quotes",
        id="percent sign in YAML",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: - Tiny",
        "scenario.yaml:1:11: a hyphen does not fit here; begin each entry on a line of its own, indented alike",
        id="hyphen after a key",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "{id: all, measure: services",
        "{id: - all, measure: services",
        "scenario.yaml:6:10: a value is missing here; check commas, brackets and hyphens",
        id="value missing in a list",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: \"Ti\\qny\"",
        "scenario.yaml:1:15: this backslash means nothing; write it twice, or use single quotes",
        id="backslash in quotes",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "horizon: 2025",
        " horizon: 2025",
        "scenario.yaml:3:9: a colon does not fit here; check the indentation, or put text with a colon in quotes",
        id="indentation that does not fit",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "departments: departments.csv",
        " departments: departments.csv",
        "scenario.yaml:8:13: a colon does not fit here; check the indentation, or put text with a colon in quotes",
        id="indentation that goes back too little",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "    - {stage: live, days: 1, live: true}",
        "    - {stage: live, days: 1, live: true}\n]",
        "scenario.yaml:13:1: this line does not fit the ones before it; check the indentation",
        id="stray bracket",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: Tiny: the small one",
        "scenario.yaml:1:15: a colon does not fit here; check the indentation, or put text with a colon in quotes",
        id="colon in plain text",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "by: 2024-06-28}",
        "by: 2024-06-28",
        "scenario.yaml:6:5: a comma or closing bracket is missing; close every [ and {",
        id="bracket not closed",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        'scenario: "Tiny',
        "scenario.yaml:1:11: the quotes are not closed; add the closing quote",
        id="YAML quotes not closed",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "scenario: Ti\u0007ny",
        "scenario.yaml:1:13: the character U+0007 is not allowed; take it out",
        id="control character",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        "scenario: Tiny",
        "[scenario]: Tiny",
        "scenario.yaml:1:1: a list or mapping cannot be a key; write a single word before the colon",
        id="list as a key",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        None,
        "- just\n- a list\n",
        "scenario.yaml:1:1: a scenario is made of `key: value` lines, and this is not",
        id="not a mapping",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        None,
        "just words\n",
        "scenario.yaml:1:1: a scenario is made of `key: value` lines, and this is not",
        id="plain text",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        None,
        "",
        "scenario.yaml: is empty",
        id="empty file",
    ),
    pytest.param(
        write_tiny, "scenario.yaml",
        None,
        "# nothing here\n",
        "scenario.yaml: is empty",
        id="only comments",
    ),
    pytest.param(
        write_tiny, "services.csv",
        None,
        "",
        "services.csv: is empty",
        id="empty table",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "2024-09-30", "2023-12-31",
        "tables/services.csv:2:31: services.pay.planned_live: must not be before the status date 2024-01-01 (found 2023-12-31)", id="planned live before the status date",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "P2,full,court:build;begun,hub,Old gate;Paper,log,", "P2,full,court:build;begun,hub,Old gate;Paper,,A-VOLUME",
        "tables/services.csv:2:105: services.pay.assumption: covers volume, and is cited for planned_date (by services.pay.planned_live) (found 'A-VOLUME'); cite one that covers it, or give the number its own", id="plan date on an assumption about volumes",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "not_before: 2024-02-01, source: plan}", "not_before: 2024-02-01}",
        "scenario.yaml:16:119: enablers.new-screen.not_before: has no source and no assumption (found 2024-02-01); add one beside it, or around it", id="release of an enabler without evidence",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "biggest_first: {rule: biggest-first}", "biggest_first: {rule: biggest-first, assumption: A-DAYS}",
        "scenario.yaml:70:52: orders.biggest_first.assumption: covers duration, and is cited where only order or scope can be meant (found 'A-DAYS'); cite another", id="order on an assumption about days",
    ),
    pytest.param(
        write_full, "tables/sign_ins.csv",
        "sign_in,enablers,note\nOld gate,move-old,its accounts move\nPaper,,nothing shared", "sign_in,enablers,assumption\nOld gate,move-old,A-DAYS\nPaper,,",
        "tables/sign_ins.csv:2:19: sign_ins.Old gate.assumption: covers duration, and is cited where only migration can be meant (found 'A-DAYS'); cite another", id="sign-in on an assumption about days",
    ),
    pytest.param(
        write_full, "tables/services.csv",
        "trade,3,Trade,law,,,,,,,", "trade,3,Trade,law,,,,,A-DAYS,,",
        "tables/services.csv:4:23: services.trade.since_assumption: covers duration, and is cited where only in_flight can be meant (found 'A-DAYS'); cite another", id="evidence for a running stage that is not there",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "  biggest_first: {rule: biggest-first}", "  biggest-first: {rule: as-listed}",
        "scenario.yaml:70:3: orders.biggest-first: this name is kept for the priority rule; choose another name, or write {rule: biggest-first} alone", id="order with the name of another rule",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "  backwards: {list", "  as-listed: {list",
        "scenario.yaml:69:3: orders.as-listed: this name is kept for the priority rule; choose another name, or write {rule: as-listed} alone", id="order with the name of a rule",
    ),
    pytest.param(
        write_full, "scenario.yaml",
        "  biggest_first: {rule: biggest-first}", "  biggest-first: {rule: biggest-first, hold_back: {pay: court}}",
        "scenario.yaml:70:3: orders.biggest-first: this name is kept for the priority rule; choose another name, or write {rule: biggest-first} alone", id="rule with a hold-back under the rule's own name",
    ),
]
# fmt: on


def refusal(path: Path, *variants: str) -> str:
    """The text of the refusal, as the command line prints it."""
    with pytest.raises(errors.ScenarioError) as caught:
        load_scenario(path, variants)
    return str(caught.value)


@pytest.mark.parametrize(("write", "file", "old", "new", "expected"), CASES)
def test_message(
    tmp_path: Path, write: Callable[[Path], Path], file: str, old: str | None, new: str, expected: str
) -> None:
    path = write(tmp_path)
    if old is None:
        (tmp_path / file).write_text(new, encoding="utf-8")
    else:
        edit(tmp_path / file, old, new)
    assert refusal(path) == expected


@pytest.mark.parametrize("write", [write_tiny, write_full])
def test_the_scenarios_the_cases_edit_are_valid(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """Otherwise a message could come from something else than the edit."""
    validate_scenario(write(tmp_path))


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Reading of values, rules and variants in one list, by file and line; what is right is left alone."""
    path = write_full(tmp_path)
    edit(path, "hand_out: strict", "hand_out: strickt\nhand_out: passing")
    edit(path, "slots: {capacity: 1, source: team}", "slots: {capacity: one, source: team}")
    edit(path, "low: 5, mode: 10, high: 20", "low: 15, mode: 10, high: 20")
    edit(path, "count: 2, by", "count: 3, by")
    edit(path, "resources.panel.capacity: 4", "resources.panle.capacity: 4")
    edit(tmp_path / "tables/services.csv", "court:build;begun,hub", "court:build;begun,hubb")
    edit(tmp_path / "tables/departments.csv", "Northern Ireland,1", "Northern Ireland,-1")
    assert refusal(path).splitlines() == [
        "scenario.yaml:6:11: hand_out: must be passing or strict (found 'strickt'); did you mean 'strict'?",
        "scenario.yaml:7:1: the key 'hand_out' is there already, in line 6; keep one of them",
        "scenario.yaml:10:45: targets.some.count: cannot be reached: there are only 2 departments in scope (found 3)",
        "scenario.yaml:22:21: resources.slots.capacity: must be a whole number (found 'one')",
        "scenario.yaml:27:19: pathways.full.discovery.days.low: low > mode: must not be above 10 (found 15)",
        "scenario.yaml:92:54: variants.more-panel.set.resources.panle.capacity: 'panle' is not there in 'resources'; did you mean 'panel'?",
        "tables/departments.csv:3:26: departments.law.teams: must not be negative (found -1)",
        "tables/services.csv:2:85: services.pay.fronted_by: is not a known service (found 'hubb'); did you mean 'hub'?",
    ]


def test_all_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    """Repeated keys of the YAML file and broken rows of two tables."""
    path = write_full(tmp_path)
    edit(path, "horizon: 2026-01-01", "horizon: 2026-01-01\nhorizon: 2027-01-01\nscenario: Again")
    edit(tmp_path / "tables/services.csv", "hub,,Hub,tax,", "hub,,Hub,tax,,")
    edit(tmp_path / "tables/sign_ins.csv", "Paper,,", "Paper,")
    assert refusal(path).splitlines() == [
        "scenario.yaml:5:1: the key 'horizon' is there already, in line 4; keep one of them",
        "scenario.yaml:6:1: the key 'scenario' is there already, in line 1; keep one of them",
        "tables/services.csv:5:37: the row has 22 cells, the header 21: too many (found 'hub'); put text with a comma in double quotes",
        "tables/sign_ins.csv:3:7: the row has 2 cells, the header 3: too few (found 'Paper'); a blank cell still needs its comma",
    ]


# -- files ------------------------------------------------------------------------------------------------


def test_no_such_file(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "scenario.yaml")
        == "scenario.yaml: there is no such file; check the name and the folder"
    )


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    assert refusal(tmp_path / "scenario") == "scenario: is a folder, not a file; name the file in it"


def test_byte_order_mark(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert refusal(path) == "scenario.yaml: begins with a byte order mark (BOM); save it as UTF-8 without BOM"


def test_byte_order_mark_of_a_table(tmp_path: Path) -> None:
    """What Excel writes as "CSV UTF-8"; the message says what to choose there."""
    path = write_tiny(tmp_path)
    table = tmp_path / "services.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert refusal(path) == (
        "services.csv: begins with a byte order mark (BOM); open it in Notepad and save it again with the "
        "encoding 'UTF-8' (not 'UTF-8 with BOM'); Excel's 'CSV UTF-8' adds the mark"
    )


def test_utf_16(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    path.write_bytes(TINY.encode("utf-16"))
    assert refusal(path) == "scenario.yaml: is UTF-16, not UTF-8; save it again with the encoding UTF-8"


def test_not_utf_8(tmp_path: Path) -> None:
    """A name with an accent, saved on Windows."""
    path = write_tiny(tmp_path)
    table = tmp_path / "services.csv"
    table.write_bytes(table.read_bytes().replace(b"Two", "Café".encode("cp1252")))
    assert refusal(path) == (
        "services.csv:3:8: is not UTF-8 from here on; save it again with the encoding UTF-8 "
        "(in Excel as 'CSV UTF-8', then once more in Notepad, where 'UTF-8' has no byte order mark)"
    )


def test_too_large(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    path.write_text(TINY + "# " + "x" * (4 * 1024 * 1024), encoding="utf-8")
    assert (
        refusal(path)
        == "scenario.yaml: is larger than 4 MB; a scenario is far smaller: is this the right file?"
    )


def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    """The link is followed before it is judged; one that stays inside is fine."""
    (tmp_path / "inside").mkdir()
    path = write_tiny(tmp_path / "inside")
    table = tmp_path / "inside" / "services.csv"
    table.rename(tmp_path / "inside" / "real.csv")
    os.symlink(tmp_path / "inside" / "real.csv", table)
    load_scenario(path)
    table.unlink()
    (tmp_path / "inside" / "real.csv").rename(tmp_path / "outside.csv")
    os.symlink(tmp_path / "outside.csv", table)
    assert refusal(path) == (
        "scenario.yaml:7:11: services: lies outside the scenario's folder (found 'services.csv'); "
        "put the table beside the scenario file"
    )


def test_a_name_too_long_for_a_file(tmp_path: Path) -> None:
    """The reason is the operating system's own, in its own words."""
    path = write_tiny(tmp_path)
    edit(path, "services: services.csv", f"services: {'s' * 300}.csv")
    text = refusal(path)
    assert text.startswith("scenario.yaml:7:11: services: ")
    assert f" (found '{'s' * 300}.csv')" in text
    if os.name == "posix":
        assert f": cannot be opened: {os.strerror(errno.ENAMETOOLONG)} (found " in text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    (tmp_path / "services.csv").unlink()
    os.mkfifo(tmp_path / "services.csv")
    assert refusal(path) == ("scenario.yaml:7:11: services: is not an ordinary file (found 'services.csv')")


# -- bombs ------------------------------------------------------------------------------------------------


def bomb_of_aliases() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            bomb_of_aliases(),
            "scenario.yaml:1:5: an anchor (&a0) is not allowed; write the value out where it is needed",
            id="aliases of aliases",
        ),
        pytest.param(
            "a: " + "[" * 100_000,
            "scenario.yaml:1:43: lists and mappings lie more than 40 deep here; a scenario needs fewer than ten",
            id="deep flow lists",
        ),
        pytest.param(
            "a: " + "{a: " * 100_000,
            "scenario.yaml:1:160: lists and mappings lie more than 40 deep here; a scenario needs fewer than ten",
            id="deep flow mappings",
        ),
        pytest.param(
            "".join(" " * n + "a:\n" for n in range(500)),
            "scenario.yaml:41:41: lists and mappings lie more than 40 deep here; a scenario needs fewer than ten",
            id="deep block mappings",
        ),
        pytest.param(
            "- " * 5000,
            "scenario.yaml:1:81: lists and mappings lie more than 40 deep here; a scenario needs fewer than ten",
            id="deep block lists",
        ),
        pytest.param(
            "scenario: " + "9" * 1_000_000,
            f"scenario.yaml:1:11: scenario: must be text (found {'9' * 59}…); put it in quotes",
            id="a million digits",
        ),
    ],
)
def test_bomb(tmp_path: Path, text: str, expected: str) -> None:
    """Refused before anything is built, so in no time and without a RecursionError."""
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    start = time.perf_counter()
    assert expected in refusal(path).splitlines()
    assert time.perf_counter() - start < 10  # seconds; generous, for a bomb takes for ever


def test_an_order_may_have_the_name_of_its_rule(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    edit(path, "  biggest_first: {rule: biggest-first}", "  biggest-first: {rule: biggest-first}")
    assert load_scenario(path).order("biggest-first").name == "biggest-first"


def test_planned_dates_have_columns_for_their_evidence(tmp_path: Path) -> None:
    """The row's own evidence is for its users, so that one row can rest on two assumptions."""
    path = write_full(tmp_path)
    register = "{id: A-WHEN, covers: planned_date, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01}"
    edit(path, "assumptions:\n", f"assumptions:\n  - {register}\n")
    table = tmp_path / "tables/services.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    cited = [row + (",A-WHEN" if row.startswith(("pay", "trade")) else ",") for row in rows]
    table.write_text("\n".join([f"{head},dates_assumption", *cited, ""]), encoding="utf-8")
    edit(table, "Old gate;Paper,log,", "Old gate;Paper,,A-VOLUME")
    scenario = load_scenario(path)
    assert scenario.findings == ()
    found = {number.where: number.assumption for number in numbers(scenario.tree)}
    assert found["services.pay.planned_live"] == found["services.trade.not_before"] == "A-WHEN"
    assert found["services.pay.users"] == "A-VOLUME"


@pytest.mark.parametrize("covers", ["order", "scope"])
def test_an_order_rests_on_order_or_scope(tmp_path: Path, covers: str) -> None:
    path = write_full(tmp_path)
    register = f"{{id: A-ORDER, covers: {covers}, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01}}"
    edit(path, "assumptions:\n", f"assumptions:\n  - {register}\n")
    edit(
        path,
        "biggest_first: {rule: biggest-first}",
        "biggest_first: {rule: biggest-first, assumption: A-ORDER}",
    )
    assert load_scenario(path).findings == ()


# -- variants ---------------------------------------------------------------------------------------------


def test_unknown_variant(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    assert refusal(path, "more-panels") == (
        "scenario.yaml: variants: there is no such variant (found 'more-panels'); did you mean 'more-panel'?"
    )


def test_unknown_variant_of_a_scenario_without_any(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    assert (
        refusal(path, "x")
        == "scenario.yaml: variants: there is no such variant (found 'x'); the file has none"
    )


def test_a_value_of_a_variant_is_reported_where_the_variant_says_it(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    edit(path, "resources.panel.capacity: 4", "resources.panel.capacity: four")
    expected = "scenario.yaml:91:80: resources.panel.capacity: must be a whole number (found 'four')"
    assert refusal(path, "more-panel") == expected
    load_scenario(path)  # without the variant nothing is wrong


def test_validate_checks_every_variant(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    edit(path, "resources.panel.capacity: 4", "resources.panel.capacity: four")
    with pytest.raises(errors.ScenarioError) as caught:
        validate_scenario(path)
    assert str(caught.value) == (
        "scenario.yaml:91:80: with the variant 'more-panel': resources.panel.capacity: "
        "must be a whole number (found 'four')"
    )


def test_orders_asked_for_by_an_unknown_name(tmp_path: Path) -> None:
    scenario = load_scenario(write_full(tmp_path))
    with pytest.raises(
        errors.PlanError, match=r"order 'bigest_first' is unknown; did you mean 'biggest_first'\?"
    ):
        scenario.order("bigest_first")


def test_a_record_over_several_lines_keeps_its_places(tmp_path: Path) -> None:
    """Line and column are those of the file, not of the record."""
    path = write_full(tmp_path)
    table = tmp_path / "tables/services.csv"
    table.write_text(
        FULL_SERVICES.replace('"Pay, on time"', '"Pay,\non time"').replace("5000,people", "-1,people"),
        encoding="utf-8",
    )
    assert refusal(path) == "tables/services.csv:3:31: services.pay.users: must not be negative (found -1)"


def test_a_missing_column_is_said_once_and_not_in_every_row(tmp_path):
    path = write_tiny(tmp_path)
    (path.parent / "services.csv").write_text(
        "id,name,pathway\none,One,short\ntwo,Two,short\n", encoding="utf-8"
    )
    assert refusal(path) == (
        "services.csv:1:1: there is no column 'department'; add it to the first line and to each row"
    )


def test_rows_of_empty_cells_are_what_excel_leaves_behind_and_say_nothing(tmp_path):
    path = write_tiny(tmp_path)
    table = path.parent / "services.csv"
    before = load_scenario(path).plan().digest
    table.write_text(table.read_text(encoding="utf-8") + ",,,\n,,,\n", encoding="utf-8")
    assert load_scenario(path).plan().digest == before
