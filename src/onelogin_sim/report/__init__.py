"""Shows a Forecast: words, tables, JSON, the terminal, charts and a folder of files. Computes nothing.

Nothing is imported here: drawing costs a second of start-up, and only what draws should pay it.
"""
