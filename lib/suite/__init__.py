"""Finding claims, running them, keeping records, comparing releases."""
