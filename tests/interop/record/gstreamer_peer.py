"""GStreamer's webrtcbin as a recorded peer: executes the recorder's commands (actor.mjs)."""

import json
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

CAPS = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2",
    "video": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack=true,rtcp-fb-nack-pli=true",
}
NAMES = ("inactive", "sendonly", "recvonly", "sendrecv")
connections = {}


class Connection:
    def __init__(self, config):
        self.pipeline = Gst.Pipeline.new(None)
        self.bin = Gst.ElementFactory.make("webrtcbin", None)
        policies = {"max-bundle": GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE, "max-compat": GstWebRTC.WebRTCBundlePolicy.MAX_COMPAT}
        policy = policies.get(config.get("bundlePolicy"))
        if policy is not None:
            self.bin.set_property("bundle-policy", policy)
        self.pipeline.add(self.bin)
        self.pipeline.set_state(Gst.State.PLAYING)
        self.channel, self.kept = None, []

    def transceivers(self):
        result = []
        while (each := self.bin.emit("get-transceiver", len(result))) is not None:
            result.append(each)
        return result

    def ask(self, signal, *arguments):
        promise = Gst.Promise.new()
        self.bin.emit(signal, *arguments, promise)
        result = promise.wait()
        reply = promise.get_reply()
        self.kept.append((promise, reply))  # which own what is in the reply
        if result != Gst.PromiseResult.REPLIED:
            raise RuntimeError(f"{signal}: {result.value_nick}")
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(f"{signal}: {reply.get_value('error').message}")
        return reply


def kind_of(transceiver):
    return transceiver.get_property("kind").value_nick


def first(entry, kind):
    return next(each for each in entry.transceivers() if kind_of(each) == kind)


def direction_called(name):
    return getattr(GstWebRTC.WebRTCRTPTransceiverDirection, name.upper())


def act(entry, name, *words):
    if name == "add" and len(words) == 2 or name == "track":
        direction = words[1] if name == "add" else "sendrecv"
        entry.bin.emit("add-transceiver", direction_called(direction), Gst.Caps.from_string(CAPS[words[0]]))
    elif name == "channel":
        entry.channel = entry.bin.emit("create-data-channel", "data", None)
    elif name == "direction":
        first(entry, words[0]).set_property("direction", direction_called(words[1]))
    else:
        raise NotImplementedError(f"webrtcbin has no {name}")


def describe(entry, kind):
    description = entry.ask(f"create-{kind}", None).get_value(kind)
    entry.ask("set-local-description", description)
    for _ in range(200):
        if entry.bin.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            break
        time.sleep(0.025)
    return {"type": kind, "sdp": entry.bin.get_property("local-description").sdp.as_text()}


def take(entry, description):
    result, message = GstSdp.SDPMessage.new_from_text(description["sdp"])
    if result != GstSdp.SDPResult.OK:
        raise RuntimeError("not a session description for GStreamer")
    kind = getattr(GstWebRTC.WebRTCSDPType, description["type"].upper())
    entry.ask("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(kind, message))


def run(command, connection, config=None, lines=(), description=None):
    if command == "create":
        connections[connection] = Connection(config)
        return None
    entry = connections[connection]
    if command == "act":
        for line in lines:
            act(entry, *line.split())
    elif command in ("offer", "answer"):
        return describe(entry, command)
    elif command == "take":
        take(entry, description)
    elif command == "state":
        return entry.bin.get_property("connection-state").value_nick
    elif command == "table":
        return []  # current-direction is not webrtc-pc's: it does not follow the answer
    elif command == "close":
        entry.pipeline.set_state(Gst.State.NULL)
    return None


def write(message):
    print(json.dumps(message), flush=True)


Gst.init(None)
write({"event": "ready", "version": f"gstreamer-{Gst.version().major}.{Gst.version().minor}"})
for line in sys.stdin:
    request = json.loads(line)
    number = request.pop("id")
    try:
        write({"event": "reply", "id": number, "result": run(**request)})
    except Exception as e:  # every failure of a command is the recorder's to judge
        write({"event": "reply", "id": number, "error": {"name": type(e).__name__, "message": str(e)}})
