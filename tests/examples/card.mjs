// A page that shows what the program send-card sends: a picture and a tone that the program has encoded itself.

/// In the page: answers the caller in a room; when that says how much it has sent, tells it and the caller of this function what was
/// seen and heard. `window.pitchOf` is that of pitch.js.
export function watchCard(room) {
  const socket = new WebSocket(room);
  const send = (message) => socket.send(JSON.stringify(message));
  const peerConnection = new RTCPeerConnection();
  const video = Object.assign(document.createElement('video'), { muted: true });
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const seen = { right: 0, wrong: 0, places: new Set() };
  let heard;

  /// Eight bars, each brighter than the one before, and a square that moves along them.
  function look() {
    if (!video.videoWidth) return;
    context.drawImage(video, 0, 0, 320, 240);
    const row = (y) => [...context.getImageData(0, y, 320, 1).data].filter((_, i) => i % 4 === 1);
    const bars = row(20);
    const right = Array.from({ length: 8 }, (_, bar) => 1.164 * (14 + 22 * bar)).every((level, bar) => Math.abs(bars[20 + 40 * bar] - level) < 12);
    ++seen[right ? 'right' : 'wrong'];
    seen.places.add(row(120).findIndex((level) => level > 240));
  }

  return new Promise((resolve) => {
    peerConnection.addEventListener('track', ({ streams: [stream] }) => {
      if (video.srcObject) return;
      video.srcObject = stream;
      video.play();
      heard = window.pitchOf(stream.getAudioTracks()[0], 2000);
      setInterval(look, 50);
    });
    peerConnection.addEventListener('icecandidate', ({ candidate }) => candidate && send({ 'new-ice-candidate': candidate }));
    peerConnection.addEventListener('datachannel', ({ channel }) => {
      channel.addEventListener('message', async ({ data }) => {
        const report = [...(await peerConnection.getStats()).values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
        channel.send(`${report.framesDecoded} pictures`);
        resolve({ ...seen, places: seen.places.size, pitch: await heard, sent: JSON.parse(data).pictures, decoded: report.framesDecoded });
      });
    });
    socket.addEventListener('message', async ({ data }) => {
      const message = JSON.parse(data);
      if (message.offer) {
        await peerConnection.setRemoteDescription(message.offer);
        await peerConnection.setLocalDescription();
        send({ answer: peerConnection.localDescription });
      }
      const candidate = message['new-ice-candidate'] ?? message.iceCandidate;
      if (candidate) await peerConnection.addIceCandidate(candidate);
    });
  });
}
