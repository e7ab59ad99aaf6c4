"""The dispatcher's side of NATS: announces commands, takes reports in, parks poison."""
