"""What several claims of this source share, and exhibits too large for a script.

``regression`` and ``diabetes_network`` are the two set-ups that claims share. Each of the other
modules says in its first line which claim it belongs to.
"""
