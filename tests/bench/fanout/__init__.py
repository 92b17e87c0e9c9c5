"""The fan-out bench's parts: its crowd of sockets, the poster, and the servers it compares with."""
