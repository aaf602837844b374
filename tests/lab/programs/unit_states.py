"""A systemd on a bus of our own, as far as asking for units goes. Usage: unit_states.py BUS FILE

The file has a line for each unit it knows: its name and its ActiveState ("mail.service active"). It is read for each
question. Others are inactive, without a unit file. Prints "ready". org.freedesktop.systemd1(5).
"""
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

UNITS = "/org/freedesktop/systemd1/unit"


def unit_of(path):
    """As sd_bus_path_encode(3) writes names into paths: "mail_2eservice"."""
    first, *others = path.removeprefix(UNITS + "/").split("_")
    return first + "".join(chr(int(part[:2], 16)) + part[2:] for part in others)


class Units(dbus.service.FallbackObject):
    @dbus.service.method("org.freedesktop.DBus.Properties", in_signature="ss", out_signature="v",
                         path_keyword="path")
    def Get(self, interface, name, path):
        with open(sys.argv[2], encoding="ascii") as file:
            states = dict(line.split() for line in file)
        unit = unit_of(path)
        if name == "ActiveState":
            return states.get(unit, "inactive")
        if name == "LoadState":
            return "loaded" if unit in states else "not-found"
        return "exit-code" if states[unit] == "failed" else "success"


DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
owned = dbus.service.BusName("org.freedesktop.systemd1", bus)
units = Units(bus, UNITS)
print("ready", flush=True)
GLib.MainLoop().run()
