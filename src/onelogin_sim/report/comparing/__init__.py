"""Shows a Comparison: words, tables, JSON, the terminal, and a folder of files. Computes nothing."""
