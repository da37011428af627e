"""A diagnosis joined with this machine: does it show the same, the opposite, or tell nothing?"""
