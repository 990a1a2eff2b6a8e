"""The go-live date of every service in every replication, as a Parquet table that grows block by block."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onelogin_sim.calendars import NEVER
from onelogin_sim.timeline import Timeline

_EPOCH = date(1970, 1, 1)

#: A dictionary keeps the file small: each service's id is stored once.
SCHEMA = pa.schema(
    [
        ("replication", pa.int32()),
        ("service", pa.dictionary(pa.int32(), pa.string())),
        ("date", pa.date32()),
    ]
)


class GoLiveTable:
    """Writes rows (replication, service, date); the date is null where it is not within the horizon."""

    def __init__(self, file: BinaryIO) -> None:
        self._writer = pq.ParquetWriter(file, SCHEMA)

    def add(self, timeline: Timeline) -> None:
        """Write one block as one row group."""
        ids = [service.id for service in timeline.plan.services]
        count = len(timeline.replications)
        shift = (timeline.plan.status_date - _EPOCH).days
        days = timeline.go_live.reshape(-1)
        never = days == NEVER
        dates = pa.array(np.where(never, 0, days + shift).astype(np.int32), pa.int32(), mask=never)
        services = pa.DictionaryArray.from_arrays(np.tile(np.arange(len(ids), dtype=np.int32), count), ids)
        replications = np.repeat(np.asarray(timeline.replications, dtype=np.int32), len(ids))
        self._writer.write_table(
            pa.table([pa.array(replications), services, dates.cast(pa.date32())], schema=SCHEMA)
        )

    def close(self) -> None:
        """Write the footer; without it the file cannot be read."""
        self._writer.close()
