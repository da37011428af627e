"""What a model needs: its op list, and the readers of everything a model can be given as."""
