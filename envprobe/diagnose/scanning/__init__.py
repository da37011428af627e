"""From lines to sightings: one pass over a log for everything that rules and signals know."""
