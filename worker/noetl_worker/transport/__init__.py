"""The ways between a process and the engine."""
