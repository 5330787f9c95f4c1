"""Who is measured."""
import dataclasses
import os
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    command: tuple
    env: dict = dataclasses.field(default_factory=dict)
    #: What must be there for it to run.
    needs: str = ""
    #: Added to the options of every measurement.
    options: tuple = ()

    def available(self):
        return os.path.exists(self.needs) and shutil.which(self.command[0]) is not None


def known(build):
    """All peers, parley first; `build` is the build directory."""
    made = pathlib.Path(build).resolve() / "tests" / "benchmark"
    modules = made / "node" / "node_modules"
    node_env = {"NODE_PATH": str(modules)}

    def program(name, file, options=()):
        return Peer(name, (str(made / file),), needs=str(made / file), options=options)

    def module(name, script, package):
        return Peer(name, ("node", str(HERE / "peers" / "node" / script)), node_env, str(modules / package))

    return [
        program("parley", "bench_parley"),
        program("parley portable", "bench_parley", ("fast=0",)),
        program("parley asleep", "bench_parley", ("busy=0",)),
        module("node-datachannel", "node_datachannel.js", "node-datachannel"),
        module("wrtc", "wrtc.js", "@roamhq/wrtc"),
        program("pion", "bench_pion"),
        program("bare UDP", "bench_udp"),
    ]
