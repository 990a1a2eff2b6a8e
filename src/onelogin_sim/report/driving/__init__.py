"""Shows what drives the date: words, tables, JSON, the terminal, and a folder of files. Computes nothing."""
