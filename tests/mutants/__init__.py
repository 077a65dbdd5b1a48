"""Small faults set into the source one at a time: does a test notice? Run by `make mutants`; see README.md."""
