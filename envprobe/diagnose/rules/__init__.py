"""One rule a file; its name states the fault, and the file is its manual page.

LOG1xx  the GPU: driver, libraries, cuDNN, the GPU itself
LOG2xx  memory and disk
LOG3xx  kernels, precision, XLA, custom ops
LOG4xx  the model: shapes, labels, dtypes, symbolic tensors, checkpoints
LOG5xx  the numbers and the data
LOG6xx  versions and installation
LOG7xx  several processes: collectives, hangs, limits of a scheduler
LOG8xx  harmless
LOG9xx  messages that only wrap another one
"""
