"""What an optimisation leaves behind, in words, JSON, tables and charts."""
