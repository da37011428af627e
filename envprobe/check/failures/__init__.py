"""From a model that could not be built or traced to the one finding that says why.

One file a family of causes; `explain.py` says in which order they are asked.
"""
