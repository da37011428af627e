"""Data only: op catalog, facts, schemas and recorded matrices. Read with importlib.resources."""
