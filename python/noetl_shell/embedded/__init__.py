"""The private PostgreSQL that makes ``noetl run`` work with nothing installed."""
