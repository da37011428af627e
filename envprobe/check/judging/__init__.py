"""Each requirement of a model on a target: does it run, and how is that known?"""
