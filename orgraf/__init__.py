"""The top: command line, settings, web app, logs, embedded Postgres. Wiring, and nothing else."""
