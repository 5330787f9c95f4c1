"""A network of the run's own: one address, nothing else on it, nothing leaves it."""
import os
import subprocess
import sys

ADDRESS = "10.77.0.1"
INSIDE = "PARLEY_BENCHMARK_NETWORK"

SETUP = f"""set -e
ip link set lo up
ip link add lan0 type veth peer name lan1
ip link set lan0 addrgenmode none
ip link set lan1 addrgenmode none
ip addr add {ADDRESS}/24 dev lan0
ip link set lan1 up
ip link set lan0 up
"""


def enter():
    """Starts this program again inside a network namespace. Host candidates are then the same single one for every peer,
    and packets between local addresses take the loopback path (MTU 65536)."""
    if os.environ.get(INSIDE):
        return
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    os.environ[INSIDE] = "1"
    os.execvp(unshare[0], unshare + ["sh", "-c", SETUP + 'exec "$@"', "sh", sys.executable] + sys.argv)


def receive_buffer_limit():
    return int(subprocess.run(["sysctl", "-n", "net.core.rmem_max"], capture_output=True, text=True).stdout or 0)
