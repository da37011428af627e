"""Where in a cluster a model trains, at which precision, and which nodes are odd."""
