"""The mail front as it is deployed: two load balancers with HAProxy and batond, two mail servers, a client.

    lb1 10.0.1.2 (priority 101)  --+
    lb2 10.0.1.3 (priority 100)  --+-- one switch --+-- mail1 10.0.1.10, mail2 10.0.1.11
    client 10.0.1.50             --+                         virtual address 10.0.1.100
"""
import time

from tests.lab.batond import ROOT, VIP, Batond, configuration, script
from tests.lab.probes import ArpWatch, SmtpProbe
from tests.lab.processes import LabError, eventually
from tests.lab.services import Haproxy, MailSink

PROCESS_ALIVE = ROOT / "scripts" / "checks" / "process-alive"
PRIORITIES = {"lb1": 101, "lb2": 100}


class MailFront:
    """Built step by step, so that one can tell what is being done."""

    def __init__(self, network):
        self.lb = {"lb1": network.add_host("lb1", "10.0.1.2/24"), "lb2": network.add_host("lb2", "10.0.1.3/24")}
        self.client = network.add_host("client", "10.0.1.50/24")
        self.mail = [network.add_host("mail1", "10.0.1.10/24"), network.add_host("mail2", "10.0.1.11/24")]
        self.haproxy = {}
        self.batond = {}
        self.smtp = None
        self.arp = None

    def start_services(self):
        for host in self.mail:
            MailSink(host)
        self.haproxy = {name: Haproxy(host).start() for name, host in self.lb.items()}

    def start_batond(self):
        for name, host in self.lb.items():
            check = script([str(PROCESS_ALIVE), str(self.haproxy[name].pidfile)])
            config = configuration(name, priority=PRIORITIES[name], advert_interval="1s", checks={"haproxy": check},
                                   track=[{"check": "haproxy", "weight": -20}])
            self.batond[name] = Batond(host, config).start()

    def start_client(self):
        self.arp = ArpWatch(self.client, VIP)
        self.smtp = SmtpProbe(self.client, VIP)

    def holders(self):
        """The load balancers that have the virtual address, as their kernels say."""
        return [name for name, host in self.lb.items() if host.holds(VIP)]

    def serving(self):
        """The load balancer that the client's packets go to, by its own neighbour entry."""
        mac = self.arp.mac()
        return next((name for name, host in self.lb.items() if host.mac() == mac), None)

    def await_home(self, name):
        """Waits until the address is with this one alone, and the client has its answers from there."""
        try:
            self.batond[name].wait_state("active")
            eventually(lambda: self.holders() == [name], "")
            self.smtp.wait_good(after=time.time())
            eventually(lambda: self.serving() == name, "")
        except LabError as error:
            raise LabError(f"the virtual address must be with {name} alone; it is on "
                           f"{' and '.join(self.holders()) or 'no node'}, and the client talks to "
                           f"{self.serving() or 'nobody'}. {error}") from None
