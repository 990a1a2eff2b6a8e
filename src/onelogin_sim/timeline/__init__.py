"""When everything started and finished in each replication, what each start waited for, and how two runs differ."""

from onelogin_sim.timeline.timeline import Timeline  # isort: skip - the others are written in its terms
from onelogin_sim.timeline.difference import Difference, first_difference

__all__ = ["Difference", "Timeline", "first_difference"]
