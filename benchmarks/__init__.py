"""What the project promises about its speed, measured: `python benchmarks/run.py`."""
