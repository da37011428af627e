"""`python -m envprobe.cli`, where the `envprobe` script is not on the path."""

from envprobe.cli import main

main()
