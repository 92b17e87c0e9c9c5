"""Running Corpblog's processes: the web server, the worker, and the demo directory of an embedded instance."""
