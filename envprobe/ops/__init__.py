"""The catalog of ops: rows, how a cell is resolved from them, formulas, tolerances."""
