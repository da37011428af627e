REFERENCES: dict = {}
PROPERTIES: dict = {}
