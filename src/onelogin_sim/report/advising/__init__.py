"""Advice on the next free slot, for a terminal, for a program and for a folder."""
