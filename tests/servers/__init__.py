"""Real servers for the tests: children of the test run, unprivileged, on loopback, on free ports, gone at its end."""
