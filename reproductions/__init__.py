"""One published claim a script, one folder a source. ``python -m reproductions list`` shows all."""
