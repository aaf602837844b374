"""A short form of `./dev load` (tests/lab/load.py)."""
from tests.lab import load


def test_checks_move_no_address(lab, report):
    """How late adverts are is as much the machine's matter as baton's, and only told. That nothing moves is not."""
    found = load.measure(lab.network, 2, 20, 100)
    report(f"20 instances with adverts every 100 ms beside 100 checks a second: {load.share(found.gaps, 0.99):.2f} ms "
           f"(99 %), {found.gaps[-1]:.2f} ms at the most, from one to the next")
    assert found.moves == 0
    assert len(found.gaps) >= 20 * 10
