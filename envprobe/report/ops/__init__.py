"""What is registered, probed and measured of ops, on a terminal."""
