#!/usr/bin/python3
"""Writes docs/configuration.md and docs/checks.md from config/schema.json and config/examples/.

With --check it writes nothing and exits with 1 if a page is not what it would write.
The examples are not made up: a unit test loads them, and compares the errors of
mistakes.json with mistakes.txt.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "configuration.md"
CHECKS_PAGE = ROOT / "docs" / "checks.md"
SCHEMA = ROOT / "config" / "schema.json"
EXAMPLES = ROOT / "config" / "examples"

# Where each object of the schema stands in the file; their order on the page.
OBJECTS = {
    "instance": "`instances` → *name*",
    "address": "`instances` → *name* → `addresses` or `excluded_addresses` → *entry*",
    "route": "`instances` → *name* → `routes` → *entry*",
    "rule": "`instances` → *name* → `rules` → *entry*",
    "authentication_hmac": "`instances` → *name* → `authentication`",
    "authentication_pass": "`instances` → *name* → `authentication`",
    "unicast": "`instances` → *name* → `unicast`",
    "announce": "`instances` → *name* → `announce`",
    "track_check": "`instances` → *name* → `track` → *entry*",
    "track_interface": "`instances` → *name* → `track` → *entry*",
    "hooks": "`instances` → *name* → `hooks`",
    "hook": "`hooks` → *event* → *entry*",
    "sync_group_object": "`sync_groups` → *name*",
    "group_hooks": "`sync_groups` → *name* → `hooks`",
}

# The kinds of checks, on a page of their own, and the keys that all of them have.
CHECKS = ("check_script", "check_haproxy", "check_smtp", "check_tcp", "check_http", "check_ping", "check_dns",
          "check_process", "check_file", "check_systemd")
IN_ALL_CHECKS = ("interval", "timeout", "jitter", "rise", "fall", "initial", "run_while", "hold_down")

# Definitions of plain values, at the end of the page.
VALUES = ("name", "path", "interface", "duration", "variable")

INTRO = """\
<!-- Made by docs/generate-configuration.py from config/schema.json: change that, not this page. -->

# Configuration

batond reads one file, `/etc/baton/baton.json` unless `--config FILE` names another.
{description}

`batond --check` looks at the file, prints every error, and starts nothing. An editor that knows
JSON Schema completes and checks while you type if `$schema` names it: `/usr/share/baton/schema.json`
once baton is installed, `config/schema.json` in the source.

## A full example

One node of a pair in front of two mail servers. The other node has the same file with `"node": "lb2"` and
`"priority": 100`.

```jsonc
{pair}```

## In the place of one keepalived

A pair of keepalived 2.x with VRRPv2, its default, and this on the node to be replaced:

```text
vrrp_instance VI_1 {{
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    authentication {{
        auth_type PASS
        auth_pass secret
    }}
    virtual_ipaddress {{
        10.0.1.100/24
    }}
}}
```

Stop keepalived there and start batond with this file. The other node stays as it is.

When a network that was cut in two is whole again, keepalived may yield without a word, and whoever was told by it where
the address is goes on sending there. Between two batonds the loser says so, and the winner announces at once; beside
keepalived it is the `refresh` of `announce` that finds them, within 30 s. For less, set it lower:
`"announce": {{ "refresh": "5s" }}`.

FRR announces nothing when it wins. Where batond yields to it without `virtual_mac`, the hosts on batond's side of the cut
keep batond's MAC address until their ARP entry ages: 39 s were measured on Linux, and on some routers it is hours. Beside
FRR, set `"virtual_mac": true`: both have the virtual MAC address then, and no host has anything to learn.

```jsonc
{keepalived}```

Words of keepalived, and what says the same here; batond answers with it where it finds one of these. Who is Active is the
priority's business alone, so there is no `state`; the `weight` of a script stands where an instance tracks it.

{words}

## IPv6

An IPv6 instance beside an IPv4 one. They may have the same VRID, and fail over each by itself.

```jsonc
{ipv6}```

## Unicast

One node of three in a network that carries no multicast. Each names the other two.
Beside keepalived over IPv6, set `"minimum_ttl": 64` or have keepalived say `unicast_ttl 255`: it sends IPv6 unicast with a
hop limit of 64 (version 2.2.7), which is refused otherwise, and both would be Active.

```jsonc
{unicast}```

## A router

One of two gateways, with the virtual MAC address, addresses that stand in no advert, and routes that only the Active
node has. It drops what is sent to the virtual addresses themselves; what it forwards is not touched.

```jsonc
{router}```

Routes and rules are set after the addresses and before the first advert, each confirmed by the kernel. One that cannot
be set is a fault (`route_not_held`), and the node does not become Active. Before the addresses go, routes and rules go.
The rest of what a router needs is in [on-a-router.md](on-a-router.md).

## Hooks

Programs that run when an instance changes its state, and one that must succeed before it may take over. What they are
told, and when they run, stands [below](#the-hooks).

```jsonc
{hooks}```

Scripts that were written for keepalived run as they are: `"convention": "keepalived_notify"` is its `notify`,
`"convention": "keepalived"` its `notify_master` and the like, and `notify_fifo` its pipe. What is different: they run one
after the other, they have a timeout, and what they leave behind in their process group ends with them.

## Signed adverts

Adverts signed with a secret key of the nodes. Without it nobody can make an advert that is taken; and none is taken
twice, also not after a restart or a crash.

```jsonc
{signed}```

The key file, on each node the same, belongs to root and nobody else may read it; its directory nobody else may write
to:

```sh
install -d -m 0700 /etc/baton/keys
(umask 077; echo "1 hex:$(openssl rand -hex 32)" > /etc/baton/keys/VI_1)
```

A line of it is a number and a key. The first one signs, all of them verify; lines that begin with `#` are left out.

```text
# the new one, since March
2 hex:9d1c1f0e4b7a5d23c0ffee8899aabbccddeeff00112233445566778899aabbcc
1 hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
```

**Introduce it** on a pair that runs without. Copy the key file to both nodes first. Then, one node after the other,
a reload (`systemctl reload baton`) for each step, and the Backup first: `"mode": "receive_only"` on both; `"permissive"` on both; `"enforce"` on
both. A node without `authentication` refuses signed adverts (`rejected_length`), which is why nobody signs until all
can read. When all nodes sign, `rejected_authentication_missing` stays where it is in `enforce`.

**Change a key** while both run, without a failover. Edit the file on both nodes and reload each batond
(`systemctl reload baton`) after each step; `batonctl why VI_1` says which key signs:

1. Add the new key as the last line on both: now both can verify it.
2. Make its line the first on both: now both sign with it.
3. Remove the old line on both.

Other keys in the file are a change like any other: `batonctl reload --dry-run`, `batonctl reload` and the log name the
instance and the file. A file with a mistake changes nothing; they say what is wrong with it.

**Beside keepalived 2.4** use the same keys and numbers: `auth_hmac {{ key 1 hex:...; active_key 1; mode enforce }}` there
is `"type": "hmac"` here. `time_window` is `window`, `anti_replay monotonic` is `"freshness": "monotonic"`.

**What can go wrong.**

- Keys or clocks that do not agree: each node refuses the other, and both become Active. Both say so in the log and
  count it (`rejected_authentication_invalid`, `_unknown_key`, `_stale`). This is in the nature of authentication, and
  so with keepalived. Check one node with `batonctl status` before you change the other.
- A key file that is missing, open to others, or without a good key: batond does not start (status 78). It never goes
  on without authentication.
- What was heard and sent is kept in `state_dir`, one file for each instance (another directory than the default needs
  `ReadWritePaths=` in the systemd unit). Without an orderly end, batond takes part
  one second later at its next start. If the file is lost, an advert may be taken again that is younger than `window`
  (`monotonic`: that was ever recorded with these keys): change the keys.
- A node whose clock was far ahead and was put back is refused by the others (`authentication_trouble` in its status)
  until it has new keys and a new file in `state_dir`.
- The signature does not hide anything, and holds for the message and its sender's address: not for TTL, destination
  and interface.
"""

CHECKS_INTRO = """\
<!-- Made by docs/generate-configuration.py from config/schema.json: change that, not this page. -->

# Checks

A check looks again and again whether something is well. By itself it does nothing: instances `track` it, and what it
finds changes their priority, or keeps them out of the election.

```jsonc
"checks": {{
  "haproxy": {{ "type": "haproxy", "socket": "/run/haproxy/admin.sock", "backend": "mail_backend", "min_up": 1, "fall": 2 }},
  "mail1": {{ "type": "smtp", "address": "10.0.1.10", "starttls": "required", "server_name": "mail1.example.org" }}
}},
"instances": {{
  "VI_1": {{
    // ...
    "track": [{{ "check": "haproxy", "weight": -20 }}, {{ "check": "mail1", "weight": -5 }}]
  }}
}}
```

**What a result does.** A weight below zero is subtracted from the priority while the check is down; one above zero is
added while it is up; with weight 0 the instance is in fault while it is down and takes no part. `reverse` turns that
round. `proportional` takes of the weight as much as is not well: of four servers behind HAProxy one is down, and of -20
count -5. Several instances may track one check, which runs once for all of them. What all nodes see alike should weigh
less than the gap between their priorities, or the address goes there and back: [mail-site.md](mail-site.md) has an example.

**How fast.** A check turns after `fall` bad results, and no later than `fall` times `interval`, and `timeout`, after what
it looks at has gone wrong, however that is; with `jitter`, add that to each `interval`. This is why `timeout` may not be
longer than `interval`. The end of a process that a `process` check has found, and a change of the file of a `file` check,
are looked at when they happen. If a result lowers the priority below that of a Backup, the Backup takes over after its
Skew_Time, and the old node keeps answering until it has (`prompt_takeover`).

A run that batond itself held up, because it stood still (SIGSTOP, a host without time for it), has the time that was lost given
back, once, before it counts as timed out.

A check over TCP ends its connection by a reset when all is said, for whoever closes first keeps the port for a minute; the
server's log may tell of that. One that has sent a last word (SMTP's QUIT) closes as usual.

**TLS.** 1.2 and 1.3, without finite-field Diffie-Hellman: its group is the server's choice, and a large one would hold up
adverts. Without `ca_file` the system's certificates are trusted: those of its file as they were at the start or the last
reload, and those of its directory as they are, for OpenSSL looks there at each handshake. So what is added to the directory
is trusted without a reload; what is taken away may be trusted until the next one.

**It fails closed.** What cannot be asked, does not answer in time, or answers what makes no sense is a bad result, with
the reason in its `detail`. Server names are not looked up, so no check hangs on DNS. No run is ever on the way twice.

**By hand.** `batonctl check haproxy down` has it count as down, whatever it finds, until `batonctl check haproxy auto` or
the end of batond, or a reload that knows no such check; `up` likewise. `batonctl status` shows each check with its last detail, and what is set by hand:

```text
CHECK    STATE               SINCE                 LAST RESULT
haproxy  down (set by hand)  2026-03-01T12:01:40Z  backend mail_backend: 0 of 2 servers up (mail1: MAINT; mail2: DRAIN, L4OK)
```

**Only while active.** What works on the Active node alone, such as a service bound to the virtual address, is checked
with `"run_while": "active"`: the check runs while an instance that tracks it is Active, and counts from its first result
on. Elsewhere it does not run and counts as nothing. When its failure moves the addresses away it ends with that, so what
it found stays in force for `hold_down`; after that the node may take the addresses again, and find out. A pair that
should not try by itself has `"preempt": false`, or a long `hold_down`. Where the service needs a moment after the
addresses have come, `"initial": "up"` with a greater `fall` gives it one
([decision 022](decisions/022-checks-while-active.md)).

```jsonc
"web": {{ "type": "http", "address": "10.0.1.100", "run_while": "active", "hold_down": "10m", "initial": "up", "fall": 5 }}
```

**Of the host itself, and what is near it:**

```jsonc
{checks}```
"""

ERRORS = """\
## How errors look

All errors are shown at once, in the order of the file, each with file, line, column (counted in characters),
the JSON pointer of the value, what is wrong, and what is allowed. batond then exits with status 78 and has
touched nothing. This file

```jsonc
{mistakes}```

gives

```text
{errors}```

batond also looks at what the file names:

- Interfaces, those of addresses, routes, rules and `track` too, must exist when batond starts, unless batond makes
  them.
- A key file must be private and hold good keys.
- The program of a check must be an absolute path to an executable file that not everybody may write to.
- The same of a hook, and its group may not write to it either, nor may everybody put another file in its place
  (`/tmp` is fine, for its sticky bit). Its user, group and directory must be there.
- A VRID may be used once on an interface for each family, an address once in the file, advertised or excluded.
  Network, broadcast, multicast, loopback and reserved addresses are refused.
- Two routes may not have the same destination, table and metric, and no rule may stand twice.
- The checks that are tracked must exist, and each may be tracked once by an instance.
- The configuration must be a regular file or a link to one. It may be 4 MiB large and 64 levels deep.
"""


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


class Page:
    def __init__(self, schema, name):
        self.schema = schema
        self.name = name

    def resolve(self, part):
        """The part with what its $ref names; its own keywords win."""
        if "$ref" not in part:
            return part
        name = part["$ref"].removeprefix("#/$defs/")
        return {**self.resolve(self.schema["$defs"][name]), **part}

    def referred(self, part):
        """The name of the definition a part stands for, if the page has a section on it."""
        name = part.get("$ref", "").removeprefix("#/$defs/")
        return name if name in OBJECTS or name in VALUES or name in CHECKS else None

    def link(self, name):
        title = self.schema["$defs"][name]["title"]
        text = title.split(" ", 1)[1]
        on = "checks.md" if name in CHECKS else "configuration.md"
        page = "" if on == self.name else on
        return f"[{text}]({page}#{title.lower().replace(' ', '-')})"

    def type_of(self, part):
        name = self.referred(part)
        if name:
            return self.link(name)
        part = self.resolve(part)
        if "oneOf" in part:
            return " or ".join(self.type_of(branch) for branch in part["oneOf"])
        if part.get("type") == "array":
            return f"list of {self.plural(part['items'])}"
        if part.get("type") == "object":
            return f"object: name → {self.type_of(part['additionalProperties'])}"
        return {"integer": "whole number", "boolean": "true or false"}.get(part["type"], part["type"])

    def plural(self, items):
        if not self.referred(items):
            items = self.resolve(items)
        return "entries: " + self.type_of(items) if "oneOf" in items else self.type_of(items) + "s"

    def range_of(self, part):
        part = self.resolve(part)
        if "enum" in part:
            return ", ".join(f"`{json.dumps(word)}`" for word in part["enum"])
        if "minimum" in part:
            return f"{part['minimum']} to {part['maximum']}"
        if "x-range" in part:
            return part["x-range"]
        if "x-duration" in part:
            limits = part["x-duration"]
            step = f" in steps of {limits['step']}" if "step" in limits else ""
            zero = f", or 0s ({limits['zero']})" if "zero" in limits else ""
            return f"{limits['minimum']} to {limits['maximum']}{step}{zero}"
        if "maxLength" in part:
            return f"{part['minLength']} to {part['maxLength']} octets"
        if "maxItems" in part:
            each = "" if "oneOf" in self.resolve(part["items"]) else self.range_of(part["items"])
            return f"{part.get('minItems', 0)} to {part['maxItems']} entries" + (f" of {each}" if each else "")
        if part.get("minItems", 0) > 1:
            return f"at least {part['minItems']}"
        if "minItems" in part or "minProperties" in part:
            return "at least one"
        if "oneOf" in part or part.get("minLength"):
            return "not empty"
        return ""

    def default_of(self, key, part, required):
        if key in required:
            return "*required*"
        if "default" in part:
            return f"`{json.dumps(part['default'])}`"
        return part.get("x-default", "")

    def table(self, schema, without=()):
        yield "| key | type | default | range | meaning |"
        yield "|---|---|---|---|---|"
        for key, part in schema["properties"].items():
            if key in without:
                continue
            example = part.get("examples") or self.resolve(part).get("examples")
            meaning = self.resolve(part)["description"]
            if example:
                meaning += f" Example: `{json.dumps(example[0], ensure_ascii=False)}`"
            cells = [f"`{key}`", self.type_of(part), self.default_of(key, part, schema.get("required", [])),
                     self.range_of(part), meaning]
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    def values(self):
        yield "## Values\n"
        for name in VALUES:
            definition = self.schema["$defs"][name]
            words = definition["patternErrorMessage"].split(": ", 1)[1]
            yield f"### {definition['title']}\n\n{words[0].upper()}{words[1:]}. As a regular expression: " \
                  f"`{definition['pattern']}`.\n"

    def text(self):
        examples = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.json")}
        errors = (EXAMPLES / "mistakes.txt").read_text(encoding="utf-8")
        parts = [INTRO.format(description=self.schema["description"], words="\n".join(self.words_of_keepalived()),
                              **examples)]
        parts.append("## The whole file\n\n" + "\n".join(self.table(self.schema)) + "\n")
        for name, place in OBJECTS.items():
            definition = self.schema["$defs"][name]
            parts.append(f"## {definition['title']}\n\n{place}: {definition['description']}\n\n"
                         + "\n".join(self.table(definition)) + "\n")
        parts.append("\n".join(self.values()))
        parts.append(ERRORS.format(mistakes=examples["mistakes"], errors=errors))
        return "\n".join(parts)

    def words_of_keepalived(self):
        """What batond answers to each of them."""
        yield "| keepalived | here |\n|---|---|"
        for part in (self.schema, self.schema["$defs"]["instance"]):
            for word, here in part["x-keepalived"].items():
                yield f"| `{word}` | `{json.dumps(here)[1:-1]}` |"

    def checks(self):
        common = self.schema["$defs"][CHECKS[0]]["properties"]
        parts = [CHECKS_INTRO.format(checks=(EXAMPLES / "checks.json").read_text(encoding="utf-8"))]
        parts.append("## What all have\n\n"
                     + "\n".join(self.table({"properties": {key: common[key] for key in IN_ALL_CHECKS}})) + "\n")
        for name in CHECKS:
            definition = self.schema["$defs"][name]
            parts.append(f"## {definition['title']}\n\n{definition['description']}\n\n"
                         + "\n".join(self.table(definition, IN_ALL_CHECKS)) + "\n")
        return "\n".join(parts)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is stale")
    check = arguments.parse_args().check
    schema = load(SCHEMA)
    texts = {PAGE: Page(schema, PAGE.name).text(), CHECKS_PAGE: Page(schema, CHECKS_PAGE.name).checks()}
    if not check:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in texts.items()
             if not path.exists() or path.read_text(encoding="utf-8") != text]
    if not stale:
        return 0
    print(f"{', '.join(str(path.relative_to(ROOT)) for path in stale)}: not what config/schema.json says; "
          "run docs/generate-configuration.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
