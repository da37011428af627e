"""Typed access to the published compatibility tables of `kernels_matrix/facts`.

One module a table. Nothing is read before it is asked for, and each table once. What a table does
not say is answered by `Unknown` with its reason, never by a guess.
"""
