"""From sightings to the answer: what rules read in them, which is the cause, what is told of it."""
