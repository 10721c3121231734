"""Records in, something to look at out: figures, tables, pages."""
