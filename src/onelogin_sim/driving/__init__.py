"""What would move the date: one change at a time on the same futures, merges, barriers, and which input matters."""
