// One description of a negotiation that goes step by step.

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/// All candidates are in the description, or nothing in it lives.
const isWhole = (pc) => pc.iceGatheringState === 'complete' &&
  (/^a=candidate:/m.test(pc.localDescription.sdp) || !/^m=\w+ [1-9]/m.test(pc.localDescription.sdp));

/// Makes and sets a description of that type, and tells it once it has all candidates; a rollback tells nothing.
export async function step(pc, type, options) {
  if (type === 'rollback') return pc.setLocalDescription({ type });
  const { sdp } = type === 'offer' ? await pc.createOffer(options) : await pc.createAnswer();
  await pc.setLocalDescription({ type, sdp });
  for (let i = 0; i < 200 && !isWhole(pc); ++i) await pause(25);
  return { type, sdp: pc.localDescription.sdp };
}
