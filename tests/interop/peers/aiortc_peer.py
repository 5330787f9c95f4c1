"""aiortc as an interop peer: executes the commands of ../README.md ("The protocol") on aiortc's RTCPeerConnection."""

import asyncio
import base64
import hashlib
import json
import sys

import aioice
import aiortc
import aiortc.rtcicetransport
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from aiortc_media import Media

connections = {}
channels = {}


class Connection:
    def __init__(self, name, pc):
        self.name, self.pc, self.incoming, self.media = name, pc, 0, None
        self.signals = asyncio.Lock()  # signaling messages are applied one after the other


def write(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def emit(event, **fields):
    write({"event": event, **fields})


def attributes_of(channel):
    names = ("label", "protocol", "ordered", "maxRetransmits", "maxPacketLifeTime", "negotiated", "id", "readyState")
    return {name: getattr(channel, name) for name in names}


def adopt(name, channel):
    channels[name] = channel

    @channel.on("open")
    def on_open():
        emit("open", channel=name)

    @channel.on("close")
    def on_close():
        emit("close", channel=name)

    @channel.on("message")
    def on_message(data):
        kind = "text" if isinstance(data, str) else "binary"
        raw = data.encode() if kind == "text" else data
        message = {"channel": name, "kind": kind, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        if len(raw) <= 256:
            message |= {"text": data} if kind == "text" else {"base64": base64.b64encode(raw).decode()}
        emit("message", **message)

    if channel.readyState == "open":  # announced, or negotiated on a live connection: aiortc fires no event then
        emit("open", channel=name)


def fill(kind, size, seed):
    """The same bytes in every peer: the upper byte of x = 1664525 x + 1013904223 modulo 2^32, folded to a..z for text."""
    data = bytearray(size)
    x = seed
    for i in range(size):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        data[i] = 97 + (x >> 24) % 26 if kind == "text" else x >> 24
    return data.decode() if kind == "text" else bytes(data)


def use_transport_policy(policy):
    """aiortc has no iceTransportPolicy; aioice, below it, does."""

    def connection(*args, **kwargs):
        wanted = aioice.TransportPolicy.RELAY if policy == "relay" else aioice.TransportPolicy.ALL
        return aioice.Connection(*args, transport_policy=wanted, **kwargs)

    aiortc.rtcicetransport.Connection = connection


async def create(connection, config, trickle):
    use_transport_policy(config.get("iceTransportPolicy", "all"))
    servers = [RTCIceServer(**server) for server in config.get("iceServers", [])]
    pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
    entry = connections[connection] = Connection(connection, pc)

    def watch(event, attribute):
        pc.on(event, lambda: emit("state", connection=connection, name=attribute, value=getattr(pc, attribute)))

    watch("connectionstatechange", "connectionState")
    watch("iceconnectionstatechange", "iceConnectionState")
    watch("icegatheringstatechange", "iceGatheringState")
    watch("signalingstatechange", "signalingState")

    @pc.on("datachannel")
    def on_datachannel(channel):
        entry.incoming += 1
        name = f"{connection}/in{entry.incoming}"
        emit("datachannel", connection=connection, channel=name, attributes=attributes_of(channel))
        adopt(name, channel)


async def describe(entry, description):
    await entry.pc.setLocalDescription(description)  # gathers all candidates
    local = entry.pc.localDescription
    emit("signal", connection=entry.name, message={local.type: {"type": local.type, "sdp": local.sdp}})


async def offer(connection):
    entry = connections[connection]
    await describe(entry, await entry.pc.createOffer())


def bundle(pc):
    """(mid, RTCDtlsTransport) of what all sections share."""
    if pc.sctp is not None:
        return pc.sctp.mid, pc.sctp.transport
    first = pc.getTransceivers()[0]
    return first.mid, first.sender.transport


def parse_candidate(pc, init):
    candidate = candidate_from_sdp(init["candidate"].removeprefix("candidate:"))
    # aiortc ignores a candidate whose sdpMid it does not know, and pion writes an empty one beside a good sdpMLineIndex.
    candidate.sdpMid, candidate.sdpMLineIndex = init.get("sdpMid") or bundle(pc)[0], init.get("sdpMLineIndex")
    return candidate


async def add_candidate(pc, init):
    if init["candidate"]:
        await pc.addIceCandidate(parse_candidate(pc, init))
    else:  # aiortc's addIceCandidate fails on the end of candidates; its transport knows it
        await bundle(pc)[1].transport.addRemoteCandidate(None)


async def signal(connection, message):
    entry = connections[connection]
    async with entry.signals:
        if "offer" in message:
            await entry.pc.setRemoteDescription(RTCSessionDescription(**message["offer"]))
            await describe(entry, await entry.pc.createAnswer())
        elif "answer" in message:
            await entry.pc.setRemoteDescription(RTCSessionDescription(**message["answer"]))
        else:
            await add_candidate(entry.pc, message["new-ice-candidate"])


async def open_channel(connection, channel, label, options):
    made = connections[connection].pc.createDataChannel(label, **options)
    adopt(channel, made)
    return attributes_of(made)


async def send(channel, text=None, base64=None, fill=None):
    target = channels[channel]
    if fill is not None:
        target.send(make_fill(**fill))
    elif base64 is not None:
        target.send(decode_base64(base64))
    else:
        target.send(text)


make_fill, decode_base64 = fill, base64.b64decode


async def media(connection, codec, frequency, sound=None, kinds=("video", "audio"), recordings=None, offer=None):
    if not Media.knows("video", codec):
        return {"unknown": True}
    if not Media.knows("audio", sound):
        sound = None
    entry = connections[connection]
    entry.media = Media(entry.pc, codec, sound, frequency, kinds)
    return {"sound": sound} if sound else {}


async def alter(connection, change):
    connections[connection].media.alter(**change)


async def watch(connection):
    return await connections[connection].media.state()


async def attributes(channel):
    return attributes_of(channels[channel])


async def shut(channel):
    channels[channel].close()


async def close(connection):
    await connections[connection].pc.close()


async def state(connection):
    pc = connections[connection].pc
    pair = None
    if pc.sctp is not None:
        nominated = pc.sctp.transport.transport._connection._nominated.get(1)
        if nominated is not None:
            local, remote = nominated.local_candidate, nominated.remote_candidate
            pair = {"local": {"type": local.type, "protocol": local.transport, "address": local.host},
                    "remote": {"type": remote.type, "protocol": remote.transport, "address": remote.host}}
    names = ("connectionState", "iceConnectionState", "signalingState", "iceGatheringState")
    return {name: getattr(pc, name) for name in names} | {"maxMessageSize": None, "selectedPair": pair}


named = (create, offer, signal, send, media, alter, watch, attributes, shut, close, state)
commands = {f.__name__: f for f in named} | {"open": open_channel}


async def execute(line):
    request = json.loads(line)
    number, command = request.pop("id"), request.pop("command")
    try:
        emit("reply", id=number, result=await commands[command](**request))
    except Exception as e:  # every failure of a command is the runner's to judge
        emit("reply", id=number, error={"name": type(e).__name__, "message": str(e)})


async def main():
    reader = asyncio.StreamReader(limit=16 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    emit("ready", version=f"aiortc {aiortc.__version__}, aioice {aioice.__version__}")
    running = set()
    while line := await reader.readline():
        task = asyncio.create_task(execute(line))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*(entry.pc.close() for entry in connections.values()))


asyncio.run(main())
