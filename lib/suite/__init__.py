"""The running of it all: finding claims, running them, keeping records, comparing releases."""
