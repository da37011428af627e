"""Doctor's examination and the pages of its rules, on a terminal and as documents."""
