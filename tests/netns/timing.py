"""The times RFC 9568 section 6.1 gives, in seconds, and how test results are told."""
import statistics

GOAL = 0.020   # what baton promises on top of the RFC's time, on a machine at rest; reported
SLACK = 0.500  # what a busy machine and a sanitizer may add; asserted


def skew(priority, interval):
    return (256 - priority) * interval / 256


def active_down_interval(priority, interval):
    return 3 * interval + skew(priority, interval)


def in_seconds(duration):
    return float(duration[:-2]) / 1000 if duration.endswith("ms") else float(duration[:-1])


def over(times, due):
    """Times against the due time of each, in words: for the report."""
    excess = sorted(1000 * (time - at) for time, at in zip(times, due))
    median = statistics.median(excess)
    verdict = "within" if median <= 1000 * GOAL else "OVER"
    return (f"median {median:+.2f} ms against the RFC's time ({excess[0]:+.2f} to {excess[-1]:+.2f} ms, "
            f"{len(excess)} rounds): {verdict} the goal of +{1000 * GOAL:.0f} ms")
