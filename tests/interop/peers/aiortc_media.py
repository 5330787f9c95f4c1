"""Media of the aiortc peer, as media.js in the browsers: a picture and a tone that can be told when they come back."""

import asyncio
import fractions
import time

import av
import numpy
from aiortc import MediaStreamTrack, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

WIDTH, HEIGHT = 320, 240
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))  # left to right, top to bottom
RATE, SAMPLES = 48000, 960


START = time.time()


class Paced(MediaStreamTrack):
    """Gives a frame whenever it is time for the next one, by a clock that all tracks share; what has passed is left out."""

    def __init__(self, step, rate):
        super().__init__()
        self.step, self.rate, self.count, self.made = step, rate, 0, 0

    async def recv(self):
        if self.readyState != "live":
            raise MediaStreamError
        now = time.time() - START
        self.count = max(self.count, int(now * self.rate / self.step)) + 1
        await asyncio.sleep(self.count * self.step / self.rate - now)
        frame = self.make()
        frame.pts, frame.time_base = self.count * self.step, fractions.Fraction(1, self.rate)
        self.made += 1
        return frame


class Picture(Paced):
    """Four coloured quarters, with a stripe that moves so that there is something to encode."""

    kind = "video"

    def __init__(self, width=WIDTH):
        super().__init__(step=3000, rate=90000)
        quarters = numpy.array(COLOURS, numpy.uint8).reshape(2, 2, 3)
        self.still = quarters.repeat(HEIGHT // 2, axis=0).repeat(width // 2, axis=1)

    def make(self):
        picture = self.still.copy()
        x = 4 * self.count % picture.shape[1]
        picture[HEIGHT // 2 - 4 : HEIGHT // 2 + 4, x : x + 40] = 0
        return av.VideoFrame.from_ndarray(picture, format="rgb24")


class Tone(Paced):
    kind = "audio"

    def __init__(self, frequency):
        super().__init__(step=SAMPLES, rate=RATE)
        self.frequency = frequency

    def make(self):
        times = (numpy.arange(SAMPLES) + self.count * SAMPLES) / RATE
        wave = (10000 * numpy.sin(2 * numpy.pi * self.frequency * times)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.repeat(2).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        return frame


class Player:
    """What a remote track shows at the moment."""

    def __init__(self, receiver):
        self.kind, self.frames, self.last = receiver.track.kind, 0, []
        self.tasks = [asyncio.ensure_future(self.run(receiver.track)), asyncio.ensure_future(self.begin(receiver))]

    async def begin(self, receiver):
        """If the first packets are lost, aiortc waits for a key frame and asks for none."""
        while self.kind == "video" and not self.frames and receiver.track.readyState == "live":
            await asyncio.sleep(1)
            for source in receiver.getSynchronizationSources():
                await receiver._send_rtcp_pli(source.source)

    async def run(self, track):
        try:
            while True:
                self.last = [*self.last[-4:], await track.recv()]
                self.frames += 1
        except MediaStreamError:
            pass

    def state(self):
        return self.shown() if self.kind == "video" else self.heard()

    def shown(self):
        if not self.last:
            return None
        picture = self.last[-1].to_ndarray(format="rgb24")
        height, width, _ = picture.shape
        seen = [picture[int((i // 2 + 0.6) * height / 2), int((i % 2 + 0.5) * width / 2)] for i in range(4)]
        right = all(numpy.abs(numpy.int16(at) - colour).max() < 60 for at, colour in zip(seen, COLOURS))
        return {"size": [width, height], "right": bool(right), "seen": [at.tolist() for at in seen]}

    def heard(self):
        if len(self.last) < 4:
            return None
        channels = len(self.last[-1].layout.channels)
        wave = numpy.concatenate([frame.to_ndarray().reshape(-1, channels)[:, 0] for frame in self.last])
        levels = numpy.abs(numpy.fft.rfft(wave * numpy.hanning(len(wave))))
        return {"frequency": float(levels.argmax() * self.last[-1].sample_rate / len(wave))}


class Media:
    """Sends a picture in `codec` and a tone in `sound` (Opus, if it is not told), or only one of these kinds, and plays what comes back."""

    def __init__(self, pc, codec, sound, frequency, kinds):
        self.pc, self.players = pc, {}
        self.names = {"video": (f"video/{codec}", "video/rtx"), "audio": (f"audio/{sound or 'opus'}",)}
        self.tracks = {"video": Picture(), "audio": Tone(frequency)}

        @pc.on("track")
        def on_track(track):
            receiver = next(r for r in pc.getReceivers() if r.track is track)
            self.players[track.kind] = Player(receiver)

        for kind in kinds:
            self.add(kind)

    def transceiver(self, kind):
        return next(t for t in self.pc.getTransceivers() if t.kind == kind)

    def add(self, kind):
        self.pc.addTrack(self.tracks[kind])
        known = RTCRtpSender.getCapabilities(kind).codecs
        self.transceiver(kind).setCodecPreferences([c for c in known if c.mimeType in self.names[kind]])

    def alter(self, kind="video", track=None, direction=None, add=False):
        """One of {track}: none, original or other, {direction}, {add}; all for `kind`."""
        if track:
            other = Picture(width=HEIGHT) if track == "other" else None
            self.transceiver(kind).sender.replaceTrack(self.tracks[kind] if track == "original" else other)
        if direction:
            self.transceiver(kind).direction = direction
        if add:
            self.add(kind)

    @staticmethod
    def knows(kind, codec):
        return any(c.mimeType == f"{kind}/{codec}" for c in RTCRtpSender.getCapabilities(kind).codecs)

    async def state(self):
        stats = list((await self.pc.getStats()).values())

        def of(kind, name):
            return next((getattr(s, name) for s in stats if s.type == "inbound-rtp" and s.kind == kind), 0)

        def waiting():
            """A NACK that is lost is repeated when something else is missing, and what waited meanwhile is decoded late for ever."""
            receivers = [t.receiver for t in self.pc.getTransceivers() if t.kind == "video"]
            held = [p for r in receivers for p in r._RTCRtpReceiver__jitter_buffer._packets if p is not None]
            return len({p.timestamp for p in held})

        def played(kind):
            return self.players[kind].state() if kind in self.players else None

        def frames(kind):
            return self.players[kind].frames if kind in self.players else 0

        return {
            "directions": [t.currentDirection for t in self.pc.getTransceivers()],
            "video": played("video"),
            "audio": played("audio"),
            "sent": {"framesEncoded": self.tracks["video"].made, "pieces": self.tracks["audio"].made},
            "received": {"framesDecoded": frames("video"), "framesWaiting": waiting(),
                         "packetsReceived": of("video", "packetsReceived"), "packetsLost": of("video", "packetsLost")},
            "heard": {"packetsReceived": of("audio", "packetsReceived"), "packetsLost": of("audio", "packetsLost")},
        }
