"""What an operator sees of the sockets on /metrics."""

from prometheus_client import Counter, Gauge, Histogram

sockets = Gauge("corpblog_live_sockets", "Open live sockets of this process.", multiprocess_mode="livesum")
opened = Counter("corpblog_live_opened_total", "Sockets opened, by how their frames leave.", ["outlet"])
deliveries = Counter("corpblog_live_deliveries_total", "Events of channels handed to sockets.")
closed = Counter("corpblog_live_closed_total", "Sockets this process closed, by reason.", ["reason"])
refused = Counter("corpblog_live_refused_total", "Handshakes refused, by reason.", ["reason"])
wakeups_sent = Counter("corpblog_wakeups_sent_total", "Wake-ups given to Redis.")
wakeups_lost = Counter(
    "corpblog_wakeups_lost_total", "Wake-ups that did not leave; polling makes up for them.", ["where"]
)
polled = Counter("corpblog_live_polled_total", "Changes that polling found before any wake-up.")
failures = Counter("corpblog_live_failures_total", "Reads for sockets that failed and are tried again.", ["task"])
delivery = Histogram(
    "corpblog_live_delivery_seconds",
    "From wake-up to the last socket of this process.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
