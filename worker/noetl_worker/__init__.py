"""The worker: claims commands, runs their tools, stores results, reports."""
