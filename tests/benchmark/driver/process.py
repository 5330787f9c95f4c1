"""Peer processes: their lines, their CPU time, their memory."""
import dataclasses
import json
import os
import queue
import subprocess
import threading
import time


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as listing:
                found += [int(word) for word in listing.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def tree(pid):
    return [pid] + [deeper for child in children(pid) for deeper in tree(child)]


def cpu_seconds(pid):
    """User and system time of a process and its descendants, from the process clocks: what getrusage would tell each of
    them, but to the nanosecond and from outside."""
    total = 0.0
    for member in tree(pid):
        try:
            total += time.clock_gettime((~member << 3) | 2)
        except OSError:
            pass
    return total


def busy_seconds():
    """CPU time that all of the machine has used; steal and idle left out."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq = (int(word) for word in stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def memory_and_threads(pid):
    resident = threads = 0
    for member in tree(pid):
        with open(f"/proc/{member}/status") as status:
            fields = dict(line.split(":", 1) for line in status if ":" in line)
        resident += int(fields["VmRSS"].split()[0]) * 1024
        threads += int(fields["Threads"])
    return resident, threads


@dataclasses.dataclass
class Sample:
    """What the processes of a session had used at one moment."""
    at: float
    cpu: float
    busy: float
    resident: int = 0
    threads: int = 0


class Process:
    """A peer that speaks lines of JSON; what it says goes to `inbox` as (process, message)."""

    def __init__(self, command, inbox, on_mark, env=None):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, bufsize=1, env={**os.environ, **(env or {})})
        self.pid = self.child.pid
        self.errors = []
        self._threads = [threading.Thread(target=self._read, args=(inbox, on_mark), daemon=True),
                         threading.Thread(target=self._read_errors, daemon=True)]
        for thread in self._threads:
            thread.start()

    def _read(self, inbox, on_mark):
        for line in self.child.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                self.errors.append(line.strip())
                continue
            if "mark" in message:
                on_mark(message["mark"])
            inbox.put((self, message))
        inbox.put((self, {"ended": self.child.wait()}))

    def _read_errors(self):
        for line in self.child.stderr:
            self.errors.append(line.strip())

    def send(self, message):
        try:
            self.child.stdin.write(json.dumps(message) + "\n")
        except (BrokenPipeError, ValueError):
            pass  # It has ended; its "ended" line says so.

    def stop(self):
        """Ends it: by the end of its input, else by a signal."""
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.child.wait(3)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Failed(Exception):
    """A peer did not do what it was asked; the text says what it did."""


class Session:
    """One run of one measurement: one process, or an offerer and an answerer with their signals passed on."""

    def __init__(self, commands, env=None, carry=lambda process_index, signal: signal):
        self.inbox = queue.Queue()
        self.samples = {}
        self._carry = carry
        self.processes = []
        self.processes += [Process(command, self.inbox, self._mark, env) for command in commands]

    def _mark(self, name):
        self.samples[name] = self.sample()

    def sample(self, memory=True):
        sample = Sample(time.monotonic(), sum(cpu_seconds(p.pid) for p in self.processes), busy_seconds())
        if memory:
            for process in self.processes:
                resident, threads = memory_and_threads(process.pid)
                sample.resident += resident
                sample.threads += threads
        return sample

    def wait_result(self, timeout):
        deadline = time.monotonic() + timeout
        while True:
            try:
                process, message = self.inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f"no result after {timeout:.0f} s{self._said()}") from None
            if "result" in message:
                return message["result"]
            if "ended" in message:
                raise Failed(f"ended with {message['ended']}{self._said()}")
            if "signal" in message:
                self._pass_on(process, message["signal"])

    def _pass_on(self, process, signal):
        index = self.processes.index(process)
        carried = self._carry(index, signal)
        if carried is not None:
            self.processes[1 - index].send({"signal": carried})

    def _said(self):
        said = [line for process in self.processes for line in process.errors if line]
        return ": " + " | ".join(said[-2:])[:300] if said else ""

    def stop(self):
        for process in self.processes:
            process.stop()
