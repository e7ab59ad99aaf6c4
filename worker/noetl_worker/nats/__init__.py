"""NATS: commands are announced and reports travel over JetStream. Nothing in it decides."""
