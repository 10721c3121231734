"""What the reproductions share. The data flows one way:

claim -> run -> history -> verdict -> figure -> report
"""
