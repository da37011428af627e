"""The report on a check: verdict, findings, targets, and where in a cluster the model trains."""
