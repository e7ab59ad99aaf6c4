"""The shell around the engine: embedded database, deployer and command line."""
