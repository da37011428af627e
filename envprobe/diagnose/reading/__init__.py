"""From bytes to lines: files, notebooks, encodings, launchers."""
