// Where recordings of real encoders are: VP8, VP9, H.264, H.265 and AV1, six frames each.
import path from 'node:path';

export const recordings = path.join(import.meta.dirname, '..', '..', 'data', 'formats');
