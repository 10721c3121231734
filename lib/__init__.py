"""What the reproductions share. The data flows one way:

claim -> run -> history -> verdict -> figure -> report
"""
import os

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VERSION = "0.2.0"
