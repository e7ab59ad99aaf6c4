"""Where the bytes of results lie: one small interface, one module per kind of store.

An adapter moves bytes and knows nothing of results, runs or the engine. It is synchronous
and thread-safe: workers call it in threads, Parquet readers and the command line directly.
``registry.Stores`` opens those that the settings name.
"""
