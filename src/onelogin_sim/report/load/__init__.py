"""The identity load of a forecast, shown: words, JSON, tables and terminal say the same; nothing is computed."""
