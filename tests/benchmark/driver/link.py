"""The emulated link of a two-process run: the link_emulator program and the candidates that lead through it."""
import json
import re
import subprocess

import network

CANDIDATE = re.compile(r"((?:a=)?candidate:\S+ 1 (?:udp|UDP) \d+ )(\S+) (\d+)( typ host\b.*)")


class Link:
    def __init__(self, program, rtt_ms=0, loss_percent=0, rate_mbit=0, seed=1):
        # The queue of a limited link holds one bandwidth-delay product.
        queue = max(int(rate_mbit * 1e6 / 8 * rtt_ms / 1e3), 100_000)
        self.process = subprocess.Popen(
            [program, "--listen", f"{network.ADDRESS}:0", "--back", f"{network.ADDRESS}:0",
             "--delay", str(rtt_ms / 2), "--loss", str(loss_percent), "--rate", str(rate_mbit), "--queue", str(queue),
             "--seed", str(seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.pid = self.process.pid
        faces = self._answer()
        # What the offerer (0) hears of the other side is the face turned to it, and the reverse.
        self._faces = [faces["a"], faces["b"]]
        self._known = [False, False]

    def _answer(self):
        return json.loads(self.process.stdout.readline())

    def _ask(self, command):
        self.process.stdin.write(command + "\n")
        return self._answer()

    def counters(self):
        return self._ask("counters")

    def carry(self, sender, signal):
        """The signal as the other side may see it; None if nothing of it is left."""
        if "description" in signal:
            description = dict(signal["description"])
            lines = [self._move(sender, line) for line in description["sdp"].splitlines()]
            description["sdp"] = "\r\n".join(line for line in lines if line is not None) + "\r\n"
            return {"description": description}
        candidate = dict(signal["candidate"])
        if candidate.get("candidate"):
            candidate["candidate"] = self._move(sender, candidate["candidate"])
            if candidate["candidate"] is None:
                return None
        return {"candidate": candidate}

    def _move(self, sender, line):
        """A candidate line led through the link: one host candidate a side, others are dropped."""
        if not re.match(r"(a=)?candidate:", line):
            return line
        found = CANDIDATE.fullmatch(line)
        if not found or found[2] != network.ADDRESS or self._known[sender]:
            return None
        self._known[sender] = True
        before, address, port, rest = found.groups()
        self._ask(f"{'ab'[sender]} {address}:{port}")
        host, face_port = self._faces[1 - sender].rsplit(":", 1)
        return f"{before}{host} {face_port}{rest}"

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
