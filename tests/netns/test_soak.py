"""Short forms of what `./dev soak` does at length (tests/lab/soak.py)."""
from tests.lab import soak
from tests.lab.batond import script
from tests.lab.processes import eventually


def test_killed_again_and_again(lab, report):
    nodes = soak.three_nodes(lab.node)
    for node in nodes:
        node.start()
    beyond = soak.kill_again_and_again(nodes, lab.capture(), rounds=6)
    report(f"the Active of three killed {len(beyond)} times: nobody advertised for "
           f"{1000 * max(beyond):.2f} ms beyond the Active_Down_Interval at the most")


def test_busy_machine(lab, report):
    """At 100 ms here: with 10 ms it takes a machine that does nothing else (C161), which a test run is not."""
    pair = [lab.node("lb1", "10.0.1.2/24", priority=200, advert_interval="100ms"),
            lab.node("lb2", "10.0.1.3/24", priority=100, advert_interval="100ms")]
    found = soak.busy(*pair, lab.capture(), 2, soak.as_the_unit_runs_it())
    report(f"beside {soak.BUSY_LOOPS} busy loops, adverts every 100 ms: {found}")
    assert found.takeovers == [] and found.stalls == 0
    assert 10 <= found.adverts <= 22


def test_what_batond_starts_is_not_in_real_time(lab):
    said = lab.network.directory / "scheduling"
    lb1 = lab.node("lb1", "10.0.1.2/24", checks={"policy": script(["/bin/sh", "-c", f"chrt -p $$ >{said}"])})
    lb1.config["instances"]["VI_1"]["track"] = [{"check": "policy", "weight": -20}]
    lb1.write_config()
    lb1.launch(*soak.as_the_unit_runs_it())
    lb1.wait_ready()
    eventually(lambda: lb1.status()["checks"][0]["state"] == "up", "the check has run")
    assert "SCHED_OTHER" in said.read_text()
    if soak.as_the_unit_runs_it():
        assert "SCHED_FIFO" in lb1.host.run("chrt", "-p", lb1.pid).stdout
