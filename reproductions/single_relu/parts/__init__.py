"""What several claims of this source share, and exhibits too large for a script."""
