"""The only code that imports TensorFlow: executes one question at a time and answers it.

It is started by its path under any interpreter that has TensorFlow, and there goes by the name
`envprobe_worker`; hence relative imports, the standard library and numpy only, and syntax that
Python 3.9 reads.
"""
