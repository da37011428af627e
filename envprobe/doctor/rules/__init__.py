"""The rules: a file each, which is also the rule's manual page. Adding a rule is adding a file.

DOC1xx  NVIDIA's driver, NVML and the GPUs themselves
DOC2xx  what is installed: TensorFlow, its build, CUDA's libraries, Python's packages
DOC3xx  the host: CPU, memory, limits, operating system
DOC4xx  precision: what a dtype means on this hardware
DOC5xx  environment variables and settings
DOC6xx  TensorFlow's start, and what it says of itself once it runs
"""
