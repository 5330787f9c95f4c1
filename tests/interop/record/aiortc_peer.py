"""aiortc as a recorded peer: executes the recorder's commands (actor.mjs) on aiortc's RTCPeerConnection."""

import asyncio
import json
import sys

import aiortc
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

connections = {}


def make_track(kind):
    return AudioStreamTrack() if kind == "audio" else VideoStreamTrack()


def first(pc, kind):
    return next(each for each in pc.getTransceivers() if each.kind == kind and not each.stopped)


def act(pc, name, *words):
    if name == "add":
        if len(words) > 2:
            raise NotImplementedError("aiortc has no simulcast")
        kind, direction = words
        pc.addTransceiver(make_track(kind) if direction.startswith("send") else kind, direction=direction)
    elif name == "track":
        pc.addTrack(make_track(*words))
    elif name == "channel":
        pc.createDataChannel("data")
    elif name == "direction":
        first(pc, words[0]).direction = words[1]
    else:
        raise NotImplementedError(f"aiortc has no {name}")


async def describe(pc, description):
    await pc.setLocalDescription(description)  # gathers all candidates
    return {"type": pc.localDescription.type, "sdp": pc.localDescription.sdp}


async def run(command, connection, config=None, lines=(), description=None):
    if command == "create":
        connections[connection] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        return None
    pc = connections[connection]
    if command == "act":
        for line in lines:
            act(pc, *line.split())
    elif command == "offer":
        return await describe(pc, await pc.createOffer())
    elif command == "answer":
        return await describe(pc, await pc.createAnswer())
    elif command == "take":
        await pc.setRemoteDescription(RTCSessionDescription(**description))
    elif command == "state":
        return pc.connectionState
    elif command == "table":
        return [f"{each.mid} {each.kind} {'stopped' if each.stopped else each.currentDirection or 'none'}"
                for each in pc.getTransceivers() if each.mid is not None]
    elif command == "close":
        await pc.close()
    return None


def write(message):
    print(json.dumps(message), flush=True)


async def main():
    reader = asyncio.StreamReader(limit=16 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    write({"event": "ready", "version": f"aiortc-{aiortc.__version__}"})
    while line := await reader.readline():
        request = json.loads(line)
        number = request.pop("id")
        try:
            write({"event": "reply", "id": number, "result": await run(**request)})
        except Exception as e:  # every failure of a command is the recorder's to judge
            write({"event": "reply", "id": number, "error": {"name": type(e).__name__, "message": str(e)}})


asyncio.run(main())
