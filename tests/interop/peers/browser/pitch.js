/// How often a track of sound rises above zero in a second; 0 for silence. By a recording, which is decoded again: an AudioContext does
/// not run in Firefox without a sound card.
export async function pitchOf(track, milliseconds) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  await new Promise((done) => setTimeout(done, milliseconds));
  recorder.stop();
  await stopped;
  const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(await new Blob(pieces).arrayBuffer());
  const samples = sound.getChannelData(0);
  const [from, to] = [1, 3].map((part) => Math.floor(samples.length * part / 4)); // the beginning may be silent yet
  let rises = 0, loudest = 0;
  for (let i = from + 1; i < to; ++i) {
    if (samples[i] > 0 && samples[i - 1] <= 0) ++rises;
    loudest = Math.max(loudest, samples[i]);
  }
  return loudest < 0.01 ? 0 : rises * sound.sampleRate / (to - from);
}
