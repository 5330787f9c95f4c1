// Random numbers as a function of a seed.
export class Random {
  constructor(seed) {
    this.x = seed >>> 0;
  }

  below(limit) {
    this.x = (Math.imul(this.x, 1664525) + 1013904223) >>> 0;
    return (this.x >>> 16) % limit;
  }
}
